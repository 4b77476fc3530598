/* One cell into a field: a reader for each type of the server's, and one that makes text of it where the
 * user's own statement wants text.
 *
 * The field says whether it can hold what was read. What a cell does not have shows in the reader: what was
 * taken then is zeros, and the caller looks before it believes them. */
#include "mysql.h"

#include "base/error.h"
#include "base/time.h"
#include "core/decode.h"

#include <stdio.h>
#include <stdlib.h>

/* The server's numbers. */
enum {
    TYPE_DECIMAL = 0,
    TYPE_TINY = 1,
    TYPE_SHORT = 2,
    TYPE_LONG = 3,
    TYPE_FLOAT = 4,
    TYPE_DOUBLE = 5,
    TYPE_NULL = 6,
    TYPE_TIMESTAMP = 7,
    TYPE_LONGLONG = 8,
    TYPE_INT24 = 9,
    TYPE_DATE = 10,
    TYPE_TIME = 11,
    TYPE_DATETIME = 12,
    TYPE_YEAR = 13,
    TYPE_VARCHAR = 15,
    TYPE_BIT = 16,
    TYPE_JSON = 245,
    TYPE_NEWDECIMAL = 246,
    TYPE_ENUM = 247,
    TYPE_SET = 248,
    TYPE_TINY_BLOB = 249,
    TYPE_MEDIUM_BLOB = 250,
    TYPE_LONG_BLOB = 251,
    TYPE_BLOB = 252,
    TYPE_VAR_STRING = 253,
    TYPE_STRING = 254,
    TYPE_GEOMETRY = 255
};

/* --- numbers --- */

/* An integer reader, and one that makes text of it: READS_INTEGER(name, what is taken, C type, format) */
#define READS_INTEGER(name, take, c_type, store, wide, format)                                               \
    static int read_##name(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,  \
                           toasty_error *err)                                                                \
    {                                                                                                        \
        return store(sink, row, field, (c_type)take(cells), err);                                            \
    }                                                                                                        \
    static int print_##name(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells, \
                            toasty_error *err)                                                               \
    {                                                                                                        \
        char text[24];                                                                                       \
        int length = snprintf(text, sizeof text, format, (wide)(c_type)take(cells));                         \
        return toasty__store_text(sink, row, field, text, (size_t)length, err);                              \
    }
READS_INTEGER(i8, my_take8, int8_t, toasty__store_int, long long, "%lld")
READS_INTEGER(u8, my_take8, uint8_t, toasty__store_int, long long, "%lld")
READS_INTEGER(i16, my_take16, int16_t, toasty__store_int, long long, "%lld")
READS_INTEGER(u16, my_take16, uint16_t, toasty__store_int, long long, "%lld")
READS_INTEGER(i32, my_take32, int32_t, toasty__store_int, long long, "%lld")
READS_INTEGER(u32, my_take32, uint32_t, toasty__store_int, long long, "%lld")
READS_INTEGER(i64, my_take64, int64_t, toasty__store_int, long long, "%lld")
READS_INTEGER(u64, my_take64, uint64_t, toasty__store_uint, unsigned long long, "%llu")
#undef READS_INTEGER

