/* Values survive the way to the database and back: every type, its limits, absence. */
#include "suite.h"
#include <float.h>
#include <math.h>
#include <string.h>
#include <time.h>

static const toasty_uuid some_uuid = {
    {0x01, 0x8f, 0x00, 0xff, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 0x16}};

static SampleNew ordinary(void)
{
    return (SampleNew){.flag = true,
                       .i8 = -1,
                       .i16 = -2,
                       .i32 = -3,
                       .i64 = -4,
                       .u8 = 1,
                       .u16 = 2,
                       .u32 = 3,
                       .u64 = 4,
                       .f32 = 0.5F,
                       .f64 = -0.1,
                       .text = "grüße \xf0\x9f\x8d\x95",
                       .bytes = {"\0\xff\x01", 3},
                       .uuid = some_uuid,
                       .instant = {1700000000123456},
                       .day = {2024, 2, 29},
                       .clock = {23, 59, 59, 999999},
                       .moment = {{1999, 12, 31}, {0, 0, 0, 1}},
                       .mood = MOOD_VERY_GRUMPY,
                       .weight = 4000000000U};
}

static void check_same(const SampleNew *expected, const Sample *actual)
{
    check_int(expected->flag, actual->flag);
    check_int(expected->i8, actual->i8);
    check_int(expected->i16, actual->i16);
    check_int(expected->i32, actual->i32);
    check_int(expected->i64, actual->i64);
    check_uint(expected->u8, actual->u8);
    check_uint(expected->u16, actual->u16);
    check_uint(expected->u32, actual->u32);
    check_uint(expected->u64, actual->u64);
    check_that(memcmp(&expected->f32, &actual->f32, sizeof actual->f32) == 0);
    check_that(memcmp(&expected->f64, &actual->f64, sizeof actual->f64) == 0);
    check_text(expected->text, actual->text);
    check_uint(expected->bytes.len, actual->bytes.len);
    if (expected->bytes.len)
        check_bytes(expected->bytes.data, actual->bytes.data, expected->bytes.len);
    check_that(actual->bytes.data != NULL);
    check_that(suite_same_uuid(expected->uuid, actual->uuid));
    check_int(expected->instant.us, actual->instant.us);
    check_int(expected->day.year, actual->day.year);
    check_int(expected->day.month, actual->day.month);
    check_int(expected->day.day, actual->day.day);
    check_int(expected->clock.hour, actual->clock.hour);
    check_int(expected->clock.minute, actual->clock.minute);
    check_int(expected->clock.second, actual->clock.second);
    check_uint(expected->clock.microsecond, actual->clock.microsecond);
    check_int(expected->moment.date.year, actual->moment.date.year);
    check_int(expected->moment.date.day, actual->moment.date.day);
    check_int(expected->moment.time.hour, actual->moment.time.hour);
    check_uint(expected->moment.time.microsecond, actual->moment.time.microsecond);
    check_int(expected->mood, actual->mood);
    check_uint(expected->weight, actual->weight);
}

/* Created, and read again by its key: both are what was given. */
static void check_round_trip(toasty_db *db, const SampleNew *row)
{
    toasty_auto(SampleList) created = sample_create_array(db, row, 1);
    check_some(created);
    check_same(row, created->items);
    toasty_auto(Sample) read = sample_get_by_id(db, created->items->id);
    check_some(read);
    check_same(row, read);
}

TOASTY_TEST(values, ordinary_values_of_every_type_come_back)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    check_round_trip(db, &row);
}

TOASTY_TEST(values, the_least_values_come_back)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.flag = false;
    row.i8 = INT8_MIN, row.i16 = INT16_MIN, row.i32 = INT32_MIN, row.i64 = INT64_MIN;
    row.u8 = 0, row.u16 = 0, row.u32 = 0, row.u64 = 0, row.weight = 0;
    row.f32 = -FLT_MAX, row.f64 = -DBL_MAX;
    row.text = "";
    row.bytes = (toasty_bytes){"", 0};
    row.uuid = (toasty_uuid){{1}};
    row.instant.us = -62135596800000000; /* 0001-01-01 */
    row.day = (toasty_date){1, 1, 1};
    row.clock = (toasty_time){0, 0, 0, 0};
    row.moment = (toasty_datetime){{1, 1, 1}, {0, 0, 0, 0}};
    row.mood = MOOD_CALM;
    check_round_trip(db, &row);
}

