/* Creates: one, many, nested, by every way of naming the values. */
#include "suite.h"
#include <stdio.h>
#include <string.h>

TOASTY_TEST(create, the_created_record_comes_back_whole)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann =
        person_create(db, .name = "Ann", .email = "ann@x", .bio = "likes tea", .age = toasty_some(30));
    check_some(ann);
    check_text("Ann", ann->name);
    check_text("likes tea", ann->bio);
    check_that(ann->age.set && ann->age.value == 30);
    check_int(0, ann->visits);
    check_int(MOOD_CALM, ann->mood);
    check_that(ann->created_at.us > 0);
    check_that(!ann->address.set);
    check_uint(test_capability()->claims ? 2 : 1, suite_log_count());
}

TOASTY_TEST(create, all_that_is_missing_is_named_in_one_error_before_anything_is_sent)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(person_create(db, .bio = "no name, no email"));
    check_last_error(TOASTY_MISSING_FIELD);
    check_contains(toasty_last_error()->message, "name");
    check_contains(toasty_last_error()->message, "email");
    check_null(shop_create(db, .name = "no address"));
    check_contains(toasty_last_error()->message, "address.street");
    check_contains(toasty_last_error()->message, "address.city");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(create, a_required_relation_that_is_left_out_is_named)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(task_create(db, .title = "whose?"));
    check_last_error(TOASTY_MISSING_FIELD);
    check_contains(toasty_last_error()->message, "person");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(create, what_is_missing_in_a_nested_row_is_named)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(person_create(db, .name = "Ann", .email = "a@x",
                             .tasks = task_new({.title = "one"}, {.position = 2})));
    check_last_error(TOASTY_MISSING_FIELD);
    check_contains(toasty_last_error()->message, "title");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(create, a_graph_is_created_in_one_round_trip_with_keys_made_by_the_client)
{
    toasty_auto(toasty_db) db = suite_open();
    suite_cost cost = suite_start_cost(db);
    toasty_auto(Person) ann =
        person_create(db, .name = "Ann", .email = "ann@x",
                      .tasks = task_new({.title = "one", .position = 1}, {.title = "two", .position = 2}),
                      .passport = passport_new({.number = "P1"}), .desk = desk_new({.room = "3b"}));
    check_some(ann);
    check_uint(1, suite_round_trips(&cost));
    check_that(ann->tasks.loaded && ann->passport_loaded && ann->desk_loaded);
    check_uint(2, ann->tasks.len);
    check_text("one", ann->tasks.items[0].title);
    check_text("two", ann->tasks.items[1].title);
    check_that(suite_same_uuid(ann->id, ann->tasks.items[1].person_id));
    check_text("P1", ann->passport->number);
    check_text("3b", ann->desk->room);
    check_that(!ann->reviews.loaded);

    toasty_auto(TaskList) tasks = person_tasks(db, ann);
    check_some(tasks);
    check_uint(2, tasks->len);
    toasty_auto(Passport) passport = person_passport(db, ann);
    check_some(passport);
    check_text("P1", passport->number);
}

TOASTY_TEST(create, a_graph_may_be_three_levels_deep)
{
    toasty_auto(toasty_db) db = suite_open();
    suite_cost cost = suite_start_cost(db);
    toasty_auto(Folder) root = folder_create(
        db, .name = "root",
        .children =
            folder_new({.name = "a", .children = folder_new({.name = "a1"}, {.name = "a2"})}, {.name = "b"}));
    check_some(root);
    check_uint(1, suite_round_trips(&cost));
    check_uint(2, root->children.len);
    check_uint(2, root->children.items[0].children.len);
    check_text("a2", root->children.items[0].children.items[1].name);
    check_that(suite_same_uuid(root->children.items[0].id,
                               root->children.items[0].children.items[1].parent_id.value));
    check_uint(0, root->children.items[1].children.len);
    toasty_auto(FolderList) leaves = folder_children(db, &root->children.items[0]);
    check_some(leaves);
    check_uint(2, leaves->len);
}

TOASTY_TEST(create, a_belongs_to_may_be_created_first)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Task) task =
        task_create(db, .title = "one", .new_person = person_new({.name = "Ann", .email = "a@x"}),
                    .new_topic = topic_new({.label = "home"}));
    check_some(task);
    check_that(task->person_loaded && task->person);
    check_text("Ann", task->person->name);
    check_that(suite_same_uuid(task->person->id, task->person_id));
    check_text("home", task->topic_label);
    toasty_auto(Topic) topic = topic_get_by_label(db, "home");
    check_some(topic);
}

TOASTY_TEST(create, nothing_of_a_graph_is_left_when_a_part_fails)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) home = topic_create(db, .label = "home");
    check_some(home);
    check_null(person_create(
        db, .name = "Ann", .email = "ann@x",
        .tasks = task_new({.title = "one"}, {.title = "two", .new_topic = topic_new({.label = "home"})})));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_null(person_get_by_email(db, "ann@x"));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(create, a_record_given_for_a_relation_fills_the_key)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    toasty_auto(Task) task = task_create(db, .title = "one", .person = ann, .reviewer = bob);
    check_some(task);
    check_that(suite_same_uuid(ann->id, task->person_id));
    check_that(task->reviewer_id.set && suite_same_uuid(bob->id, task->reviewer_id.value));
    check_uint(1, suite_log_count());
}

