/* Cells into records and values out of them: one switch over the C type each way.
 *
 * This is the hot path of every read: no allocation beyond the copies of text and bytes, and messages are
 * only formatted once something is wrong. Nothing here knows where a value came from. */
#include "decode.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/time.h"
#include "core/types.h"

#include <math.h>
#include <string.h>
#include <toasty/codegen.h>

static const char *const type_names[] = {
#define TYPE_NAME(NAME, c_type, name, CLASS) name,
    TOASTY_TYPES(TYPE_NAME)
#undef TYPE_NAME
};

const toasty_field toasty__no_field = {.name = "",
                                       .column = "",
                                       .type = TOASTY_TYPE_COUNT,
                                       .flags = TOASTY_FIELD_NULLABLE | TOASTY_FIELD_NULL_COLUMN,
                                       .embed = TOASTY_NO_EMBED,
                                       .set_offset = TOASTY_NO_OFFSET};

#define US_PER_DAY (INT64_C(86400) * 1000000)

/* --- what is wrong with a cell --- */

static int refuse(const toasty_sink *sink, const toasty_field *field, toasty_error *err, const char *why)
{
    if (field == &toasty__no_field)
        return 0;
    const char *table = sink->model ? sink->model->table : "result";
    toasty__fail(err, TOASTY_INVALID_VALUE, "%s.%s holds %s, which the field %s (%s) cannot hold", table,
                 field->column, why, field->name, type_names[field->type]);
    toasty__error_set(err, table, table);
    toasty__error_set(err, field, field->name);
    return -1;
}

int toasty__store_mismatch(const toasty_sink *sink, const toasty_field *field, const char *what,
                           toasty_error *err)
{
    return refuse(sink, field, err, what);
}

int toasty__check_text(const toasty_sink *sink, const toasty_field *field, const char *text, size_t length,
                       toasty_error *err)
{
    if (!(field->flags & TOASTY_FIELD_ANY_TEXT) && !toasty__utf8_valid(text, length))
        return refuse(sink, field, err, "text that is not UTF-8");
    if (memchr(text, 0, length))
        return refuse(sink, field, err, "text with a NUL in it");
    return 0;
}

/* --- storing --- */

int toasty__store_null(const toasty_sink *sink, void *row, const toasty_field *field, toasty_error *err)
{
    if (!(field->flags & TOASTY_FIELD_NULL_COLUMN))
        return refuse(sink, field, err, "NULL");
    bool may_lack = field->flags & TOASTY_FIELD_NULLABLE || field->embed == TOASTY_NO_EMBED;
    if (!may_lack && sink->lacking)
        sink->lacking[field->embed] = true;
    return may_lack || !toasty__is_marked(&sink->model->embeds[field->embed], TOASTY__IN_RECORD, row)
               ? 0
               : refuse(sink, field, err, "NULL, though other parts of its struct are there");
}

/* The first field that an optional struct cannot be without; NULL: there is none. */
static const toasty_field *first_required(const toasty_model *model, uint16_t embed)
{
    const toasty_field *field = model->fields + model->embeds[embed].first_field;
    const toasty_field *end = field + model->embeds[embed].field_count;
    for (; field != end; field++)
        if (field->embed == embed && !(field->flags & TOASTY_FIELD_NULLABLE))
            return field;
    return NULL;
}

/* Where fields come in any order, it was noted which structs are not there. */
static int check_lacking(const toasty_sink *sink, const toasty_field *field, toasty_error *err)
{
    const toasty_model *model = sink->model;
    for (uint16_t embed = field->embed; embed != TOASTY_NO_EMBED; embed = model->embeds[embed].parent)
        if (sink->lacking[embed])
            return refuse(sink, first_required(model, embed), err,
                          "NULL, though other parts of its struct are there");
    return 0;
}

/* The fields of a whole row come in their order: a struct that is not there yet, behind its first required
 * field, did not get that one. What is NULL behind it is refused when it comes. */
int toasty__check_struct(const toasty_sink *sink, const void *row, const toasty_field *field,
                         toasty_error *err)
{
    const toasty_model *model = sink->model;
    if (sink->lacking)
        return check_lacking(sink, field, err);
    if (sink->column_count != model->field_count)
        return 0;
    for (uint16_t embed = field->embed; embed != TOASTY_NO_EMBED; embed = model->embeds[embed].parent) {
        const toasty_field *first = toasty__is_marked(&model->embeds[embed], TOASTY__IN_RECORD, row)
                                        ? NULL
                                        : first_required(model, embed);
        if (first && first < field)
            return refuse(sink, first, err, "NULL, though other parts of its struct are there");
    }
    return 0;
}

