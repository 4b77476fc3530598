/* Writing inside of a has_one: what belongs to a record is named by the record alone. */
#include "suite.h"

TOASTY_TEST(relations, a_has_one_is_updated_and_deleted_without_being_read)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    toasty_auto(Passport) of_ann = person_passport_create(db, ann, .number = "A1");
    toasty_auto(Passport) of_bob = person_passport_create(db, bob, .number = "B1");
    check_some(of_ann);
    check_some(of_bob);
    check_int(1, person_passport_update(db, ann, passport_number_set("A2")));
    toasty_auto(Passport) read = person_passport(db, ann);
    check_some(read);
    check_text("A2", read->number);

    check_int(1, person_passport_delete(db, ann));
    check_null(person_passport(db, ann));
    check_last_error(TOASTY_NOT_FOUND);
    toasty_auto(Passport) other = person_passport(db, bob);
    check_some(other);
    check_text("B1", other->number);
}

TOASTY_TEST(relations, a_has_one_that_is_not_there_is_not_found_by_its_writes)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_int(-1, person_passport_update(db, ann, passport_number_set("A2")));
    check_last_error(TOASTY_NOT_FOUND);
    check_int(-1, person_passport_delete(db, ann));
    check_last_error(TOASTY_NOT_FOUND);
    check_int(-1, person_desk_unlink(db, ann));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(relations, a_required_has_one_is_replaced_and_the_old_one_is_gone)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Passport) first = person_passport_replace(db, ann, .number = "A1");
    check_some(first);
    toasty_auto(Passport) second = person_passport_replace(db, ann, .number = "A2");
    check_some(second);
    check_null(passport_get_by_id(db, first->id));
    check_last_error(TOASTY_NOT_FOUND);
    toasty_auto(Passport) read = person_passport(db, ann);
    check_some(read);
    check_text("A2", read->number);
}

TOASTY_TEST(relations, an_optional_has_one_is_replaced_and_the_old_one_stays)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Desk) first = person_desk_create(db, ann, .room = "1");
    check_some(first);
    toasty_auto(Desk) second = person_desk_replace(db, ann, .room = "2");
    check_some(second);
    toasty_auto(Desk) old = desk_get_by_id(db, first->id);
    check_some(old);
    check_that(!old->person_id.set);
    toasty_auto(Desk) read = person_desk(db, ann);
    check_some(read);
    check_text("2", read->room);
}

TOASTY_TEST(relations, a_replacement_that_fails_leaves_what_was_there)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Passport) first = person_passport_create(db, ann, .number = "A1");
    check_some(first);
    check_null(person_passport_replace(db, ann, .number = NULL));
    check_last_error(TOASTY_MISSING_FIELD);
    toasty_auto(Visa) visa = passport_visas_create(db, first, .country = "FR");
    check_some(visa);
    check_null(person_passport_replace(db, ann, .number = "A2"));
    check_last_error(TOASTY_FOREIGN_KEY_VIOLATION);
    toasty_auto(Passport) read = person_passport(db, ann);
    check_some(read);
    check_text("A1", read->number);
}

TOASTY_TEST(relations, a_has_one_is_linked_and_unlinked)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Desk) desk = desk_create(db, .room = "1");
    check_some(desk);
    check_int(1, person_desk_link(db, ann, desk));
    check_that(desk->person_id.set);
    toasty_auto(Desk) second = desk_create(db, .room = "2");
    check_some(second);
    check_int(-1, person_desk_link(db, ann, second));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_int(1, person_desk_unlink(db, ann));
    check_int(1, person_desk_link(db, ann, second));
    toasty_auto(Desk) read = person_desk(db, ann);
    check_some(read);
    check_text("2", read->room);
}