TOASTY_TEST(create, a_create_in_a_relation_fills_the_key)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Task) task = person_tasks_create(db, ann, .title = "one");
    check_some(task);
    check_that(suite_same_uuid(ann->id, task->person_id));
    toasty_auto(Passport) passport = person_passport_create(db, ann, .number = "P1");
    check_some(passport);
    check_that(suite_same_uuid(ann->id, passport->person_id));
}

TOASTY_TEST(create, a_key_of_two_fields_is_filled_from_a_record)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Entry) entry = entry_create(db, .journal = "ship", .number = 7, .text = "storm");
    check_some(entry);
    toasty_auto(Remark) remark = entry_remarks_create(db, entry, .text = "indeed");
    check_some(remark);
    check_text("ship", remark->journal);
    check_int(7, remark->number);
}

TOASTY_TEST(create, many_rows_come_back_in_the_order_given)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) topics =
        topic_create_many(db, {.label = "c"}, {.label = "a", .weight = 5}, {.label = "b"});
    check_some(topics);
    check_uint(3, topics->len);
    check_text("c", topics->items[0].label);
    check_text("a", topics->items[1].label);
    check_int(5, topics->items[1].weight);
    check_text("b", topics->items[2].label);
}

TOASTY_TEST(create, an_array_of_no_rows_gives_an_empty_list_and_sends_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) topics = topic_create_array(db, NULL, 0);
    check_some(topics);
    check_uint(0, topics->len);
    check_uint(0, suite_log_count());
}

TOASTY_TEST(create, none_of_many_rows_is_left_when_one_fails)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(topic_create_many(db, {.label = "a"}, {.label = "b"}, {.label = "a"}));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_null(topic_get_by_label(db, "b"));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(create, a_filled_struct_and_a_draft_make_the_same_rows)
{
    toasty_auto(toasty_db) db = suite_open();
    const PersonNew row = {.name = "Ann", .email = "a@x", .age = toasty_some(3)};
    toasty_auto(PersonList) list = person_create_array(db, &row, 1);
    check_some(list);
    check_int(3, list->items[0].age.value);

    toasty_auto(PersonDraft) draft = person_draft_new();
    check_some(draft);
    for (int i = 0; i < 3; i++) {
        char title[16];
        snprintf(title, sizeof title, "task %d", i);
        check_done(person_draft_add_tasks(draft, task_new({.title = title, .position = i})));
    }
    check_done(person_draft_set(draft, .name = "Bob"));
    check_done(person_draft_set(draft, .email = "b@x", .age = toasty_some(4)));
    toasty_auto(Person) bob = person_create_draft(db, draft);
    check_some(bob);
    check_text("Bob", bob->name);
    check_int(4, bob->age.value);
    check_uint(3, bob->tasks.len);
    check_text("task 2", bob->tasks.items[2].title);
}

TOASTY_TEST(create, a_draft_may_be_used_again)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(PersonDraft) draft = person_draft_new();
    check_done(person_draft_set(draft, .name = "Ann", .email = "a@x"));
    toasty_auto(Person) first = person_create_draft(db, draft);
    check_some(first);
    check_done(person_draft_set(draft, .email = "b@x"));
    toasty_auto(Person) second = person_create_draft(db, draft);
    check_some(second);
    check_text("Ann", second->name);
    check_text("b@x", second->email);
}

TOASTY_TEST(create, a_foreign_key_that_points_nowhere_is_refused, REQUIRES(foreign_keys))
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(task_create(db, .title = "lost", .person_id = {{9}}));
    check_last_error(TOASTY_FOREIGN_KEY_VIOLATION);
    check_text("tasks", toasty_last_error()->table);
    check_text("person_id", toasty_last_error()->field);
    check_text("tasks_person_id_fkey", toasty_last_error()->constraint);
}

TOASTY_TEST(create, a_thousand_rows_are_created_and_paired_with_their_input)
{
    enum { COUNT = 1000 };
    static TaskNew rows[COUNT];
    static char titles[COUNT][16];
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    for (int i = 0; i < COUNT; i++) {
        snprintf(titles[i], sizeof titles[i], "%d", i * 7 % COUNT);
        rows[i] = (TaskNew){.person = ann, .title = titles[i], .position = i * 7 % COUNT};
    }
    toasty_auto(TaskList) list = task_create_array(db, rows, COUNT);
    check_some(list);
    check_uint(COUNT, list->len);
    for (int i = 0; i < COUNT; i++) {
        check_text(titles[i], list->items[i].title);
        check_int(i * 7 % COUNT, list->items[i].position);
    }
    toasty_auto(TaskList) read = person_tasks(db, ann);
    check_some(read);
    check_uint(COUNT, read->len);
}
