/* What a column can hold, and how a refusal is worded: the same for every driver. */
#include "driver/encode.h"
#include "support/test.h"

#include <math.h>
#include <string.h>
#include <toasty/codegen.h>

static const int64_t moods[] = {0, 5};
static const char *const mood_labels[] = {"low", "high"};
static const toasty_enum mood = {.labels = mood_labels, .values = moods, .count = 2, .size = 4};
static const toasty_capability narrow = {.target = "narrow"}, wide = {.target = "wide", .unsigned_64 = true};

static toasty_error refused(toasty_type type, const toasty_enum *labels, toasty_value value)
{
    toasty_error err = {0};
    toasty_field field = {.name = "f", .type = (uint8_t)type, .labels = labels};
    toasty__destination to = {.table = "t", .field = &field, .type = field.type, .can = &narrow};
    if (toasty__encode_check(&to, &value, &err) == 0)
        return (toasty_error){.code = TOASTY_OK};
    check_error(&err, TOASTY_INVALID_VALUE);
    check_text("t", err.table);
    check_text("f", err.field);
    return err;
}

#define check_takes(type, value) check_int(TOASTY_OK, refused(TOASTY_TYPE_##type, NULL, (value)).code)
#define check_refuses(why, type, value)                                                                      \
    check_text("t.f: " why, refused(TOASTY_TYPE_##type, NULL, (value)).message)

TOASTY_TEST(driver, an_integer_is_within_the_range_of_its_c_type)
{
    check_takes(I8, toasty__int(INT8_MIN));
    check_takes(I8, toasty__int(INT8_MAX));
    check_refuses("out of the range of int8_t", I8, toasty__int(INT8_MAX + 1));
    check_refuses("out of the range of int16_t", I16, toasty__int(INT16_MIN - 1));
    check_refuses("out of the range of int32_t", I32, toasty__int(INT64_C(1) << 31));
    check_takes(I64, toasty__int(INT64_MIN));
    check_refuses("out of the range of int64_t", I64, toasty__uint(UINT64_MAX));
    check_refuses("out of the range of uint8_t", U8, toasty__int(-1));
    check_refuses("out of the range of uint16_t", U16, toasty__int(UINT16_MAX + 1));
    check_refuses("out of the range of uint32_t", U32, toasty__int(INT64_C(1) << 32));
    check_refuses("out of the range of uint64_t", U64, toasty__int(-1));
    check_refuses("out of the range of bool", BOOL, toasty__int(2));
}

TOASTY_TEST(driver, an_integer_above_int64_max_is_for_those_who_hold_it)
{
    toasty_error err;
    toasty_field field = {.name = "f", .type = TOASTY_TYPE_U64};
    toasty_value value = toasty__uint(UINT64_MAX);
    toasty__destination to = {.table = "t", .field = &field, .type = field.type, .can = &wide};
    check_int(0, toasty__encode_check(&to, &value, &err));
    check_refuses("above 9223372036854775807, the largest integer of the database", U64, value);
}

TOASTY_TEST(driver, a_number_that_is_not_one_and_one_beyond_float_are_refused)
{
    toasty_value value = {.kind = TOASTY_VALUE_FLOAT, .as.real = (double)NAN};
    check_refuses("not a number (NaN)", F64, value);
    check_refuses("out of the range of float", F32, toasty__real(1e39));
    check_takes(F32, toasty__real((double)INFINITY));
    check_takes(F64, toasty__real(1e39));
}

TOASTY_TEST(driver, a_value_of_an_enum_has_a_label_however_it_is_stored)
{
    check_int(TOASTY_OK, refused(TOASTY_TYPE_ENUM, &mood, toasty__int(5)).code);
    check_text("t.f: not a value of its enum", refused(TOASTY_TYPE_ENUM, &mood, toasty__int(1)).message);
    check_text("t.f: not a value of its enum", refused(TOASTY_TYPE_I32, &mood, toasty__int(1)).message);
    check_text("t.f: not a value of its enum", refused(TOASTY_TYPE_I64, &mood, toasty__int(1)).message);
}

TOASTY_TEST(driver, text_is_utf8_without_a_nul)
{
    toasty_value nul = {.kind = TOASTY_VALUE_TEXT, .len = 3, .as.text = "a\0b"};
    check_takes(TEXT, toasty__text("grün"));
    check_refuses("text with a NUL byte in it", TEXT, nul);
    check_refuses("text that is not UTF-8", TEXT, toasty__text("\xff"));
    check_takes(BYTES, toasty__bytes((toasty_bytes){"\xff", 1}));
}

TOASTY_TEST(driver, times_are_of_one_day_and_of_the_years_1_to_9999)
{
    check_refuses("outside of one day", TIME, toasty__int(INT64_C(86400000000)));
    check_refuses("outside of the years 1 to 9999", DATE, toasty__int(INT64_MAX));
    check_refuses("outside of the years 1 to 9999", DATETIME, toasty__int(INT64_MAX));
    check_refuses("outside of the years 1 to 9999", TIMESTAMP, toasty__int(INT64_MIN));
    check_takes(DATE, toasty__int(0));
}

TOASTY_TEST(driver, a_value_of_another_kind_is_refused_and_null_is_taken)
{
    int64_t items[] = {1};
    check_refuses("a value of another type", TEXT, toasty__int(1));
    check_refuses("a value of another type", I64, toasty__text("1"));
    check_refuses("a value of another type", TEXT, toasty__uint(UINT64_MAX));
    check_refuses("a list where one value is due", I64, toasty__list(TOASTY_TYPE_I64, items, 1));
    check_refuses("a date that does not exist", DATE, toasty__date((toasty_date){2023, 2, 29}));
    check_takes(UUID, toasty__null());
}

TOASTY_TEST(driver, a_value_of_the_users_own_statement_is_told_by_its_number)
{
    toasty_error err;
    toasty_value value = toasty__text("\xff");
    toasty__destination to = {.number = 3, .type = TOASTY_TYPE_TEXT, .can = &narrow};
    check_int(-1, toasty__encode_check(&to, &value, &err));
    check_text("value 3 of the statement: text that is not UTF-8", err.message);
    check_text("", err.field);
}