TOASTY_TEST(values, the_greatest_values_come_back)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.i8 = INT8_MAX, row.i16 = INT16_MAX, row.i32 = INT32_MAX, row.i64 = INT64_MAX;
    row.u8 = UINT8_MAX, row.u16 = UINT16_MAX, row.u32 = UINT32_MAX, row.u64 = INT64_MAX,
    row.weight = UINT32_MAX;
    row.f32 = FLT_MAX, row.f64 = DBL_MAX;
    memset(&row.uuid, 0xff, sizeof row.uuid);
    row.instant.us = 253402300799999999; /* 9999-12-31 23:59:59.999999 */
    row.day = (toasty_date){9999, 12, 31};
    row.moment = (toasty_datetime){{9999, 12, 31}, {23, 59, 59, 999999}};
    check_round_trip(db, &row);
}

TOASTY_TEST(values, the_smallest_steps_of_floating_point_come_back)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.f32 = 0.1F, row.f64 = 0.1 + 0.2;
    check_round_trip(db, &row);
    row.f32 = FLT_MIN, row.f64 = 5e-324;
    check_round_trip(db, &row);
}

TOASTY_TEST(values, times_before_1970_come_back)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.instant.us = -1;
    row.day = (toasty_date){1969, 12, 31};
    row.moment = (toasty_datetime){{1582, 10, 15}, {12, 30, 0, 5}};
    check_round_trip(db, &row);
}

TOASTY_TEST(values, a_long_text_and_many_bytes_come_back)
{
    static char text[200001], bytes[300000];
    toasty_auto(toasty_db) db = suite_open();
    memset(text, 'x', sizeof text - 1);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 31);
    SampleNew row = ordinary();
    row.text = text, row.bytes = (toasty_bytes){bytes, sizeof bytes};
    check_round_trip(db, &row);
}

TOASTY_TEST(values, quotes_and_other_characters_of_sql_are_only_text)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.text = "'; DROP TABLE \"samples\"; -- $1 ? \\ % _ {} \n\t\x01";
    check_round_trip(db, &row);
}

TOASTY_TEST(values, an_unsigned_integer_above_the_signed_range_comes_back_where_it_can, REQUIRES(unsigned_64))
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.u64 = UINT64_MAX;
    check_round_trip(db, &row);
}

TOASTY_TEST(values, what_the_column_cannot_hold_is_an_error_and_no_wrap, LACKS(unsigned_64))
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.u64 = (uint64_t)INT64_MAX + 1;
    check_null(sample_create_array(db, &row, 1));
    check_last_error(TOASTY_INVALID_VALUE);
    check_text("u64", toasty_last_error()->field);
}

TOASTY_TEST(values, a_moment_that_is_left_out_is_missing_and_not_1970)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.instant = (toasty_timestamp){0};
    suite_clear_log();
    check_null(sample_create_row(db, &row));
    check_last_error(TOASTY_MISSING_FIELD);
    check_text("instant", toasty_last_error()->field);
    check_contains(toasty_last_error()->message, "instant has toasty(explicit)");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(values, a_date_that_no_calendar_has_is_refused_before_it_is_sent)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.day = (toasty_date){2023, 2, 29};
    check_null(sample_create_array(db, &row, 1));
    check_last_error(TOASTY_INVALID_VALUE);
    check_contains(toasty_last_error()->message, "day");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(values, an_instant_outside_of_the_years_1_to_9999_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.instant.us = INT64_MAX;
    check_null(sample_create_array(db, &row, 1));
    check_last_error(TOASTY_INVALID_VALUE);
}

