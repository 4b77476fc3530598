/* Reading, creating, linking and unlinking inside of a relation. */
#include "suite.h"

TOASTY_TEST(relations, a_has_many_is_read_as_a_list)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    toasty_auto(Person) bob = suite_person(db, "Bob", 2);
    toasty_auto(TaskList) tasks = person_tasks(db, ann);
    check_some(tasks);
    check_uint(3, tasks->len);
    toasty_auto(TaskList) others = person_tasks(db, bob);
    check_some(others);
    check_uint(2, others->len);
    check_uint(2, suite_log_count());
}

TOASTY_TEST(relations, a_belongs_to_is_read_from_its_key)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    toasty_auto(Task) task = task_get_by_id(db, ann->tasks.items[0].id);
    check_some(task);
    toasty_auto(Person) person = task_person(db, task);
    check_some(person);
    check_text("Ann", person->name);
}

TOASTY_TEST(relations, an_optional_belongs_to_that_is_empty_is_not_found_without_asking)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    suite_clear_log();
    check_null(task_reviewer(db, &ann->tasks.items[0]));
    check_last_error(TOASTY_NOT_FOUND);
    check_uint(0, suite_log_count());
}

TOASTY_TEST(relations, a_has_one_is_read_and_may_be_missing)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_null(person_passport(db, ann));
    check_last_error(TOASTY_NOT_FOUND);
    toasty_auto(Passport) made = person_passport_create(db, ann, .number = "P1");
    check_some(made);
    toasty_auto(Passport) passport = person_passport(db, ann);
    check_some(passport);
    check_text("P1", passport->number);
}

TOASTY_TEST(relations, a_second_has_one_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Passport) first = person_passport_create(db, ann, .number = "P1");
    check_some(first);
    check_null(person_passport_create(db, ann, .number = "P2"));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_text("person_id", toasty_last_error()->field);
}

TOASTY_TEST(relations, two_relations_to_one_model_do_not_mix)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    toasty_auto(Task) task = person_tasks_create(db, ann, .title = "t", .reviewer = bob);
    check_some(task);
    toasty_auto(TaskList) reviews = person_reviews(db, bob);
    toasty_auto(TaskList) tasks = person_tasks(db, bob);
    check_some(reviews);
    check_some(tasks);
    check_uint(1, reviews->len);
    check_uint(0, tasks->len);
}

TOASTY_TEST(relations, a_model_is_related_to_itself_both_ways)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Folder) root =
        folder_create(db, .name = "root", .children = folder_new({.name = "a"}, {.name = "b"}));
    check_some(root);
    toasty_auto(FolderList) children = folder_children(db, root);
    check_some(children);
    check_uint(2, children->len);
    toasty_auto(Folder) parent = folder_parent(db, &children->items[1]);
    check_some(parent);
    check_text("root", parent->name);
    check_null(folder_parent(db, root));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(relations, a_relation_over_two_fields_is_read_both_ways)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Entry) entry = entry_create(db, .journal = "ship", .number = 1, .text = "a",
                                            .remarks = remark_new({.text = "one"}, {.text = "two"}));
    toasty_auto(Entry) other = entry_create(db, .journal = "ship", .number = 2, .text = "b",
                                            .remarks = remark_new({.text = "three"}));
    check_some(entry);
    check_some(other);
    toasty_auto(RemarkList) remarks = entry_remarks(db, entry);
    check_some(remarks);
    check_uint(2, remarks->len);
    toasty_auto(Entry) back = remark_entry(db, &other->remarks.items[0]);
    check_some(back);
    check_int(2, back->number);
}

TOASTY_TEST(relations, a_required_child_moves_to_another_parent_by_a_link)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    check_done(person_tasks_link(db, bob, &ann->tasks.items[0]));
    toasty_auto(TaskList) of_ann = person_tasks(db, ann);
    toasty_auto(TaskList) of_bob = person_tasks(db, bob);
    check_some(of_ann);
    check_some(of_bob);
    check_uint(1, of_ann->len);
    check_uint(1, of_bob->len);
    check_text("task 0", of_bob->items[0].title);
}

TOASTY_TEST(relations, an_update_sets_a_belongs_to_by_record_and_by_key)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    Task *task = &ann->tasks.items[0];
    check_done(task_update(db, task, task_reviewer_set(bob)));
    check_that(suite_same_uuid(task->reviewer_id.value, bob->id));
    check_done(task_update(db, task, task_reviewer_set(NULL)));
    check_that(!task->reviewer_id.set);
    check_done(task_update(db, task, task_reviewer_id_set(ann->id)));
    check_that(suite_same_uuid(task->reviewer_id.value, ann->id));
    check_done(task_update(db, task, task_reviewer_id_set_null()));
    check_that(!task->reviewer_id.set);
}

TOASTY_TEST(relations, an_optional_has_one_is_replaced_by_linking)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Desk) first = person_desk_create(db, ann, .room = "1");
    toasty_auto(Desk) second = desk_create(db, .room = "2");
    check_some(first);
    check_some(second);
    check_done(desk_update(db, first, desk_person_set(NULL)));
    check_done(desk_update(db, second, desk_person_set(ann)));
    toasty_auto(Desk) desk = person_desk(db, ann);
    check_some(desk);
    check_text("2", desk->room);
}

TOASTY_TEST(relations, a_link_and_an_unlink_write_the_key_of_the_other)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    Task *task = &ann->tasks.items[0];
    suite_cost cost = suite_start_cost(db);
    check_done(person_reviews_link(db, bob, task));
    check_uint(1, suite_round_trips(&cost));
    check_that(task->reviewer_id.set && suite_same_uuid(task->reviewer_id.value, bob->id));
    toasty_auto(TaskList) reviews = person_reviews(db, bob);
    check_some(reviews);
    check_uint(1, reviews->len);

    check_done(person_reviews_unlink(db, bob, task));
    check_that(!task->reviewer_id.set);
    toasty_auto(TaskList) none = person_reviews(db, bob);
    check_some(none);
    check_uint(0, none->len);
}

TOASTY_TEST(relations, an_unlink_of_what_does_not_belong_there_is_not_found)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    Task *task = &ann->tasks.items[0];
    check_done(person_reviews_link(db, bob, task));
    check_int(-1, person_reviews_unlink(db, ann, task));
    check_last_error(TOASTY_NOT_FOUND);
    check_that(task->reviewer_id.set);
}

TOASTY_TEST(relations, the_first_and_the_only_one_of_a_has_many_are_read)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    toasty_auto(Person) bob = suite_person(db, "Bob", 1);
    toasty_auto(Person) eve = suite_person(db, "Eve", 0);
    toasty_auto(Task) first = person_tasks_first(db, ann);
    check_some(first);
    check_that(suite_same_uuid(first->person_id, ann->id));
    check_null(person_tasks_get(db, ann));
    check_last_error(TOASTY_TOO_MANY_ROWS);
    toasty_auto(Task) only = person_tasks_get(db, bob);
    check_some(only);
    check_that(suite_same_uuid(only->person_id, bob->id));
    check_null(person_tasks_first(db, eve));
    check_last_error(TOASTY_NOT_FOUND);
    check_null(person_tasks_get(db, eve));
    check_last_error(TOASTY_NOT_FOUND);
}
