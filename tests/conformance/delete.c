/* Deletes: the record, and what the delete rules of its relations say about the rest. */
#include "suite.h"

TOASTY_TEST(delete, a_record_is_deleted_in_one_operation)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "home");
    check_some(topic);
    suite_cost cost = suite_start_cost(db);
    check_done(topic_delete(db, topic));
    if (test_capability()->foreign_keys)
        check_uint(1, suite_round_trips(&cost));
    check_null(topic_get_by_label(db, "home"));
    check_int(-1, topic_delete(db, topic));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(delete, what_requires_the_record_goes_with_it)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    toasty_auto(Person) bob = suite_person(db, "Bob", 1);
    toasty_auto(Passport) passport = person_passport_create(db, ann, .number = "P1");
    check_some(passport);
    check_done(person_delete(db, ann));
    check_null(task_get_by_id(db, ann->tasks.items[0].id));
    check_last_error(TOASTY_NOT_FOUND);
    check_null(passport_get_by_id(db, passport->id));
    check_last_error(TOASTY_NOT_FOUND);
    toasty_auto(Task) other = task_get_by_id(db, bob->tasks.items[0].id);
    check_some(other);
}

TOASTY_TEST(delete, what_may_do_without_the_record_stays_and_refers_to_none)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    toasty_auto(Topic) topic = topic_create(db, .label = "home");
    toasty_auto(Task) task =
        person_tasks_create(db, ann, .title = "reviewed", .reviewer = bob, .topic = topic);
    check_some(task);
    check_done(person_delete(db, bob));
    check_done(topic_delete_by_label(db, "home"));
    toasty_auto(Task) read = task_get_by_id(db, task->id);
    check_some(read);
    check_that(!read->reviewer_id.set);
    check_null(read->topic_label);
    check_text("reviewed", read->title);
}

TOASTY_TEST(delete, a_record_that_a_restricted_relation_still_uses_is_not_deleted)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    toasty_auto(Passport) passport = person_passport_create(db, ann, .number = "P1");
    toasty_auto(Visa) visa = passport_visas_create(db, passport, .country = "NZ");
    check_some(visa);
    check_int(-1, passport_delete(db, passport));
    check_last_error(TOASTY_FOREIGN_KEY_VIOLATION);
    check_text("visas", toasty_last_error()->table);
    check_text("visas_passport_id_fkey", toasty_last_error()->constraint);
    check_text("visas.passport_id: a row still refers to the one that was to go",
               toasty_last_error()->message);

    /* Not over a cascade either, of which nothing is left. */
    check_int(-1, person_delete(db, ann));
    check_last_error(TOASTY_FOREIGN_KEY_VIOLATION);
    toasty_auto(TaskList) tasks = person_tasks(db, ann);
    check_some(tasks);
    check_uint(2, tasks->len);

    check_done(visa_delete(db, visa));
    check_done(person_delete(db, ann));
}

TOASTY_TEST(delete, a_tree_loses_a_branch_and_keeps_its_leaves)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Folder) root = folder_create(
        db, .name = "root", .children = folder_new({.name = "a", .children = folder_new({.name = "a1"})}));
    check_some(root);
    Folder *a = &root->children.items[0];
    check_done(folder_delete(db, a));
    toasty_auto(Folder) leaf = folder_get_by_id(db, a->children.items[0].id);
    check_some(leaf);
    check_that(!leaf->parent_id.set);
}

TOASTY_TEST(delete, a_key_of_two_fields_takes_what_refers_to_it_along)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Entry) entry =
        entry_create(db, .journal = "ship", .number = 1, .text = "a", .remarks = remark_new({.text = "r"}));
    toasty_auto(Entry) other =
        entry_create(db, .journal = "ship", .number = 2, .text = "b", .remarks = remark_new({.text = "s"}));
    check_some(entry);
    check_some(other);
    check_done(entry_delete(db, entry));
    check_null(remark_get_by_id(db, entry->remarks.items[0].id));
    check_last_error(TOASTY_NOT_FOUND);
    toasty_auto(Remark) stays = remark_get_by_id(db, other->remarks.items[0].id);
    check_some(stays);
}
