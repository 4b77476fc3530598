/* Storing one column of a row into a record: the meeting point of a driver's buffer and a user's struct.
 *
 * Each function checks that the field can hold the value (range, label, UTF-8 is the driver's to know) and
 * sets `.set` of optional fields and of the optional embeds around them. -1 with err naming table.column
 * (invalid_value). Storage is zeroed before, so storing NULL in a nullable field does nothing. Text and bytes
 * are copied into the sink's arena. */
#ifndef TOASTY_CORE_DECODE_H
#define TOASTY_CORE_DECODE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/utf8.h"
#include "core/presence.h"

#include <toasty/driver/driver.h>

static inline void *toasty__place(void *row, const toasty_field *field)
{
    return (char *)row + field->offset;
}

/* The field of a cell that nobody wants. It is of no type (TOASTY_TYPE_COUNT), so nothing is stored in it,
 * and that is no error. */
extern const toasty_field toasty__no_field;

/* Refuses a row whose optional struct is there without a part that it requires. */
int toasty__check_struct(const toasty_sink *sink, const void *row, const toasty_field *field,
                         toasty_error *err);
/* What follows each value that is stored. */
static inline int toasty__mark_stored(const toasty_sink *sink, void *row, const toasty_field *field,
                                      toasty_error *err)
{
    if (field->embed != TOASTY_NO_EMBED && toasty__check_struct(sink, row, field, err) < 0)
        return -1;
    toasty__mark_set(sink->model, row, field);
    return 0;
}

/* A value on its way in, of any column: field = sink->columns[i]. */
int toasty__store_null(const toasty_sink *sink, void *row, const toasty_field *field, toasty_error *err);
int toasty__store_any_int(const toasty_sink *sink, void *row, const toasty_field *field, int64_t value,
                          toasty_error *err);
/* In the header, since keys are of 64 bits. */
static inline int toasty__store_int(const toasty_sink *sink, void *row, const toasty_field *field,
                                    int64_t value, toasty_error *err)
{
    if (field->type != TOASTY_TYPE_I64 && (field->type != TOASTY_TYPE_U64 || value < 0))
        return toasty__store_any_int(sink, row, field, value, err);
    *(int64_t *)toasty__place(row, field) = value;
    return toasty__mark_stored(sink, row, field, err);
}
/* The same for what may be above INT64_MAX. */
int toasty__store_uint(const toasty_sink *sink, void *row, const toasty_field *field, uint64_t value,
                       toasty_error *err);
int toasty__store_real(const toasty_sink *sink, void *row, const toasty_field *field, double value,
                       toasty_error *err);
/* The label of an enum. */
int toasty__store_label(const toasty_sink *sink, void *row, const toasty_field *field, const char *text,
                        size_t length, toasty_error *err);
/* Text of a text field, or the label of an enum. In the header, since most cells are text. */
static inline int toasty__store_text(const toasty_sink *sink, void *row, const toasty_field *field,
                                     const char *text, size_t length, toasty_error *err)
{
    if (field->type != TOASTY_TYPE_TEXT)
        return toasty__store_label(sink, row, field, text, length, err);
    const char *copy = toasty__arena_text(sink->arena, text, length);
    if (!copy)
        return toasty__fail_memory(err);
    *(const char **)toasty__place(row, field) = copy;
    return toasty__mark_stored(sink, row, field, err);
}
/* What is wrong with text that is not plain, if anything: -1 when it is not UTF-8 or has a NUL in it. */
int toasty__check_text(const toasty_sink *sink, const toasty_field *field, const char *text, size_t length,
                       toasty_error *err);
/* The same from a database that does not promise that its text is UTF-8. */
static inline int toasty__store_doubtful_text(const toasty_sink *sink, void *row, const toasty_field *field,
                                              const char *text, size_t length, toasty_error *err)
{
    if (field->type != TOASTY_TYPE_TEXT)
        return toasty__check_text(sink, field, text, length, err) < 0
                   ? -1
                   : toasty__store_label(sink, row, field, text, length, err);
    char *copy = length < SIZE_MAX ? (char *)toasty__arena_alloc_aligned(sink->arena, length + 1, 1) : NULL;
    if (!copy)
        return toasty__fail_memory(err);
    if (!toasty__utf8_copy_plain(copy, text, length) &&
        toasty__check_text(sink, field, text, length, err) < 0)
        return -1;
    copy[length] = '\0';
    *(const char **)toasty__place(row, field) = copy;
    return toasty__mark_stored(sink, row, field, err);
}
int toasty__store_bytes(const toasty_sink *sink, void *row, const toasty_field *field, const void *bytes,
                        size_t length, toasty_error *err);
int toasty__store_uuid(const toasty_sink *sink, void *row, const toasty_field *field, const uint8_t bytes[16],
                       toasty_error *err);
/* Dates and times as a toasty_value of kind INT has them: days or microseconds. */
int toasty__store_time(const toasty_sink *sink, void *row, const toasty_field *field, int64_t value,
                       toasty_error *err);
/* The column holds something of another kind than the field. `what` is what came: "text". */
int toasty__store_mismatch(const toasty_sink *sink, const toasty_field *field, const char *what,
                           toasty_error *err);

/* The other way: the value of a field of a record (or …New, through other offsets), for binding. Absent: kind
 * NULL. */
toasty_value toasty__load(const toasty_field *field, const void *struct_start, uint32_t offset,
                          uint32_t set_offset);
/* Item i of a list value, as a value of its own. */
toasty_value toasty__list_item(const toasty_value *list, size_t i);
/* A reading of the clock (µs since the epoch) for a field of a time type: its UTC date, time of day, or both.
 */
toasty_value toasty__now_value(toasty_type type, int64_t us);
/* The label of an enum's value; NULL when it has none. */
const char *toasty__enum_label(const toasty_enum *labels, int64_t value);
/* The value of a label; NULL when there is none of that name. */
const int64_t *toasty__enum_value(const toasty_enum *labels, const char *text, size_t length);

#endif
