/* Multiplications in the database. */
#include "suite.h"

TOASTY_TEST(multiply, changes_the_row_and_the_record)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Blank) blank = blank_create(db, .i32 = toasty_some(7), .u64 = toasty_some(3),
                                            .f32 = toasty_some(0.1f), .f64 = toasty_some(-1.5));
    check_some(blank);
    check_int(1, blank_update(db, blank, blank_i32_multiply(-6), blank_u64_multiply(5), blank_f32_multiply(3),
                              blank_f64_multiply(1e100), blank_i64_multiply(2)));
    toasty_auto(Blank) read = blank_get_by_id(db, blank->id);
    check_some(read);
    check_int(-42, read->i32.value);
    check_uint(15, read->u64.value);
    check_that(read->f32.value == (float)((double)0.1f * 3) && read->f64.value == -1.5 * 1e100);
    check_that(!read->i64.set);
    check_int(-42, blank->i32.value);
    check_uint(15, blank->u64.value);
    check_that(blank->f32.value == read->f32.value && blank->f64.value == read->f64.value && !blank->i64.set);
}

TOASTY_TEST(multiply, refuses_what_does_not_fit_and_leaves_the_row)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Blank) blank =
        blank_create(db, .i8 = toasty_some(100), .i64 = toasty_some(INT64_MAX / 2), .u32 = toasty_some(5),
                     .u64 = toasty_some(INT64_MAX), .f32 = toasty_some(3e38f), .f64 = toasty_some(-1e308));
    check_some(blank);
    for (int i = 0; i < 2; i++) { /* the second time there is a plan */
        check_int(-1, blank_update(db, blank, blank_i8_multiply(2)));
        check_last_error(TOASTY_INVALID_VALUE);
        check_int(-1, blank_update(db, blank, blank_i64_multiply(3)));
        check_last_error(TOASTY_INVALID_VALUE);
        check_int(-1, blank_update(db, blank, blank_u64_multiply(INT64_MAX)));
        check_last_error(TOASTY_INVALID_VALUE);
        check_int(-1, blank_update(db, blank, blank_f32_multiply(10)));
        check_last_error(TOASTY_INVALID_VALUE);
        check_int(-1, blank_update(db, blank, blank_f64_multiply(10)));
        check_last_error(TOASTY_INVALID_VALUE);
    }
    toasty_auto(Blank) read = blank_get_by_id(db, blank->id);
    check_some(read);
    check_int(100, read->i8.value);
    check_int(INT64_MAX / 2, read->i64.value);
    check_uint(INT64_MAX, read->u64.value);
    check_that(read->f32.value == 3e38f && read->f64.value == -1e308);
    check_int(100, blank->i8.value);
}

TOASTY_TEST(multiply, of_rows_that_a_key_or_a_condition_names)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_done(person_update_by_id(db, ann->id, person_visits_set(4)));
    check_done(person_update_by_email(db, ann->email, person_visits_multiply(5)));
    check_int(1, person_update_all(db, .where = person_visits_eq(20), .set = {person_visits_multiply(-1)}));
    toasty_auto(Person) read = person_get_by_id(db, ann->id);
    check_some(read);
    check_int(-20, read->visits);
}

TOASTY_TEST(multiply, in_an_upsert_begins_with_the_default)
{
    toasty_auto(toasty_db) db = suite_open();
    for (int times = 1; times <= 2; times++) {
        toasty_auto(Preset) preset =
            preset_upsert_by_name(db, "a", preset_credit_multiply(3), preset_rank_set(1));
        check_some(preset);
        check_int(times == 1 ? 300 : 900, preset->credit);
    }
}
