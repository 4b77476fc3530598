/* Sums of fields that have limits: the statement that adds checks them, since only the database knows what is
 * there. */
#include "accounts.toasty.h"
#include "parties.toasty.h"
#include "suite.h"

static Party *party(toasty_db *db)
{
    Party *made =
        party_create(db, .slug = "warming", .title = "Hello", .drinks = 5, .seats = toasty_some(100));
    check_some(made);
    suite_clear_log();
    return made;
}

TOASTY_TEST(limits, a_sum_within_them_is_one_statement)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) made = party(db);
    suite_cost cost = suite_start_cost(db);
    check_done(party_update(db, made, party_drinks_subtract(5), party_seats_add(100)));
    check_int(0, made->drinks);
    check_uint(200, made->seats);
    check_done(party_update_by_slug(db, "warming", party_seats_subtract(199)));
    if (test_capability()->returning) { /* where they are not, the record is read back */
        check_text("UPDATE parties, UPDATE parties", suite_log());
        check_uint(2, suite_round_trips(&cost));
    }
    toasty_auto(Party) read = party_get_by_slug(db, "warming");
    check_some(read);
    check_int(0, read->drinks);
    check_uint(1, read->seats);
}

TOASTY_TEST(limits, a_sum_beyond_them_fails_and_changes_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) made = party(db);
    for (int i = 0; i < 2; i++) {
        check_int(-1, party_update(db, made, party_title_set("Ha"), party_drinks_subtract(6)));
        suite_check_rule("Party", "drinks", "min");
        check_int(-1, party_update(db, made, party_seats_add(101)));
        suite_check_rule("Party", "seats", "max");
        check_int(-1, party_update_by_slug(db, "warming", party_seats_subtract(100)));
        suite_check_rule("Party", "seats", "min");
    }
    check_int(5, made->drinks);
    check_text("Hello", made->title);
    toasty_auto(Party) read = party_get_by_slug(db, "warming");
    check_some(read);
    check_int(5, read->drinks);
    check_text("Hello", read->title);
    check_uint(100, read->seats);
}

TOASTY_TEST(limits, the_row_decides_and_not_the_record)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) made = party(db);
    check_done(party_update_by_slug(db, "warming", party_drinks_set(1)));
    check_int(-1, party_update(db, made, party_drinks_subtract(2)));
    suite_check_rule("Party", "drinks", "min");
    check_done(party_update(db, made, party_drinks_subtract(1)));
    check_int(0, made->drinks);
}

TOASTY_TEST(limits, several_sums_of_a_field_count_together)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) made = party(db);
    check_done(party_update(db, made, party_drinks_subtract(7), party_drinks_add(3)));
    check_int(1, made->drinks);
    toasty_auto(PartyChanges) list = party_changes_new();
    check_done(party_changes_add(list, party_drinks_subtract(1)));
    check_int(-1, party_update(db, made, party_changes(list), party_drinks_subtract(1)));
    suite_check_rule("Party", "drinks", "min");
}

TOASTY_TEST(limits, what_no_value_could_keep_is_refused_before_anything_is_sent)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) made = party(db);
    check_int(-1, party_update(db, made, party_seats_add(201)));
    suite_check_rule("Party", "seats", "max");
    check_int(-1, party_update(db, made, party_degrees_add(INT32_MAX), party_degrees_add(INT32_MAX),
                               party_degrees_add(INT32_MAX)));
    suite_check_rule("Party", "degrees", "max");
    check_text("", suite_log());
}

TOASTY_TEST(limits, nothing_is_added_to_null_and_that_keeps_them)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) made = party(db);
    check_done(party_update(db, made, party_degrees_add(1), party_fee_add((Euros){1})));
    check_that(!made->degrees.set);
    check_that(!made->fee.set);
    check_done(party_update(db, made, party_degrees_set(39), party_fee_set((Euros){3})));
    check_done(party_update(db, made, party_degrees_add(1), party_fee_subtract((Euros){3})));
    check_int(40, made->degrees.value);
    check_int(-1, party_update(db, made, party_degrees_add(1)));
    suite_check_rule("Party", "degrees", "max");
    check_int(-1, party_update(db, made, party_fee_subtract((Euros){1})));
    suite_check_rule("Party", "fee", "min");
}

TOASTY_TEST(limits, the_greatest_integers_are_added_up_without_a_wrap)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) made = party(db);
    check_done(party_update(db, made, party_stars_set((uint64_t)INT64_MAX - 10)));
    check_int(-1, party_update(db, made, party_stars_add(4)));
    suite_check_rule("Party", "stars", "max");
    check_done(party_update(db, made, party_stars_add(3)));
    check_uint((uint64_t)INT64_MAX - 7, made->stars);
}

