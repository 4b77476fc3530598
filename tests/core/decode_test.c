/* Cells into records, and values out of them. */
#include "base/arena.h"
#include "core/decode.h"
#include "support/test.h"

#include <float.h>
#include <math.h>
#include <string.h>
#include <toasty/codegen.h>

typedef enum { SMALL_A, SMALL_B = 200 } Small;

typedef struct Inner {
    int32_t number;
} Inner;

/* An optional struct in an optional struct, and a field of each kind beside it. */
typedef struct Record {
    struct {
        bool set;
        struct {
            struct {
                bool set;
                Inner value;
            } inner;
        } value;
    } outer;
    struct {
        bool set;
        uint8_t value;
    } small;
    uint8_t label;
    const char *text;
    toasty_bytes bytes;
    double real;
    float single;
    toasty_date date;
    int64_t large;
} Record;

static const int64_t small_values[] = {SMALL_A, SMALL_B};
static const char *const small_labels[] = {"a", "ab"};
static const toasty_enum small_enum = {
    .name = "small", .labels = small_labels, .values = small_values, .count = 2, .size = 1};

static const toasty_embed embeds[] = {
    {.name = "outer", .set_offset = offsetof(Record, outer.set), .parent = TOASTY_NO_EMBED},
    {.name = "outer.inner", .set_offset = offsetof(Record, outer.value.inner.set), .parent = 0},
};
static const toasty_model model = {.name = "Record", .table = "records", .embeds = embeds, .embed_count = 2};

static toasty_error error;
static toasty__arena arena;
static Record record;
static const toasty_sink sink = {.model = &model, .column_count = 1, .arena = &arena}; /* not a whole row */

static toasty_field field_at(toasty_type type, size_t offset)
{
    return (toasty_field){.name = "field",
                          .column = "column",
                          .type = (uint8_t)type,
                          .embed = TOASTY_NO_EMBED,
                          .offset = (uint32_t)offset,
                          .set_offset = TOASTY_NO_OFFSET,
                          .labels = type == TOASTY_TYPE_ENUM ? &small_enum : NULL};
}

TOASTY_TEST(decode, a_value_sets_the_optional_structs_around_it)
{
    toasty_field field = field_at(TOASTY_TYPE_I32, offsetof(Record, outer.value.inner.value.number));
    field.embed = 1;
    field.flags = TOASTY_FIELD_NULL_COLUMN;
    check_int(0, toasty__store_null(&sink, &record, &field, &error));
    check_that(!record.outer.set && !record.outer.value.inner.set);
    check_int(0, toasty__store_int(&sink, &record, &field, -5, &error));
    check_that(record.outer.set && record.outer.value.inner.set);
    check_int(-5, record.outer.value.inner.value.number);
}

TOASTY_TEST(decode, what_the_field_cannot_hold_names_table_and_column)
{
    toasty_field field = field_at(TOASTY_TYPE_U8, offsetof(Record, small.value));
    field.set_offset = offsetof(Record, small.set);
    check_int(-1, toasty__store_int(&sink, &record, &field, 256, &error));
    check_error(&error, TOASTY_INVALID_VALUE);
    check_contains(error.message, "records.column");
    check_text("records", error.table);
    check_text("field", error.field);
    check_int(-1, toasty__store_int(&sink, &record, &field, -1, &error));
    check_int(-1, toasty__store_null(&sink, &record, &field, &error));
    check_int(-1, toasty__store_text(&sink, &record, &field, "7", 1, &error));
    check_int(-1, toasty__store_real(&sink, &record, &field, 7, &error));
    check_int(-1, toasty__store_mismatch(&sink, &field, "text", &error));
    check_that(!record.small.set);
    check_int(0, toasty__store_int(&sink, &record, &field, 255, &error));
    check_that(record.small.set && record.small.value == 255);
}

TOASTY_TEST(decode, a_label_must_be_known_to_its_last_byte)
{
    toasty_field field = field_at(TOASTY_TYPE_ENUM, offsetof(Record, label));
    check_int(0, toasty__store_text(&sink, &record, &field, "ab", 2, &error));
    check_int(SMALL_B, record.label);
    check_int(0, toasty__store_text(&sink, &record, &field, "abc", 1, &error));
    check_int(SMALL_A, record.label);
    check_int(-1, toasty__store_text(&sink, &record, &field, "abc", 3, &error));
    check_int(-1, toasty__store_text(&sink, &record, &field, "ab\0\0", 4, &error));
    check_int(-1, toasty__store_text(&sink, &record, &field, "", 0, &error));
    check_text("ab", toasty__enum_label(&small_enum, SMALL_B));
    check_null(toasty__enum_label(&small_enum, 7));
}

TOASTY_TEST(decode, text_and_bytes_are_copies)
{
    char text[] = "hello";
    toasty_field field = field_at(TOASTY_TYPE_TEXT, offsetof(Record, text));
    check_int(0, toasty__store_text(&sink, &record, &field, text, 5, &error));
    text[0] = 'j';
    check_text("hello", record.text);
    field = field_at(TOASTY_TYPE_BYTES, offsetof(Record, bytes));
    check_int(0, toasty__store_bytes(&sink, &record, &field, NULL, 0, &error));
    check_that(record.bytes.data && !record.bytes.len);
    check_int(0, toasty__store_bytes(&sink, &record, &field, text, 5, &error));
    check_bytes("jello", record.bytes.data, 5);
    toasty__arena_done(&arena);
}