TOASTY_TEST(values, a_number_that_names_no_label_of_its_enum_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.mood = (Mood)3;
    check_null(sample_create_array(db, &row, 1));
    check_last_error(TOASTY_INVALID_VALUE);
    check_contains(toasty_last_error()->message, "mood");
}

TOASTY_TEST(values, bytes_with_a_length_but_no_data_are_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.bytes = (toasty_bytes){NULL, 5};
    check_null(sample_create_array(db, &row, 1));
    check_last_error(TOASTY_INVALID_VALUE);
}

TOASTY_TEST(values, absent_values_of_every_type_come_back_absent)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Blank) created = blank_create(db);
    check_some(created);
    toasty_auto(Blank) read = blank_get_by_id(db, created->id);
    check_some(read);
    const Blank *both[] = {created, read};
    for (size_t i = 0; i < 2; i++) {
        const Blank *b = both[i];
        check_that(!b->flag.set && !b->i8.set && !b->i16.set && !b->i32.set && !b->i64.set);
        check_that(!b->u8.set && !b->u16.set && !b->u32.set && !b->u64.set && !b->f32.set && !b->f64.set);
        check_null(b->text);
        check_null(b->bytes.data);
        check_that(!b->uuid.set && !b->instant.set && !b->day.set && !b->clock.set && !b->moment.set &&
                   !b->mood.set);
        check_int(0, b->i32.value);
    }
}

TOASTY_TEST(values, present_values_of_optional_fields_come_back)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Blank) created = blank_create(
        db, .flag = toasty_some(false), .i8 = toasty_some(-128), .i16 = toasty_some(0), .i32 = toasty_some(7),
        .i64 = toasty_some(INT64_MIN), .u8 = toasty_some(255), .u16 = toasty_some(65535),
        .u32 = toasty_some(UINT32_MAX), .u64 = toasty_some(9), .f32 = toasty_some(1.5F),
        .f64 = toasty_some(2.5), .text = "", .bytes = {"", 0}, .uuid = {.set = true, .value = some_uuid},
        .instant = toasty_some({-5}), .day = toasty_some({2000, 1, 2}), .clock = toasty_some({1, 2, 3, 4}),
        .moment = toasty_some({{2001, 2, 3}, {4, 5, 6, 7}}), .mood = toasty_some(MOOD_CALM));
    check_some(created);
    toasty_auto(Blank) read = blank_get_by_id(db, created->id);
    check_some(read);
    check_that(read->flag.set && !read->flag.value);
    check_that(read->i8.set && read->i8.value == -128);
    check_that(read->i16.set && read->i16.value == 0);
    check_that(read->i64.set && read->i64.value == INT64_MIN);
    check_that(read->u32.set && read->u32.value == UINT32_MAX);
    check_that(read->f32.set && read->f32.value == 1.5F);
    check_text("", read->text);
    check_that(read->bytes.data && read->bytes.len == 0);
    check_that(read->uuid.set && suite_same_uuid(some_uuid, read->uuid.value));
    check_that(read->instant.set && read->instant.value.us == -5);
    check_that(read->day.set && read->day.value.day == 2);
    check_that(read->clock.set && read->clock.value.microsecond == 4);
    check_that(read->moment.set && read->moment.value.time.second == 6);
    check_that(read->mood.set && read->mood.value == MOOD_CALM);
}

/* --- what an absent value becomes --- */

TOASTY_TEST(values, an_absent_value_becomes_its_default)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Preset) preset = preset_create(db, .name = "a", .rank = toasty_some(3));
    check_some(preset);
    check_int(STARTING_CREDIT, preset->credit);
    check_that(preset->active);
    check_text("none", preset->remark);
    check_int(MOOD_HAPPY, preset->mood);
    check_int(1, preset->state);
    check_int(3, preset->rank);
    toasty_auto(Preset) read = preset_get_by_name(db, "a");
    check_some(read);
    check_int(STARTING_CREDIT, read->credit);
    check_text("none", read->remark);
    check_int(MOOD_HAPPY, read->mood);
}

