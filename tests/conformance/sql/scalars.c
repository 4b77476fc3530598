/* One value of the fields of all rows that match: sums, averages, the least and the greatest. */
#include "suite.h"
#include <stdint.h>
#include <string.h>

typedef toasty_opt(int64_t) whole;
typedef toasty_opt(double) real;

static const whole stale = {.set = true, .value = 77}; /* what the place of a result held before */

/* Samples with these numbers of 64 bits, 32-bit numbers that count up from 1, and halves of those. */
static void create_samples(toasty_db *db, const int64_t *numbers, size_t count)
{
    SampleNew rows[8] = {{.end_ = 0}};
    for (size_t i = 0; i < count; i++)
        rows[i] = (SampleNew){.i64 = numbers[i],
                              .i32 = (int32_t)i + 1,
                              .u64 = (uint64_t)i + 1,
                              .f32 = (float)i + 0.5F,
                              .f64 = (double)i + 0.5,
                              .text = "x",
                              .uuid = {{1}},
                              .bytes = {"x", 1},
                              .day = {2024, 2, (uint8_t)(i + 1)},
                              .moment = {{2024, 1, 1}, {1, 2, (uint8_t)i, 5}},
                              .instant = {(int64_t)i * 1000 + 1000},
                              .clock = {(uint8_t)i, 0, 0, 0}};
    toasty_auto(SampleList) samples = sample_create_array(db, rows, count);
    check_some(samples);
    suite_clear_log();
}

TOASTY_TEST(scalars, a_sum_is_one_statement_that_answers_one_value, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = suite_open();
    create_samples(db, (int64_t[]){5, -3, 40}, 3);
    whole sum = {.set = false};
    suite_cost cost = suite_start_cost(db);
    check_int(0, sample_i64_sum(db, &sum));
    check_uint(1, suite_round_trips(&cost));
    check_text("SELECT samples", suite_log());
    check_that(strstr(suite_statement(0), "sum(") || strstr(suite_statement(0), "toasty_total("));
    check_that(sum.set);
    check_int(42, sum.value);
    check_int(0, sample_i32_sum(db, &sum, .where = sample_i64_gt(0)));
    check_int(4, sum.value);
    check_int(0, sample_u64_sum(db, &sum));
    check_int(6, sum.value);
    real reals = {.set = false};
    check_int(0, sample_f64_sum(db, &reals));
    check_real(4.5, reals.value);
    check_int(0, sample_f32_sum(db, &reals));
    check_real(4.5, reals.value);
}

TOASTY_TEST(scalars, an_average_of_integers_is_not_an_integer, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = suite_open();
    create_samples(db, (int64_t[]){1, 2, 2}, 3);
    real average = {.set = false};
    check_int(0, sample_i64_avg(db, &average));
    check_real(5.0 / 3.0, average.value);
    check_int(0, sample_i32_avg(db, &average));
    check_real(2.0, average.value);
    check_int(0, sample_f64_avg(db, &average, .where = sample_i32_le(2)));
    check_real(1.0, average.value);
    check_int(0, sample_f32_avg(db, &average));
    check_real(1.5, average.value);
}

TOASTY_TEST(scalars, of_no_rows_there_is_no_value_and_that_is_not_an_error, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = suite_open();
    whole sum = stale;
    real average = {.set = true, .value = 1};
    toasty_opt(int64_t) least = {.set = true, .value = 3};
    toasty_opt(toasty_date) latest = {.set = true, .value = {2000, 1, 1}};
    check_int(0, sample_i64_sum(db, &sum));
    check_that(!sum.set);
    check_int(0, sum.value);
    check_int(0, sample_i64_avg(db, &average));
    check_that(!average.set);
    check_int(0, sample_i64_min(db, &least));
    check_that(!least.set);
    check_int(0, sample_day_max(db, &latest));
    check_that(!latest.set);
}

TOASTY_TEST(scalars, what_is_null_does_not_count, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(BlankList) blanks =
        blank_create_many(db, {.i32 = toasty_some(1)}, {.flag = toasty_some(true)}, {.i32 = toasty_some(4)});
    check_some(blanks);
    whole sum = {.set = false};
    real average = {.set = false};
    toasty_opt(int32_t) least = {.set = false};
    check_int(0, blank_i32_sum(db, &sum));
    check_int(5, sum.value);
    check_int(0, blank_i32_avg(db, &average));
    check_real(2.5, average.value);
    check_int(0, blank_i32_min(db, &least));
    check_int(1, least.value);
    check_int(0, blank_i32_sum(db, &sum, .where = blank_flag_eq(true)));
    check_that(!sum.set);
}

TOASTY_TEST(scalars, only_a_result_that_does_not_fit_is_an_error, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = suite_open();
    /* On the way the sum leaves 64 bits, in any order; its end is inside of them. */
    create_samples(db, (int64_t[]){INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN, 3}, 5);
    whole sum = {.set = false};
    check_int(0, sample_i64_sum(db, &sum));
    check_int(1, sum.value);
    sum = stale;
    check_int(-1, sample_i64_sum(db, &sum, .where = sample_i64_gt(0)));
    check_last_error(TOASTY_INVALID_VALUE);
    check_int(77, sum.value);
    check_that(sum.set);
    check_int(-1, sample_i64_sum(db, &sum, .where = sample_i64_lt(0)));
    check_last_error(TOASTY_INVALID_VALUE);
    real average = {.set = false};
    check_int(0, sample_i64_avg(db, &average, .where = sample_i64_gt(3)));
    check_real(9223372036854775808.0, average.value);
}