int toasty__store_any_int(const toasty_sink *sink, void *row, const toasty_field *field, int64_t value,
                          toasty_error *err)
{
    void *at = toasty__place(row, field);
    switch (field->type) {
#define STORE_INT(NAME, c_type, low, high)                                                                   \
    case TOASTY_TYPE_##NAME:                                                                                 \
        if (value < (low) || value > (high))                                                                 \
            return refuse(sink, field, err, "a number out of range");                                        \
        *(c_type *)at = (c_type)value;                                                                       \
        break;
        TOASTY__NARROW_INTEGERS(STORE_INT)
        /* A whole number in a column of reals, as far as each one is exact. */
        STORE_INT(F32, float, -(INT64_C(1) << 24), INT64_C(1) << 24)
        STORE_INT(F64, double, -(INT64_C(1) << 53), INT64_C(1) << 53)
#undef STORE_INT
    case TOASTY_TYPE_I64:
        *(int64_t *)at = value;
        break;
    default:
        return refuse(sink, field, err, "an integer");
    }
    if (field->labels && !toasty__enum_label(field->labels, value))
        return refuse(sink, field, err, "a number that is not a value of its enum");
    return toasty__mark_stored(sink, row, field, err);
}

int toasty__store_uint(const toasty_sink *sink, void *row, const toasty_field *field, uint64_t value,
                       toasty_error *err)
{
    if (value <= INT64_MAX)
        return toasty__store_int(sink, row, field, (int64_t)value, err);
    if (field->type != TOASTY_TYPE_U64)
        return refuse(sink, field, err, "a number out of range");
    *(uint64_t *)toasty__place(row, field) = value;
    return toasty__mark_stored(sink, row, field, err);
}

int toasty__store_real(const toasty_sink *sink, void *row, const toasty_field *field, double value,
                       toasty_error *err)
{
    void *at = toasty__place(row, field);
    if (field->type == TOASTY_TYPE_F64)
        *(double *)at = value;
    else if (field->type == TOASTY_TYPE_F32) {
        if (isfinite(value) && isinf((float)value))
            return refuse(sink, field, err, "a number out of range");
        *(float *)at = (float)value;
    } else
        return refuse(sink, field, err, "a real number");
    return toasty__mark_stored(sink, row, field, err);
}

int toasty__store_label(const toasty_sink *sink, void *row, const toasty_field *field, const char *text,
                        size_t length, toasty_error *err)
{
    if (field->type != TOASTY_TYPE_ENUM)
        return refuse(sink, field, err, "text");
    const int64_t *value = toasty__enum_value(field->labels, text, length);
    if (!value)
        return refuse(sink, field, err, "an unknown label");
    toasty__put_integer(toasty__place(row, field), field->labels->size, *value);
    return toasty__mark_stored(sink, row, field, err);
}

int toasty__store_bytes(const toasty_sink *sink, void *row, const toasty_field *field, const void *bytes,
                        size_t length, toasty_error *err)
{
    if (field->type != TOASTY_TYPE_BYTES)
        return refuse(sink, field, err, "bytes");
    /* As text, so that no bytes are not NULL, which would mean absent. */
    const void *copy = toasty__arena_text(sink->arena, bytes, length);
    if (!copy)
        return toasty__fail_memory(err);
    *(toasty_bytes *)toasty__place(row, field) = (toasty_bytes){copy, length};
    return toasty__mark_stored(sink, row, field, err);
}

int toasty__store_uuid(const toasty_sink *sink, void *row, const toasty_field *field, const uint8_t bytes[16],
                       toasty_error *err)
{
    if (field->type != TOASTY_TYPE_UUID)
        return refuse(sink, field, err, "a UUID");
    memcpy(((toasty_uuid *)toasty__place(row, field))->bytes, bytes, 16);
    return toasty__mark_stored(sink, row, field, err);
}

static toasty_date date_of(const struct toasty__civil *civil)
{
    return (toasty_date){(int16_t)civil->year, (uint8_t)civil->month, (uint8_t)civil->day};
}

static toasty_time time_of(const struct toasty__civil *civil)
{
    return (toasty_time){(uint8_t)civil->hour, (uint8_t)civil->minute, (uint8_t)civil->second,
                         (uint32_t)civil->microsecond};
}

int toasty__store_time(const toasty_sink *sink, void *row, const toasty_field *field, int64_t value,
                       toasty_error *err)
{
    void *at = toasty__place(row, field);
    struct toasty__civil civil;
    int64_t us = value;
    if (field->type == TOASTY_TYPE_DATE && __builtin_mul_overflow(value, US_PER_DAY, &us))
        return refuse(sink, field, err, "a date outside of the years 1 to 9999");
    if (field->type == TOASTY_TYPE_TIME && (value < 0 || value >= US_PER_DAY))
        return refuse(sink, field, err, "a time outside of one day");
    if (toasty__class_of(field->type) != TOASTY_CLASS_TIME)
        return refuse(sink, field, err, "a time");
    if (!toasty__civil_of_us(us, &civil))
        return refuse(sink, field, err, "a time outside of the years 1 to 9999");
    switch (field->type) {
    case TOASTY_TYPE_TIMESTAMP:
        ((toasty_timestamp *)at)->us = value;
        break;
    case TOASTY_TYPE_DATE:
        *(toasty_date *)at = date_of(&civil);
        break;
    case TOASTY_TYPE_TIME:
        *(toasty_time *)at = time_of(&civil);
        break;
    default:
        *(toasty_datetime *)at = (toasty_datetime){date_of(&civil), time_of(&civil)};
    }
    return toasty__mark_stored(sink, row, field, err);
}