TOASTY_TEST(values, a_value_that_is_given_wins_over_its_default)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Preset) preset =
        preset_create(db, .name = "a", .rank = toasty_some(0), .credit = toasty_some(0),
                      .active = toasty_some(false), .remark = "", .mood = toasty_some(MOOD_CALM));
    check_some(preset);
    check_int(0, preset->credit);
    check_that(!preset->active);
    check_text("", preset->remark);
    check_int(MOOD_CALM, preset->mood);
}

TOASTY_TEST(values, an_explicit_scalar_that_is_left_out_is_an_error)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(preset_create(db, .name = "a"));
    check_last_error(TOASTY_MISSING_FIELD);
    check_contains(toasty_last_error()->message, "rank");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(values, created_at_and_updated_at_tell_the_time_of_the_create)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Preset) preset = preset_create(db, .name = "a", .rank = toasty_some(1));
    check_some(preset);
    int64_t now = (int64_t)time(NULL) * 1000000;
    check_that(preset->created_at.us > now - 60000000 && preset->created_at.us < now + 60000000);
    check_int(preset->created_at.us, preset->updated_at.us);
    check_int(preset->created_at.us, preset->seen_at.us);
}

TOASTY_TEST(values, a_create_writes_what_every_write_writes)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Preset) preset = preset_create(db, .name = "a", .rank = toasty_some(1));
    check_some(preset);
    check_int(preset->created_at.us, preset->touched_at.us);
    toasty_auto(Preset) given =
        preset_create(db, .name = "b", .rank = toasty_some(1), .touched_at = toasty_some({.us = 5}));
    check_some(given);
    check_int(5, given->touched_at.us);
}

TOASTY_TEST(values, an_update_writes_what_every_update_writes)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Preset) preset = preset_create(db, .name = "a", .rank = toasty_some(1));
    check_some(preset);
    int64_t created = preset->created_at.us;
    check_done(toasty_sleep(2));
    check_done(preset_update(db, preset, preset_rank_set(2)));
    check_int(2, preset->state);
    check_that(preset->updated_at.us > created);
    check_that(preset->touched_at.us > created);
    check_int(created, preset->created_at.us);
    toasty_auto(Preset) read = preset_get_by_name(db, "a");
    check_some(read);
    check_int(2, read->state);
    check_int(preset->updated_at.us, read->updated_at.us);
}

TOASTY_TEST(values, an_update_that_sets_the_field_wins_over_what_every_update_writes)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Preset) preset = preset_create(db, .name = "a", .rank = toasty_some(1));
    check_some(preset);
    check_done(preset_update(db, preset, preset_state_set(9)));
    check_int(9, preset->state);
}

TOASTY_TEST(values, keys_made_as_uuid_v7_count_up_and_those_of_v4_are_random)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(BlankList) blanks = blank_create_many(db, {.text = "a"}, {.text = "b"}, {.text = "c"});
    toasty_auto(Preset) preset = preset_create(db, .name = "a", .rank = toasty_some(1));
    check_some(blanks);
    check_some(preset);
    for (size_t i = 0; i < 3; i++)
        check_int(7, blanks->items[i].id.bytes[6] >> 4);
    check_that(memcmp(&blanks->items[0].id, &blanks->items[1].id, 16) < 0);
    check_that(memcmp(&blanks->items[1].id, &blanks->items[2].id, 16) < 0);
    check_int(4, preset->ticket.bytes[6] >> 4);
    check_int(2, preset->ticket.bytes[8] >> 6);
}

/* --- structs in columns --- */

TOASTY_TEST(values, embedded_structs_come_back_nested_and_absent)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Shop) near =
        shop_create(db, .name = "near", .address = {"A St", "Rome", NULL, toasty_some({41.9, 12.5})});
    check_some(near);
    toasty_auto(Shop) read = shop_get_by_id(db, near->id);
    check_some(read);
    check_text("A St", read->address.street);
    check_text("Rome", read->address.city);
    check_null(read->address.floor);
    check_that(read->address.position.set);
    check_real(41.9, read->address.position.value.latitude);
    check_that(!read->postal.set);
    check_null(read->postal.value.street);
}

