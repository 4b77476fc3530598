/* What no call of an SQL target may be given: see ../arguments.c. */
#include "suite.h"
#include <stdint.h>
#include <string.h>

#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("nonnull-attribute"))), apply_to = function)
#endif

static volatile uintptr_t nothing; /* which the compiler does not know */
#define NOTHING(type) ((type *)nothing)

static const int64_t below_zero[] = {-1, INT64_MIN, INT64_MIN + 1, INT32_MIN};
static const int64_t large[] = {INT64_MAX,        INT64_MAX - 1, INT64_C(1) << 62,
                                INT64_C(1) << 32, UINT32_MAX,    INT32_MAX};
enum { BELOW = sizeof below_zero / sizeof *below_zero, LARGE = sizeof large / sizeof *large };

TOASTY_TEST(arguments, limits_and_offsets_of_any_size_are_kept)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    toasty_auto(TaskQuery) query = task_query_new();
    for (int i = 0; i < BELOW; i++) {
        check_null(task_all(db, .limit = below_zero[i]));
        check_last_error(TOASTY_INVALID_ARGUMENT);
        check_null(task_all(db, .offset = below_zero[i]));
        check_last_error(TOASTY_INVALID_ARGUMENT);
        check_null(task_page(db, .per_page = below_zero[i]));
        check_last_error(TOASTY_INVALID_ARGUMENT);
        check_int(-1, task_query_offset(query, below_zero[i]));
        check_last_error(TOASTY_INVALID_ARGUMENT);
    }
    for (int i = 0; i < LARGE; i++) {
        toasty_auto(TaskList) all = task_all(db, .limit = large[i]);
        check_some(all);
        check_int(3, all->len);
        toasty_auto(TaskList) none = task_all(db, .offset = large[i]);
        check_some(none);
        check_int(0, none->len);
        toasty_auto(TaskList) neither = task_all(db, .limit = large[i], .offset = large[i]);
        check_some(neither);
        check_int(0, neither->len);
        toasty_auto(TaskPage) page = task_page(db, .per_page = large[i]);
        check_some(page);
        check_int(3, page->len);
        check_that(!page->has_next);
        check_done(task_query_offset(query, large[i]));
        toasty_auto(TaskList) queried = task_all(db, .query = query);
        check_some(queried);
        check_int(0, queried->len);
    }
}

TOASTY_TEST(arguments, changes_of_rows_without_a_condition_are_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    toasty_auto(TaskQuery) query = task_query_new();
    suite_clear_log();
    check_int(-1, task_update_all(db, .set = {task_done_set(true)}));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, task_update_all(db, .query = NOTHING(TaskQuery), .set = {task_done_set(true)}));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, task_update_all(db, .query = query, .set = {task_done_set(true)}));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, task_delete_all(db));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_text("", suite_log());
}

TOASTY_TEST(arguments, raw_statements_without_their_parts_are_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    const toasty_value one = toasty_sql_int(1);
    suite_clear_log();
    check_int(-1, toasty_sql(db, NOTHING(char)));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(toasty_sql_rows(db, NOTHING(char)));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_int(-1, toasty_sql_(db, "SELECT 1", NOTHING(toasty_value), 1));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_int(-1, toasty_sql_(db, "SELECT 1", &one, SIZE_MAX));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(toasty_sql_rows_(db, "SELECT 1", &one, (size_t)INT64_MAX));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_int(-1, toasty_sql(db, "SELECT 1", toasty_sql_bytes((toasty_bytes){NULL, 5})));
    check_last_error(TOASTY_INVALID_VALUE);
    check_text("", suite_log());
}

TOASTY_TEST(arguments, a_cell_that_is_not_there_is_null)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, "SELECT 'a', 'b' UNION ALL SELECT 'a', 'b'");
    check_some(rows);
    check_text("b", toasty_cell(rows, 1, 1));
    const size_t beyond[] = {2, SIZE_MAX, SIZE_MAX / 2, (size_t)INT64_MAX, SIZE_MAX / sizeof(char *)};
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        check_null(toasty_cell(rows, beyond[i], 0));
        check_null(toasty_cell(rows, 0, beyond[i]));
        check_null(toasty_cell(rows, beyond[i], beyond[i]));
    }
    check_null(toasty_cell(NOTHING(toasty_rows), 0, 0));
}

TOASTY_TEST(arguments, options_that_are_null_are_the_usual_ones, REQUIRES(transactions))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) with = toasty_with_(db, NOTHING(toasty_with_options));
    check_some(with);
    toasty_auto(toasty_db) transaction = toasty_begin_(db, NOTHING(toasty_begin_options));
    check_some(transaction);
    check_done(toasty_commit(transaction));
    toasty_auto(toasty_db) again = toasty_open_(test_url(), &models_schema, NOTHING(toasty_open_options));
    check_some(again);
}

TOASTY_TEST(arguments, sums_that_no_field_holds_are_errors)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_int(1, person_update(db, ann, person_visits_set(INT64_MAX)));
    check_int(-1, person_update(db, ann, person_visits_add(1)));
    check_int(-1, person_update(db, ann, person_visits_add(INT64_MAX)));
    check_int(-1, person_update(db, ann, person_visits_subtract(INT64_MIN)));
    check_that(ann->visits == INT64_MAX);
    check_int(1, person_update(db, ann, person_visits_set(INT64_MIN)));
    check_int(-1, person_update(db, ann, person_visits_subtract(1)));
    check_that(ann->visits == INT64_MIN);
}

#ifdef __clang__
#pragma clang attribute pop
#endif
