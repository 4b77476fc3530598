/* Includes: each relation in one query, children found by their keys, and what was not read says so. */
#include "suite.h"
#include <stdio.h>
#include <string.h>

static char misused[128]; /* the expression that the hook was told last */

static void note_misuse(const char *expression, const char *file, int line)
{
    (void)file, (void)line;
    snprintf(misused, sizeof misused, "%s", expression);
}

TOASTY_TEST(includes, a_relation_to_one_that_was_not_included_is_told_and_gives_null)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    toasty_auto(Task) task = task_get_by_id(db, ann->tasks.items[0].id);
    check_some(task);
    toasty_set_misuse_hook(note_misuse);
    *misused = 0;
    check_null(task_person_of(task));
    check_last_error(TOASTY_NOT_LOADED);
    check_contains(toasty_last_error()->message, "includes.c");
    check_contains(misused, "task->person");
    toasty_auto(Task) with =
        task_get_by_id(db, task->id, .include = {task_with_person(), task_with_reviewer()});
    check_some(with);
    check_text("Ann", task_person_of(with)->name);
    *misused = 0;
    check_null(task_reviewer_of(with));
    check_that(!toasty_failed() && !*misused);
    toasty_set_misuse_hook(NULL);
}

TOASTY_TEST(includes, a_relation_that_was_not_read_says_so)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) made = suite_person(db, "Ann", 2);
    toasty_auto(Person) ann = person_get_by_id(db, made->id);
    check_some(ann);
    check_that(!ann->tasks.loaded && !ann->passport_loaded);
    toasty_set_misuse_hook(note_misuse);
    size_t turns = 0;
    toasty_each(task, &ann->tasks)
        turns++;
    check_uint(0, turns);
    check_last_error(TOASTY_NOT_LOADED);
    check_contains(misused, "ann->tasks");
}

TOASTY_TEST(includes, a_relation_that_was_read_and_is_empty_is_no_error)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) made = suite_person(db, "Ann", 0);
    toasty_auto(Person) ann =
        person_get_by_id(db, made->id, .include = {person_with_tasks(), person_with_passport()});
    check_some(ann);
    check_that(ann->tasks.loaded && ann->tasks.len == 0);
    check_that(ann->passport_loaded && !ann->passport);
    toasty_each(task, &ann->tasks)
        check_that(task == NULL);
    check_that(!toasty_failed());
}

TOASTY_TEST(includes, the_relation_of_a_record_read_by_key_is_read_with_it)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) made = suite_person(db, "Ann", 3);
    toasty_auto(Person) ann = person_get_by_id(db, made->id, .include = {person_with_tasks()});
    check_some(ann);
    check_uint(3, ann->tasks.len);
    check_some(suite_find_task(ann->tasks.items, ann->tasks.len, "task 2"));
    check_uint(2, suite_log_count());
}

TOASTY_TEST(includes, an_include_of_two_levels_is_three_round_trips_and_no_transaction)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Folder) root = folder_create(
        db, .name = "root",
        .children = folder_new({.name = "a", .children = folder_new({.name = "a1"})},
                               {.name = "b", .children = folder_new({.name = "b1"}, {.name = "b2"})}));
    check_some(root);
    suite_clear_log();
    suite_cost cost = suite_start_cost(db);
    toasty_auto(Folder) read = folder_get_by_id(
        db, root->id, .include = {folder_with_children(.include = {folder_with_children()})});
    check_some(read);
    check_uint(3, suite_round_trips(&cost));
    if (test_capability()->sql)
        check_uint(3, suite_operations(&cost));
    check_that(!strstr(suite_log(), "BEGIN"));
    check_uint(2, read->children.len);
    size_t leaves = 0;
    toasty_each(child, &read->children) {
        toasty_each(leaf, &child->children) {
            check_that(leaf->name[0] == child->name[0]);
            check_that(!leaf->children.loaded);
            leaves++;
        }
    }
    check_uint(3, leaves);
}