TOASTY_TEST(values, an_optional_struct_without_its_own_optional_part_is_present)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Shop) shop = shop_create(db, .name = "far", .address = {"A St", "Rome", "3", {0}},
                                         .postal = toasty_some({.street = "B St", .city = "Oslo"}));
    check_some(shop);
    toasty_auto(Shop) read = shop_get_by_id(db, shop->id);
    check_some(read);
    check_that(read->postal.set);
    check_text("Oslo", read->postal.value.city);
    check_that(!read->postal.value.position.set);
    check_that(!read->address.position.set);
    check_text("3", read->address.floor);
}

TOASTY_TEST(values, a_part_of_an_embedded_struct_is_updated_alone)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Shop) shop = shop_create(db, .name = "far", .address = {"A St", "Rome", "3", {0}});
    check_some(shop);
    check_done(shop_update(db, shop, shop_address_city_set("Milan"), shop_address_floor_set_null()));
    check_text("A St", shop->address.street);
    check_text("Milan", shop->address.city);
    check_null(shop->address.floor);
    toasty_auto(Shop) read = shop_get_by_id(db, shop->id);
    check_some(read);
    check_text("A St", read->address.street);
    check_text("Milan", read->address.city);
    check_null(read->address.floor);
}

TOASTY_TEST(values, an_embedded_struct_is_set_and_removed_as_a_whole)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Shop) shop = shop_create(db, .name = "far", .address = {"A St", "Rome", "3", {0}});
    check_some(shop);
    Address postal = {"B St", "Oslo", NULL, toasty_some({1.5, 2.5})};
    check_done(shop_update(db, shop, shop_postal_set(&postal)));
    check_that(shop->postal.set && shop->postal.value.position.set);
    check_text("Oslo", shop->postal.value.city);
    toasty_auto(Shop) read = shop_get_by_id(db, shop->id);
    check_some(read);
    check_that(read->postal.set && read->postal.value.position.set);
    check_real(2.5, read->postal.value.position.value.longitude);
    check_done(shop_update(db, shop, shop_postal_set(NULL)));
    check_that(!shop->postal.set);
    toasty_auto(Shop) again = shop_get_by_id(db, shop->id);
    check_some(again);
    check_that(!again->postal.set);
}

/* --- what no column can hold --- */

static void check_refused(toasty_db *db, const SampleNew *row, const char *field, const char *message)
{
    check_null(sample_create_array(db, row, 1));
    check_last_error(TOASTY_INVALID_VALUE);
    check_text(message, toasty_last_error()->message);
    check_text(field, toasty_last_error()->field);
    check_text("samples", toasty_last_error()->table);
}

TOASTY_TEST(values, a_wrong_value_is_refused_in_the_same_words_everywhere)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.mood = (Mood)77;
    check_refused(db, &row, "mood", "samples.mood: not a value of its enum");
    row = ordinary();
    row.text = "caf\xe9";
    check_refused(db, &row, "text", "samples.text: text that is not UTF-8");
    row = ordinary();
    row.day = (toasty_date){2023, 2, 29};
    check_refused(db, &row, "day", "samples.day: a date that does not exist");
    row = ordinary();
    row.instant.us = INT64_MAX;
    check_refused(db, &row, "instant", "samples.instant: a timestamp outside of the years 1 to 9999");
}

TOASTY_TEST(values, a_number_that_is_not_one_is_refused_before_it_is_sent)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.f64 = (double)NAN;
    check_refused(db, &row, "f64", "samples.f64: not a number (NaN)");
    row = ordinary();
    row.f32 = NAN;
    check_refused(db, &row, "f32", "samples.f32: not a number (NaN)");
    check_uint(0, suite_log_count());
    toasty_auto(Blank) blank = blank_create(db, .f64 = toasty_some(1.5));
    suite_clear_log();
    check_int(-1, blank_update(db, blank, blank_f64_set((double)NAN)));
    check_text("blanks.f64: not a number (NaN)", toasty_last_error()->message);
    check_uint(0, suite_log_count());
}