TOASTY_TEST(scalars, a_sum_of_doubles_that_leaves_their_range_is_an_error, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(BlankList) blanks =
        blank_create_many(db, {.f64 = toasty_some(1.5e308)}, {.f64 = toasty_some(1.5e308)});
    check_some(blanks);
    real sum = {.set = true, .value = 7};
    check_int(-1, blank_f64_sum(db, &sum));
    check_last_error(TOASTY_INVALID_VALUE);
    check_real(7.0, sum.value);
}

TOASTY_TEST(scalars, the_least_and_the_greatest_are_values_of_their_field, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = suite_open();
    create_samples(db, (int64_t[]){INT64_MIN, 0, INT64_MAX}, 3);
    toasty_opt(int64_t) number = {.set = false};
    check_int(0, sample_i64_min(db, &number));
    check_that(number.set && number.value == INT64_MIN);
    check_int(0, sample_i64_max(db, &number));
    check_that(number.set && number.value == INT64_MAX);
    toasty_opt(float) single = {.set = false};
    check_int(0, sample_f32_max(db, &single));
    check_real(2.5, (double)single.value);
    toasty_opt(toasty_date) day = {.set = false};
    check_int(0, sample_day_max(db, &day));
    check_that(day.set && day.value.year == 2024 && day.value.month == 2 && day.value.day == 3);
    toasty_opt(toasty_datetime) moment = {.set = false};
    check_int(0, sample_moment_min(db, &moment));
    check_that(moment.value.date.year == 2024 && moment.value.time.minute == 2 &&
               moment.value.time.second == 0 && moment.value.time.microsecond == 5);
    toasty_opt(toasty_timestamp) instant = {.set = false};
    check_int(0, sample_instant_max(db, &instant));
    check_int(3000, instant.value.us);
    toasty_opt(toasty_time) clock = {.set = false};
    check_int(0, sample_clock_max(db, &clock));
    check_int(2, clock.value.hour);
}

TOASTY_TEST(scalars, a_query_object_with_a_limit_means_its_rows, REQUIRES(aggregate, order))
{
    toasty_auto(toasty_db) db = suite_open();
    create_samples(db, (int64_t[]){10, 20, 30, 40}, 4);
    toasty_auto(SampleQuery) query = sample_query_new();
    check_int(0, sample_query_order_by(query, sample_i64_desc()));
    check_int(0, sample_query_limit(query, 2));
    check_int(0, sample_query_offset(query, 1));
    whole sum = {.set = false};
    check_int(0, sample_i64_sum(db, &sum, .query = query));
    check_int(50, sum.value);
    toasty_opt(int32_t) least = {.set = false};
    check_int(0, sample_i32_min(db, &least, .query = query, .where = sample_i64_lt(40)));
    check_int(1, least.value);
    real average = {.set = false};
    check_int(0, sample_f64_avg(db, &average, .query = query));
    check_real(2.0, average.value);
}

TOASTY_TEST(scalars, the_second_call_plans_nothing, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = suite_open();
    create_samples(db, (int64_t[]){1, 2}, 2);
    whole sum = {.set = false};
    check_int(0, sample_i64_sum(db, &sum, .where = sample_i32_ge(1)));
    toasty_counters before = toasty_count(db);
    check_int(0, sample_i64_sum(db, &sum, .where = sample_i32_ge(2)));
    check_int(2, sum.value);
    toasty_counters after = toasty_count(db);
    check_uint(before.plans_made, after.plans_made);
    /* Another aggregate and another field are other plans. */
    check_int(0, sample_i32_sum(db, &sum, .where = sample_i32_ge(2)));
    check_int(2, sum.value);
    real average = {.set = false};
    check_int(0, sample_i64_avg(db, &average, .where = sample_i32_ge(1)));
    check_real(1.5, average.value);
}

TOASTY_TEST(scalars, scalars_of_a_batch_are_one_round_trip_and_filled_together, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = suite_open();
    create_samples(db, (int64_t[]){INT64_MAX, 1}, 2);
    whole sum = stale;
    toasty_opt(int32_t) greatest = {.set = false};
    suite_cost cost = suite_start_cost(db);
    check_int(0, toasty_batch(db, sample_i64_sum_op(&sum, .where = sample_i32_eq(2)),
                              sample_i32_max_op(&greatest)));
    if (suite_groups_read())
        check_uint(1, suite_round_trips(&cost));
    check_int(1, sum.value);
    check_int(2, greatest.value);
    sum = stale;
    greatest.value = 9;
    check_int(-1, toasty_batch(db, sample_i32_max_op(&greatest), sample_i64_sum_op(&sum)));
    check_last_error(TOASTY_INVALID_VALUE);
    check_int(77, sum.value);
    check_int(9, greatest.value);
}