TOASTY_TEST(decode, reals_that_are_too_large_are_not_infinite)
{
    toasty_field field = field_at(TOASTY_TYPE_F32, offsetof(Record, single));
    check_int(-1, toasty__store_real(&sink, &record, &field, 1e39, &error));
    check_int(0, toasty__store_real(&sink, &record, &field, (double)FLT_MAX, &error));
    check_int(0, toasty__store_real(&sink, &record, &field, (double)INFINITY, &error));
    check_that(isinf(record.single));
    check_int(0, toasty__store_int(&sink, &record, &field, 1 << 24, &error));
    check_int(-1, toasty__store_int(&sink, &record, &field, (1 << 24) + 1, &error));
}

TOASTY_TEST(decode, times_stay_within_the_years_1_to_9999)
{
    toasty_field field = field_at(TOASTY_TYPE_DATE, offsetof(Record, date));
    check_int(0, toasty__store_time(&sink, &record, &field, -719162, &error));
    check_that(record.date.year == 1 && record.date.month == 1 && record.date.day == 1);
    check_int(-1, toasty__store_time(&sink, &record, &field, -719163, &error));
    check_int(-1, toasty__store_time(&sink, &record, &field, INT64_MAX, &error));
    check_int(-1, toasty__store_time(&sink, &record, &field, INT64_MIN, &error));
    field = field_at(TOASTY_TYPE_I64, offsetof(Record, large));
    check_int(-1, toasty__store_time(&sink, &record, &field, 0, &error));
}

TOASTY_TEST(decode, a_loaded_value_is_null_when_it_is_not_set, ALONE)
{
    toasty_field field = field_at(TOASTY_TYPE_U8, offsetof(Record, small.value));
    toasty_value value = toasty__load(&field, &record, field.offset, offsetof(Record, small.set));
    check_int(TOASTY_VALUE_NULL, value.kind);
    record.small.value = 9;
    value = toasty__load(&field, &record, field.offset, TOASTY_NO_OFFSET);
    check_int(9, value.as.integer);
    record.label = SMALL_B;
    field = field_at(TOASTY_TYPE_ENUM, offsetof(Record, label));
    check_int(SMALL_B, toasty__load(&field, &record, field.offset, TOASTY_NO_OFFSET).as.integer);
    record.date = (toasty_date){2023, 2, 29};
    field = field_at(TOASTY_TYPE_DATE, offsetof(Record, date));
    check_int(TOASTY_VALUE_INVALID, toasty__load(&field, &record, field.offset, TOASTY_NO_OFFSET).kind);
}

TOASTY_TEST(decode, items_of_a_list_have_the_size_of_their_type)
{
    static const int16_t shorts[] = {1, -2, 3};
    static const char *const texts[] = {"a", "bc"};
    static const toasty_datetime times[] = {{{1970, 1, 1}, {0, 0, 0, 1}}, {{1970, 1, 2}, {0, 0, 0, 0}}};
    toasty_value list = toasty__list(TOASTY_TYPE_I16, shorts, 3);
    check_int(-2, toasty__list_item(&list, 1).as.integer);
    list = toasty__list(TOASTY_TYPE_TEXT, texts, 2);
    check_text("bc", toasty__list_item(&list, 1).as.text);
    list = toasty__list(TOASTY_TYPE_DATETIME, times, 2);
    check_int(1, toasty__list_item(&list, 0).as.integer);
    check_int(INT64_C(86400000000), toasty__list_item(&list, 1).as.integer);
}

TOASTY_TEST(decode, an_item_that_a_list_does_not_have_is_null)
{
    const int32_t numbers[] = {1};
    toasty_value none = toasty__list(TOASTY_TYPE_I32, NULL, 0),
                 one = toasty__list(TOASTY_TYPE_I32, numbers, 1);
    check_int(TOASTY_VALUE_NULL, toasty__list_item(&none, 0).kind);
    check_int(TOASTY_VALUE_NULL, toasty__list_item(&none, SIZE_MAX).kind);
    check_int(TOASTY_VALUE_NULL, toasty__list_item(&one, 1).kind);
}

TOASTY_TEST(decode, now_is_taken_apart_before_the_epoch_too)
{
    check_int(-1, toasty__now_value(TOASTY_TYPE_TIMESTAMP, -1).as.integer);
    check_int(-1, toasty__now_value(TOASTY_TYPE_DATE, -1).as.integer);
    check_int(INT64_C(86399999999), toasty__now_value(TOASTY_TYPE_TIME, -1).as.integer);
    check_int(0, toasty__now_value(TOASTY_TYPE_DATE, 5).as.integer);
    check_int(5, toasty__now_value(TOASTY_TYPE_TIME, 5).as.integer);
}

TOASTY_TEST(decode, an_enum_that_is_kept_as_an_integer_holds_its_constants_only)
{
    toasty_field field = field_at(TOASTY_TYPE_U8, offsetof(Record, small));
    field.labels = &small_enum;
    check_int(0, toasty__store_int(&sink, &record, &field, small_values[1], &error));
    check_int(-1, toasty__store_int(&sink, &record, &field, 99, &error));
    check_error(&error, TOASTY_INVALID_VALUE);
    check_contains(error.message, "not a value of its enum");
}