static float take_float(my_reader *cells)
{
    uint32_t bits = my_take32(cells);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double take_double(my_reader *cells)
{
    uint64_t bits = my_take64(cells);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static int read_float(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                      toasty_error *err)
{
    return toasty__store_real(sink, row, field, (double)take_float(cells), err);
}

static int read_double(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                       toasty_error *err)
{
    return toasty__store_real(sink, row, field, take_double(cells), err);
}

/* The fewest digits that give the same number again. */
static int print_real(const toasty_sink *sink, void *row, const toasty_field *field, double value,
                      bool single, toasty_error *err)
{
    char text[40];
    for (int digits = single ? 6 : 15; digits <= (single ? 9 : 17); digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (single ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
            break;
    }
    return toasty__store_text(sink, row, field, text, strlen(text), err);
}

static int print_float(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                       toasty_error *err)
{
    return print_real(sink, row, field, (double)take_float(cells), true, err);
}

static int print_double(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                        toasty_error *err)
{
    return print_real(sink, row, field, take_double(cells), false, err);
}

/* --- times --- */

/* A date, a time of day, or both, as far as it was sent: what is zero at its end is left out. */
typedef struct moment {
    struct toasty__civil civil;
    bool negative;
    uint32_t days; /* of a TIME, which may be longer than a day */
} moment;

static void take_clock(my_reader *cells, struct toasty__civil *civil, size_t size)
{
    if (size >= 3) {
        civil->hour = my_take8(cells);
        civil->minute = my_take8(cells);
        civil->second = my_take8(cells);
    }
    if (size == 7)
        civil->microsecond = (int)my_take32(cells);
    if (size != 0 && size != 3 && size != 7)
        cells->failed = true;
}

static moment take_datetime(my_reader *cells)
{
    moment moment = {.days = 0};
    size_t size = my_take8(cells);
    if (!size)
        return moment;
    moment.civil.year = my_take16(cells);
    moment.civil.month = my_take8(cells);
    moment.civil.day = my_take8(cells);
    take_clock(cells, &moment.civil, size - 4);
    return moment;
}

static moment take_time(my_reader *cells)
{
    moment moment = {.days = 0};
    size_t size = my_take8(cells);
    if (!size)
        return moment;
    moment.negative = my_take8(cells);
    moment.days = my_take32(cells);
    take_clock(cells, &moment.civil, size - 5);
    return moment;
}

static bool has_clock(const struct toasty__civil *civil)
{
    return toasty__time_valid(civil->hour, civil->minute, civil->second, civil->microsecond);
}

static int64_t us_of_clock(const struct toasty__civil *civil)
{
    int64_t seconds = (civil->hour * INT64_C(60) + civil->minute) * 60 + civil->second;
    return seconds * 1000000 + civil->microsecond;
}

static int read_datetime(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                         toasty_error *err)
{
    moment moment = take_datetime(cells);
    const struct toasty__civil *civil = &moment.civil;
    if (field->type != TOASTY_TYPE_DATETIME && field->type != TOASTY_TYPE_TIMESTAMP)
        return toasty__store_mismatch(sink, field, "a date with a time", err);
    if (!toasty__date_valid(civil->year, civil->month, civil->day) || !has_clock(civil))
        return toasty__store_mismatch(sink, field, "a time outside of the years 1 to 9999", err);
    return toasty__store_time(sink, row, field, toasty__us_of_civil(civil), err);
}

static int read_date(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                     toasty_error *err)
{
    moment moment = take_datetime(cells);
    const struct toasty__civil *civil = &moment.civil;
    if (field->type != TOASTY_TYPE_DATE)
        return toasty__store_mismatch(sink, field, "a date", err);
    if (!toasty__date_valid(civil->year, civil->month, civil->day))
        return toasty__store_mismatch(sink, field, "a date outside of the years 1 to 9999", err);
    return toasty__store_time(sink, row, field, toasty__days_of_date(civil->year, civil->month, civil->day),
                              err);
}

static int read_time(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                     toasty_error *err)
{
    moment moment = take_time(cells);
    if (field->type != TOASTY_TYPE_TIME)
        return toasty__store_mismatch(sink, field, "a time of day", err);
    if (moment.negative || moment.days || !has_clock(&moment.civil))
        return toasty__store_mismatch(sink, field, "a time outside of one day", err);
    return toasty__store_time(sink, row, field, us_of_clock(&moment.civil), err);
}

enum { MOMENT_TEXT = 64 };

static int put_fraction(char *out, size_t room, int microsecond)
{
    return microsecond ? snprintf(out, room, ".%06d", microsecond) : 0;
}

static int print_datetime(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                          toasty_error *err)
{
    char text[MOMENT_TEXT];
    const struct toasty__civil civil = take_datetime(cells).civil;
    int length = snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d", civil.year, civil.month,
                          civil.day, civil.hour, civil.minute, civil.second);
    length += put_fraction(text + length, sizeof text - (size_t)length, civil.microsecond);
    return toasty__store_text(sink, row, field, text, (size_t)length, err);
}

static int print_date(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                      toasty_error *err)
{
    char text[MOMENT_TEXT];
    const struct toasty__civil civil = take_datetime(cells).civil;
    int length = snprintf(text, sizeof text, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
    return toasty__store_text(sink, row, field, text, (size_t)length, err);
}

static int print_time(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                      toasty_error *err)
{
    char text[MOMENT_TEXT];
    moment moment = take_time(cells);
    int length =
        snprintf(text, sizeof text, "%s%02llu:%02d:%02d", moment.negative ? "-" : "",
                 moment.days * 24ULL + (unsigned)moment.civil.hour, moment.civil.minute, moment.civil.second);
    length += put_fraction(text + length, sizeof text - (size_t)length, moment.civil.microsecond);
    return toasty__store_text(sink, row, field, text, (size_t)length, err);
}

/* --- text and bytes --- */

static int read_text(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                     toasty_error *err)
{
    size_t length;
    const char *text = my_take_counted(cells, &length);
    return text ? toasty__store_text(sink, row, field, text, length, err) : 0;
}

static int read_doubtful_text(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                              toasty_error *err)
{
    size_t length;
    const char *text = my_take_counted(cells, &length);
    return text ? toasty__store_doubtful_text(sink, row, field, text, length, err) : 0;
}

static int read_bytes(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                      toasty_error *err)
{
    size_t length;
    const char *bytes = my_take_counted(cells, &length);
    return bytes ? toasty__store_bytes(sink, row, field, bytes, length, err) : 0;
}

static int read_uuid(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                     toasty_error *err)
{
    size_t length;
    const char *bytes = my_take_counted(cells, &length);
    if (!bytes)
        return 0;
    if (length != 16)
        return toasty__store_mismatch(sink, field, "bytes that are no UUID", err);
    return toasty__store_uuid(sink, row, field, (const uint8_t *)bytes, err);
}

/* 0x and hexadecimal digits, since bytes may be anything and text may not. */
static int print_bytes(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                       toasty_error *err)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t length;
    const char *bytes = my_take_counted(cells, &length);
    if (!bytes)
        return 0;
    char *text = toasty__arena_alloc_aligned(sink->arena, 2 * length + 3, 1);
    if (!text)
        return toasty__fail_memory(err);
    text[0] = '0';
    text[1] = 'x';
    for (size_t i = 0; i < length; i++) {
        text[2 + 2 * i] = digits[(uint8_t)bytes[i] >> 4];
        text[3 + 2 * i] = digits[(uint8_t)bytes[i] & 15];
    }
    return toasty__store_text(sink, row, field, text, 2 * length + 2, err);
}

static int read_unknown(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                        toasty_error *err)
{
    size_t length;
    (void)row;
    my_take_counted(cells, &length);
    return toasty__store_mismatch(sink, field, "a value of a type that is not known here", err);
}

/* --- all types --- */

enum { SIGNED, UNSIGNED, EITHER };

static const struct {
    uint8_t type, sign;
    my_cell_reader *read, *print;
} readers[] = {
    {TYPE_LONGLONG, SIGNED, read_i64, print_i64},
    {TYPE_LONGLONG, UNSIGNED, read_u64, print_u64},
    {TYPE_LONG, SIGNED, read_i32, print_i32},
    {TYPE_LONG, UNSIGNED, read_u32, print_u32},
    {TYPE_INT24, SIGNED, read_i32, print_i32},
    {TYPE_INT24, UNSIGNED, read_u32, print_u32},
    {TYPE_SHORT, SIGNED, read_i16, print_i16},
    {TYPE_SHORT, UNSIGNED, read_u16, print_u16},
    {TYPE_YEAR, EITHER, read_u16, print_u16},
    {TYPE_TINY, SIGNED, read_i8, print_i8},
    {TYPE_TINY, UNSIGNED, read_u8, print_u8},
    {TYPE_FLOAT, EITHER, read_float, print_float},
    {TYPE_DOUBLE, EITHER, read_double, print_double},
    {TYPE_DATETIME, EITHER, read_datetime, print_datetime},
    {TYPE_TIMESTAMP, EITHER, read_datetime, print_datetime},
    {TYPE_DATE, EITHER, read_date, print_date},
    {TYPE_TIME, EITHER, read_time, print_time},
    {TYPE_BIT, EITHER, read_bytes, print_bytes},
    {TYPE_GEOMETRY, EITHER, read_unknown, print_bytes},
};

/* Types whose cells are text or bytes, as the column's character set says. */
static bool is_text_or_bytes(uint8_t type)
{
    return type == TYPE_VARCHAR || type == TYPE_VAR_STRING || type == TYPE_STRING ||
           (type >= TYPE_TINY_BLOB && type <= TYPE_BLOB);
}

static my_cell_reader *text_reader(bool checks_text)
{
    return checks_text ? read_doubtful_text : read_text;
}

/* Of what travels as text, or as bytes. */
static my_cell_reader *counted_reader(const my_column *column, const toasty_field *field, bool as_text,
                                      bool checks_text)
{
    bool bytes = column->is_binary && is_text_or_bytes(column->type);
    if (!bytes)
        return text_reader(checks_text);
    if (as_text)
        return print_bytes;
    return field->type == TOASTY_TYPE_UUID ? read_uuid : read_bytes;
}

my_cell_reader *toasty__my_reader_of(const my_column *column, const toasty_field *field, bool as_text,
                                     bool in_text, bool checks_text)
{
    bool bits = column->type == TYPE_BIT || column->type == TYPE_GEOMETRY;
    for (size_t i = 0; (!in_text || bits) && i < sizeof readers / sizeof *readers; i++)
        if (readers[i].type == column->type &&
            (readers[i].sign == EITHER || readers[i].sign == (column->is_unsigned ? UNSIGNED : SIGNED)))
            return as_text ? readers[i].print : readers[i].read;
    return counted_reader(column, field, as_text, checks_text || as_text);
}
