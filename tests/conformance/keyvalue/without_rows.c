/* A store whose changes give nothing back: the engine reads what it needs, in the same group. */
#include "suite.h"
#include <string.h>

static toasty_db *open_without_rows(void)
{
    toasty_db *db = toasty_open("keyvalue:?returning=off", &models_schema);
    check_some(db);
    suite_watch(db);
    return db;
}

TOASTY_TEST(without_rows, what_an_addition_made_is_read_back_in_the_same_round_trip)
{
    toasty_auto(toasty_db) db = open_without_rows();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    suite_clear_log();
    suite_cost cost = suite_start_cost(db);
    check_int(1, person_update(db, ann, person_visits_add(2)));
    check_int(2, ann->visits);
    check_text("update people, get people", suite_log());
    check_uint(1, suite_round_trips(&cost));
}

TOASTY_TEST(without_rows, rows_that_go_are_read_before)
{
    toasty_auto(toasty_db) db = open_without_rows();
    toasty_auto(Topic) made = topic_create(db, .label = "a", .weight = 3);
    check_some(made);
    suite_clear_log();
    toasty_auto(Topic) gone = topic_delete_by_label_returning(db, "a");
    check_some(gone);
    check_int(3, gone->weight);
    check_null(topic_get_by_label(db, "a"));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(without_rows, a_change_that_needs_no_rows_reads_none)
{
    toasty_auto(toasty_db) db = open_without_rows();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    suite_clear_log();
    check_int(1, person_update(db, ann, person_name_set("Anna")));
    check_text("update people", suite_log());
}

TOASTY_TEST(without_rows, an_option_that_is_neither_on_nor_off_is_refused)
{
    check_null(toasty_open("keyvalue:?returning=maybe", &models_schema));
    check_last_error(TOASTY_INVALID_URL);
}

TOASTY_TEST(without_rows, an_option_beside_strict_chooses_for_itself)
{
    toasty_auto(toasty_db) db = toasty_open("keyvalue:?strict=on&returning=off", &models_schema);
    check_some(db);
    suite_watch(db);
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    suite_clear_log();
    check_int(1, person_update(db, ann, person_visits_add(2)));
    check_text("update people, get people", suite_log());
}