/* --- the other way --- */

static int64_t enum_value(const toasty_enum *labels, const void *at)
{
    switch (labels->size) {
    case 1:
        return labels->is_signed ? *(const int8_t *)at : *(const uint8_t *)at;
    case 2:
        return labels->is_signed ? *(const int16_t *)at : *(const uint16_t *)at;
    case 4:
        return labels->is_signed ? *(const int32_t *)at : (int64_t) * (const uint32_t *)at;
    default:
        return *(const int64_t *)at;
    }
}

/* toasty__text, where a call less is felt. */
static inline toasty_value text_at(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (!text || length > UINT32_MAX)
        return toasty__text(text);
    return (toasty_value){.kind = TOASTY_VALUE_TEXT, .len = (uint32_t)length, .as.text = text};
}

/* labels: of an enum; NULL: it is a C int. */
static inline toasty_value value_at(uint8_t type, const toasty_enum *labels, const void *at)
{
    switch ((toasty_type)type) {
    case TOASTY_TYPE_BOOL:
        return toasty__int(*(const bool *)at);
    case TOASTY_TYPE_I8:
        return toasty__int(*(const int8_t *)at);
    case TOASTY_TYPE_I16:
        return toasty__int(*(const int16_t *)at);
    case TOASTY_TYPE_I32:
        return toasty__int(*(const int32_t *)at);
    case TOASTY_TYPE_I64:
        return toasty__int(*(const int64_t *)at);
    case TOASTY_TYPE_U8:
        return toasty__int(*(const uint8_t *)at);
    case TOASTY_TYPE_U16:
        return toasty__int(*(const uint16_t *)at);
    case TOASTY_TYPE_U32:
        return toasty__int(*(const uint32_t *)at);
    case TOASTY_TYPE_U64:
        return toasty__uint(*(const uint64_t *)at);
    case TOASTY_TYPE_F32:
        return toasty__real((double)*(const float *)at);
    case TOASTY_TYPE_F64:
        return toasty__real(*(const double *)at);
    case TOASTY_TYPE_ENUM:
        return toasty__int(labels ? enum_value(labels, at) : *(const int *)at);
    case TOASTY_TYPE_TEXT:
        return text_at(*(const char *const *)at);
    case TOASTY_TYPE_BYTES:
        return toasty__bytes(*(const toasty_bytes *)at);
    case TOASTY_TYPE_UUID:
        return toasty__uuid(*(const toasty_uuid *)at);
    case TOASTY_TYPE_TIMESTAMP:
        return toasty__timestamp(*(const toasty_timestamp *)at);
    case TOASTY_TYPE_DATE:
        return toasty__date(*(const toasty_date *)at);
    case TOASTY_TYPE_TIME:
        return toasty__time(*(const toasty_time *)at);
    case TOASTY_TYPE_DATETIME:
        return toasty__datetime(*(const toasty_datetime *)at);
    case TOASTY_TYPE_COUNT:
        break;
    }
    return toasty__null();
}

toasty_value toasty__load(const toasty_field *field, const void *struct_start, uint32_t offset,
                          uint32_t set_offset)
{
    const char *start = struct_start;
    if (set_offset != TOASTY_NO_OFFSET && !*(const bool *)(start + set_offset))
        return toasty__null();
    return value_at(field->type, field->labels, start + offset);
}

toasty_value toasty__list_item(const toasty_value *list, size_t i)
{
    size_t size = toasty__type_size(list->element, NULL);
    if (i >= list->len)
        return toasty__null();
    return value_at(list->element, NULL, (const char *)list->as.list + i * size);
}

const char *toasty__enum_label(const toasty_enum *labels, int64_t value)
{
    for (uint16_t i = 0; i < labels->count; i++)
        if (labels->values[i] == value)
            return labels->labels[i];
    return NULL;
}

toasty_value toasty__now_value(toasty_type type, int64_t us)
{
    int64_t of_day = (us % US_PER_DAY + US_PER_DAY) % US_PER_DAY;
    if (type == TOASTY_TYPE_TIME)
        return toasty__int(of_day);
    return toasty__int(type == TOASTY_TYPE_DATE ? (us - of_day) / US_PER_DAY : us);
}

const int64_t *toasty__enum_value(const toasty_enum *labels, const char *text, size_t length)
{
    for (uint16_t i = 0; i < labels->count; i++)
        if (strlen(labels->labels[i]) == length && memcmp(labels->labels[i], text, length) == 0)
            return &labels->values[i];
    return NULL;
}