TOASTY_TEST(includes, several_relations_of_one_record_are_read_together)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) made = suite_person(db, "Ann", 2);
    toasty_auto(Passport) passport = person_passport_create(db, made, .number = "P1");
    check_some(passport);
    suite_clear_log();
    suite_cost cost = suite_start_cost(db);
    toasty_auto(Person) ann = person_get_by_id(
        db, made->id, .include = {person_with_tasks(), person_with_passport(), person_with_reviews()});
    check_some(ann);
    check_uint(4, suite_operations(&cost));
    check_uint(2, suite_round_trips(&cost));
    check_uint(2, ann->tasks.len);
    check_text("P1", ann->passport->number);
    check_uint(0, ann->reviews.len);
}

TOASTY_TEST(includes, a_belongs_to_is_one_struct_shared_by_all_that_refer_to_it)
{
    enum { TASKS = 200 };
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) topics = topic_create_many(
        db, {.label = "a", .weight = 1}, {.label = "b", .weight = 2}, {.label = "c", .weight = 3});
    check_some(topics);
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    size_t chunk = test_capability()->max_group ? 20 : TASKS;
    for (size_t at = 0; at < TASKS; at += chunk) {
        TaskNew rows[TASKS] = {0};
        for (size_t i = 0; i < chunk; i++)
            rows[i] = (TaskNew){.title = "t", .person = ann, .topic = &topics->items[(at + i) % 3]};
        toasty_auto(TaskList) made = task_create_array(db, rows, chunk);
        check_some(made);
    }
    suite_clear_log();
    suite_cost cost = suite_start_cost(db);
    toasty_auto(TaskList) tasks = task_by_person_id(db, ann->id, .include = {task_with_topic()});
    check_some(tasks);
    check_uint(TASKS, tasks->len);
    if (!test_capability()->max_batch_keys)
        check_uint(2, suite_operations(&cost));
    const Topic *seen[3] = {0};
    toasty_each(task, tasks) {
        check_that(task->topic_loaded && task->topic);
        check_text(task->topic_label, task->topic->label);
        int which = task->topic->label[0] - 'a';
        check_that(!seen[which] || seen[which] == task->topic);
        seen[which] = task->topic;
    }
}

TOASTY_TEST(includes, an_optional_belongs_to_that_is_empty_is_loaded_and_null)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    toasty_auto(Task) task =
        task_get_by_id(db, ann->tasks.items[0].id, .include = {task_with_reviewer(), task_with_person()});
    check_some(task);
    check_that(task->reviewer_loaded && !task->reviewer);
    check_that(task->person_loaded && task->person);
}

TOASTY_TEST(includes, children_with_a_key_of_two_fields_find_their_parents)
{
    toasty_auto(toasty_db) db = suite_open();
    for (int64_t i = 1; i <= 3; i++) {
        toasty_auto(Entry) entry = entry_create(db, .journal = "ship", .number = i, .text = "x",
                                                .remarks = remark_new({.text = "r"}, {.text = "s"}));
        check_some(entry);
    }
    toasty_auto(Entry) other = entry_create(db, .journal = "shop", .number = 1, .text = "x",
                                            .remarks = remark_new({.text = "other"}));
    check_some(other);
    toasty_auto(EntryList) entries = entry_by_journal(db, "ship", .include = {entry_with_remarks()});
    check_some(entries);
    check_uint(3, entries->len);
    toasty_each(entry, entries) {
        check_uint(2, entry->remarks.len);
        toasty_each(remark, &entry->remarks) {
            check_int(entry->number, remark->number);
            check_text("ship", remark->journal);
        }
    }
}

TOASTY_TEST(includes, an_include_of_nothing_found_asks_no_further)
{
    toasty_auto(toasty_db) db = suite_open();
    suite_cost cost = suite_start_cost(db);
    toasty_auto(EntryList) entries = entry_by_journal(db, "none", .include = {entry_with_remarks()});
    check_some(entries);
    check_uint(0, entries->len);
    check_uint(1, suite_operations(&cost));
}
