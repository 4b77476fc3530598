/* An optional struct in columns is there with all that it requires, or not at all: whoever reads it need not
 * ask each of its parts. */
#include "suite.h"

TOASTY_TEST(parts, of_a_struct_that_is_not_there_are_not_set_alone)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_int(-1, person_update(db, ann, person_address_city_set("Rome")));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_contains(toasty_last_error()->message, "Person.address is not there");
    check_int(-1, person_update(db, ann, person_address_floor_set("2nd"), person_visits_add(1)));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_uint(0, suite_log_count());
    check_int(-1, person_update(db, ann, person_address_position_set(&(Position){1, 2})));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_that(!ann->address.set);
}

TOASTY_TEST(parts, are_looked_at_again_with_a_plan_that_was_made_before)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    check_done(person_update(db, bob, person_address_set(&(Address){.street = "1 Main", .city = "Rome"})));
    check_done(person_update(db, bob, person_address_city_set("Oslo")));
    check_int(-1, person_update(db, ann, person_address_city_set("Oslo")));
    check_last_error(TOASTY_INVALID_STATEMENT);
}

TOASTY_TEST(parts, that_are_all_set_make_a_struct)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_done(person_update(db, ann, person_address_city_set("Rome"), person_address_street_set("1 Main")));
    check_that(ann->address.set);
    toasty_auto(Person) read = person_get_by_id(db, ann->id);
    check_some(read);
    check_that(read->address.set);
    check_text("Rome", read->address.value.city);
    check_text("1 Main", read->address.value.street);
}

TOASTY_TEST(parts, that_become_null_leave_an_absent_struct_absent)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_done(person_update(db, ann, person_address_floor_set_null()));
    check_that(!ann->address.set);
}

TOASTY_TEST(parts, of_a_row_that_nobody_read_are_refused_when_its_struct_is_not_there)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_int(-1, person_update_by_id(db, ann->id, person_address_city_set("Rome")));
    check_last_error(test_capability()->sql ? TOASTY_CHECK_VIOLATION : TOASTY_INVALID_STATEMENT);
    check_int(-1, person_update_by_id(db, ann->id, person_address_floor_set("2nd")));
    check_last_error(test_capability()->sql ? TOASTY_CHECK_VIOLATION : TOASTY_INVALID_STATEMENT);
    /* A number is not out of its range for that. */
    check_int(-1, person_update_by_id(db, ann->id, person_address_position_latitude_set(1.5)));
    check_last_error(test_capability()->sql ? TOASTY_CHECK_VIOLATION : TOASTY_INVALID_STATEMENT);
    toasty_auto(Person) read = person_get_by_id(db, ann->id);
    check_some(read);
    check_that(!read->address.set);
}
