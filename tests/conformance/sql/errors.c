/* Errors of the database, and of what it holds: their kinds, and what they name. */
#include "suite.h"
#include <stdio.h>
#include <string.h>

TOASTY_TEST(errors, a_unique_violation_has_the_servers_own_code)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_null(person_create(db, .name = "Twin", .email = "ann@example.com"));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_that(strlen(toasty_last_error()->server_code) >= 4);
}

TOASTY_TEST(errors, a_composite_unique_violation_names_its_index)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Seat) seat = seat_create(db, .hall = "A", .line = 1, .number = 1, .code = "x", .price = 1);
    check_some(seat);
    check_null(seat_create(db, .hall = "A", .line = 2, .number = 1, .code = "x", .price = 1));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_text("seats_hall_code_key", toasty_last_error()->constraint);
    check_text("seats", toasty_last_error()->table);
}

TOASTY_TEST(errors, a_reference_that_points_nowhere_names_the_foreign_key_on_update_too)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    check_int(-1, task_update(db, &ann->tasks.items[0], task_topic_label_set("none")));
    check_last_error(TOASTY_FOREIGN_KEY_VIOLATION);
    check_text("tasks_topic_label_fkey", toasty_last_error()->constraint);
    check_text("topic_label", toasty_last_error()->field);
    check_null(ann->tasks.items[0].topic_label);
}

TOASTY_TEST(errors, a_composite_reference_that_points_nowhere_names_the_foreign_key)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(remark_create(db, .journal = "ship", .number = 4, .text = "lost"));
    check_last_error(TOASTY_FOREIGN_KEY_VIOLATION);
    check_text("remarks_journal_number_fkey", toasty_last_error()->constraint);
    check_text("remarks", toasty_last_error()->table);
}

TOASTY_TEST(errors, a_null_that_may_not_be_names_the_table_and_the_field)
{
    toasty_auto(toasty_db) db = suite_open();
    check_int(-1, toasty_sql(db, "INSERT INTO topics (label, weight) VALUES ('a', NULL)"));
    check_last_error(TOASTY_NOT_NULL_VIOLATION);
    check_text("topics", toasty_last_error()->table);
    check_text("weight", toasty_last_error()->field);
    check_that(*toasty_last_error()->server_code);
}

TOASTY_TEST(errors, a_check_of_a_c_type_is_a_wrong_value_and_keeps_its_name)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Blank) blank = blank_create(db, .u16 = toasty_some(1));
    check_some(blank);
    check_int(-1, toasty_sql(db, "UPDATE blanks SET u16 = -1"));
    check_last_error(TOASTY_CHECK_VIOLATION);
    check_text("blanks_u16_check", toasty_last_error()->constraint);
    check_int(-1, blank_update(db, blank, blank_u16_subtract(2)));
    check_last_error(TOASTY_INVALID_VALUE);
    check_text("blanks_u16_check", toasty_last_error()->constraint);
    check_text("blanks", toasty_last_error()->table);
    check_int(1, blank->u16.value);
}

TOASTY_TEST(errors, what_only_the_database_sees_is_told_in_the_same_words_by_all)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    check_null(person_create(db, .name = "Twin", .email = "ann@example.com"));
    check_text("people.email: another row has this value", toasty_last_error()->message);
    toasty_auto(Seat) seat = seat_create(db, .hall = "A", .line = 1, .number = 1, .code = "x", .price = 1);
    check_null(seat_create(db, .hall = "A", .line = 2, .number = 1, .code = "x", .price = 1));
    check_text("seats.hall, code: another row has these values", toasty_last_error()->message);
    check_int(-1, task_update(db, &ann->tasks.items[0], task_topic_label_set("none")));
    check_text("tasks.topic_label: refers to a row that does not exist", toasty_last_error()->message);
}

TOASTY_TEST(errors, an_error_never_shows_a_value_of_a_row)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = person_create(db, .name = "Ann", .email = "secret@example.com");
    check_some(ann);
    check_null(person_create(db, .name = "Twin", .email = "secret@example.com"));
    check_that(!strstr(toasty_last_error()->message, "secret"));
    toasty_auto(Topic) topic = topic_create(db, .label = "secret");
    check_null(topic_create(db, .label = "secret"));
    check_that(!strstr(toasty_last_error()->message, "secret"));
}

TOASTY_TEST(errors, a_text_with_a_nul_is_cut_there_as_every_text_of_c)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "a\0b");
    check_some(topic);
    check_text("a", topic->label);
}

TOASTY_TEST(errors, a_model_of_another_schema_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_model model = *models_schema.models[0];
    toasty_request request = {.kind = TOASTY_REQUEST_ALL, .model = &model};
    check_null(toasty__run(db, &request));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_uint(0, suite_log_count());
}