TOASTY_TEST(limits, only_one_row_at_a_time_is_added_to_and_an_upsert_only_sets)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) made = party(db);
    check_int(-1, party_update_all(db, .everything = true, .set = {party_drinks_subtract(1)}));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_null(party_upsert_by_slug(db, "warming", party_title_set("Ha"), party_drinks_subtract(1)));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_text("", suite_log());
    check_int(1, party_update_all(db, .everything = true, .set = {party_drinks_set(1)}));
    check_null(party_upsert_by_slug(db, "warming", party_title_set("Hello!")));
    suite_check_rule("Party", "title", "max_length");
    check_null(
        party_upsert_by_slug(db, "warming", party_title_set("Hello"), party_on_update(party_drinks_set(-1))));
    suite_check_rule("Party", "drinks", "min");
    check_null(party_upsert_by_slug(db, "Warming", party_title_set("Hello")));
    suite_check_rule("Party", "slug", "pattern");
    const PartyNew row = {.slug = "warming", .title = "Hello!"};
    check_int(-1, party_upsert_array_by_slug(db, &row, 1, party_title_incoming()));
    suite_check_rule("Party", "title", "max_length");
    toasty_auto(Party) changed =
        party_upsert_by_slug(db, "warming", party_title_set("Ha"), party_on_update(party_drinks_incoming()),
                             party_on_create(party_drinks_set(3)));
    check_some(changed);
    check_int(3, changed->drinks);
}

TOASTY_TEST(limits, what_leads_away_from_them_is_added_to_many_rows_and_by_upserts)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) made = party(db);
    check_int(1, party_update_all(db, .everything = true, .set = {party_drinks_add(3)}));
    toasty_auto(Party) more = party_upsert_by_slug(db, "warming", party_title_set("Ha"), party_drinks_add(2));
    check_some(more);
    check_int(10, more->drinks);
    check_int(-1, party_update_all(db, .everything = true, .set = {party_seats_add(1)}));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_text("seats", toasty_last_error()->field);
}

TOASTY_TEST(limits, what_was_in_the_way_is_told_apart)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) made = party(db);
    check_int(-1, party_update(db, made, party_drinks_subtract(6), party_only_if(party_seats_ge(1))));
    suite_check_rule("Party", "drinks", "min");
    check_int(-1, party_update(db, made, party_drinks_subtract(5), party_only_if(party_seats_ge(101))));
    check_last_error(TOASTY_CONDITION_FAILED);
    toasty_auto(Coupon) coupon = coupon_create(db, .code = "A", .left = 3);
    toasty_auto(Coupon) stale = coupon_get_by_code(db, "A");
    check_some(coupon);
    check_some(stale);
    for (int i = 0; i < 2; i++) {
        check_int(-1, coupon_update(db, coupon, coupon_left_subtract(4)));
        check_last_error(TOASTY_VALIDATION_FAILED);
        check_text("left", toasty_last_error()->field);
    }
    check_done(coupon_update(db, coupon, coupon_left_subtract(1)));
    check_int(-1, coupon_update(db, stale, coupon_left_subtract(3)));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_int(-1, coupon_update(db, stale, coupon_left_subtract(1)));
    check_last_error(TOASTY_CONDITION_FAILED);
}

TOASTY_TEST(limits, a_row_that_is_gone_is_not_found)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) made = party(db);
    check_done(party_delete_by_slug(db, "warming"));
    check_int(-1, party_update(db, made, party_drinks_subtract(1)));
    check_last_error(TOASTY_NOT_FOUND);
    check_int(-1, party_update_by_slug(db, "warming", party_drinks_subtract(1)));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(limits, more_of_them_than_a_condition_holds_are_kept_at_once)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Score) made = score_create(db, .b = 1, .c = 2, .d = 3, .e = 4, .f = toasty_some(5));
    check_some(made);
#define ALL_BUT_E                                                                                            \
    score_a_add(1), score_b_add(1), score_c_add(1), score_d_add(1), score_f_add(1), score_g_add(1),          \
        score_h_add(1), score_i_add(1), score_j_add(1), score_k_add(1)
    check_done(score_update(db, made, ALL_BUT_E, score_e_add(5)));
    check_int(9, made->e);
    check_int(6, made->f.value);
    check_that(!made->g.set);
    check_int(-1, score_update(db, made, ALL_BUT_E, score_e_add(1)));
    check_last_error(TOASTY_VALIDATION_FAILED);
    check_text("[{\"model\":\"Score\",\"row\":0,\"field\":\"e\",\"rule\":\"max\"}]",
               toasty_last_error()->details);
    check_int(6, made->f.value);
}

TOASTY_TEST(limits, the_sum_of_a_new_row_stays_in_the_range_of_its_type)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Badge) none = badge_upsert_by_code(db, "a", badge_points_subtract(1));
    check_null(none);
    check_last_error(TOASTY_INVALID_VALUE);
    check_int(0, badge_count(db));
    toasty_auto(Badge) most = badge_upsert_by_code(db, "a", badge_points_add(INT64_MAX));
    check_some(most);
    check_uint(INT64_MAX, most->points);
}