TOASTY_TEST(values, there_is_one_zero)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.f32 = -0.0F, row.f64 = -0.0;
    toasty_auto(SampleList) created = sample_create_array(db, &row, 1);
    check_some(created);
    toasty_auto(Sample) read = sample_get_by_id(db, created->items->id);
    check_some(read);
    check_that(!signbit(created->items->f32) && !signbit(created->items->f64));
    check_that(!signbit(read->f32) && !signbit(read->f64));
}

TOASTY_TEST(values, a_sum_of_reals_that_does_not_fit_is_refused_and_the_row_stays)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Blank) blank = blank_create(db, .f32 = toasty_some(3e38f), .f64 = toasty_some(-1.5e308));
    check_some(blank);
    for (int i = 0; i < 2; i++) { /* the second time there is a plan */
        check_int(-1, blank_update(db, blank, blank_f32_add(3e38f)));
        check_last_error(TOASTY_INVALID_VALUE);
        check_text("f32", toasty_last_error()->field);
        check_int(-1, blank_update(db, blank, blank_f64_subtract(1e308)));
        check_last_error(TOASTY_INVALID_VALUE);
        check_text("f64", toasty_last_error()->field);
    }
    check_int(1, blank_update(db, blank, blank_f32_subtract(3e38f), blank_f64_add(1e308)));
    toasty_auto(Blank) read = blank_get_by_id(db, blank->id);
    check_some(read);
    check_that(read->f32.value == 0 && read->f64.value == -1.5e308 + 1e308);
}

/* 0.1f + 0.2f is no float; what is kept is the next one, on every database. */
TOASTY_TEST(values, a_sum_of_floats_is_a_float)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Blank) blank = blank_create(db, .f32 = toasty_some(0.1f));
    check_some(blank);
    check_int(1, blank_update(db, blank, blank_f32_add(0.2f)));
    toasty_auto(Blank) read = blank_get_by_id(db, blank->id);
    check_some(read);
    check_that(read->f32.value == 0.1f + 0.2f && blank->f32.value == read->f32.value);
}

TOASTY_TEST(values, infinity_comes_back, REQUIRES(infinity))
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.f32 = INFINITY, row.f64 = -(double)INFINITY;
    check_round_trip(db, &row);
}

TOASTY_TEST(values, text_that_is_not_utf8_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    row.text = "caf\xe9";
    check_null(sample_create_array(db, &row, 1));
    check_last_error(TOASTY_INVALID_VALUE);
    check_contains(toasty_last_error()->message, "text");
}

TOASTY_TEST(values, a_program_writes_values_as_text_and_finds_rows_by_what_it_reads)
{
    toasty_auto(toasty_db) db = suite_open();
    SampleNew row = ordinary();
    toasty_auto(Sample) made = sample_create_row(db, &row);
    check_some(made);
    char id[TOASTY_UUID_TEXT], instant[TOASTY_TIMESTAMP_TEXT];
    toasty_uuid read;
    toasty_timestamp again;
    check_that(toasty_uuid_parse(toasty_uuid_text(made->id, id), &read));
    toasty_auto(Sample) found = sample_get_by_id(db, read);
    check_some(found);
    check_int(0, toasty_uuid_compare(made->id, found->id));
    check_text("2023-11-14T22:13:20.123456Z", toasty_timestamp_text(found->instant, instant));
    check_that(toasty_timestamp_parse("2023-11-15T00:13:20.123456+02:00", &again));
    check_int(found->instant.us, again.us);
    check_that(toasty_now().us > again.us);
    Mood mood;
    check_text("very_grumpy", sample_mood_name(found->mood));
    check_that(sample_mood_from("very_grumpy", &mood) && mood == found->mood);
}

TOASTY_TEST(values, what_may_be_absent_is_assigned_to_a_row_that_is_there)
{
    toasty_auto(toasty_db) db = suite_open();
    PersonNew row = {.name = "Ann", .email = "ann@example.com"};
    toasty_assign(row.age, 42);
    toasty_auto(Person) ann = person_create_row(db, &row);
    check_some(ann);
    check_that(ann->age.set);
    check_int(42, ann->age.value);
}
