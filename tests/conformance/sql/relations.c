/* Conditions, orders and counts inside of a relation. */
#include "suite.h"

TOASTY_TEST(relations, reads_of_a_has_many_take_conditions_and_orders, REQUIRES(filter, order))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    toasty_auto(Person) bob = suite_person(db, "Bob", 3);
    toasty_auto(Task) last = person_tasks_first(db, ann, .order_by = {task_position_desc()});
    check_some(last);
    check_text("task 2", last->title);
    toasty_auto(Task) second = person_tasks_get(db, bob, .where = task_position_eq(1));
    check_some(second);
    check_text("task 1", second->title);
    check_that(suite_same_uuid(second->person_id, bob->id));
}

TOASTY_TEST(relations, what_is_in_a_relation_is_counted_and_asked_for, REQUIRES(filter, count))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    check_int(3, person_tasks_count(db, ann));
    check_int(2, person_tasks_count(db, ann, .where = task_position_ge(1)));
    check_int(1, person_tasks_exists(db, ann, .where = task_position_eq(2)));
    check_int(0, person_tasks_exists(db, ann, .where = task_position_eq(9)));
    check_int(0, person_tasks_exists(db, bob));
}
