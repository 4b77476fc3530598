/* Includes with conditions, orders and limits, and over many parents: one statement each. */
#include "suite.h"
#include <stdio.h>
#include <string.h>

TOASTY_TEST(includes, an_include_of_two_levels_is_three_statements, REQUIRES(filter))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "home");
    toasty_auto(Person) ann =
        person_create(db, .name = "Ann", .email = "a@x",
                      .tasks = task_new({.title = "one", .topic = topic}, {.title = "two"}));
    toasty_auto(Person) bob = suite_person(db, "Bob", 3);
    check_some(ann);
    suite_clear_log();
    suite_cost cost = suite_start_cost(db);
    toasty_auto(PersonList) people = person_all(
        db, .include = {person_with_tasks(.include = {task_with_topic()})}, .order_by = {person_name_asc()});
    check_some(people);
    check_text("SELECT people, SELECT tasks, SELECT topics", suite_log());
    check_uint(3, suite_round_trips(&cost));
    check_uint(2, people->items[0].tasks.len);
    check_uint(3, people->items[1].tasks.len);
    check_text("home", suite_find_task(people->items[0].tasks.items, 2, "one")->topic->label);
    check_null(suite_find_task(people->items[0].tasks.items, 2, "two")->topic);
}

TOASTY_TEST(includes, an_include_may_be_left_out_and_those_after_it_are_read)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    for (int with_tasks = 0; with_tasks < 2; with_tasks++) {
        suite_clear_log();
        toasty_auto(Person) read = person_get_by_id(
            db, ann->id, .include = {toasty_when(with_tasks, person_with_tasks()), person_with_desk()});
        check_some(read);
        check_that(read->tasks.loaded == with_tasks && read->desk_loaded);
        check_uint(with_tasks ? 3 : 2, suite_log_count());
    }
}

TOASTY_TEST(includes, independent_includes_are_in_flight_together, REQUIRES(filter))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    suite_cost cost = suite_start_cost(db);
    toasty_auto(PersonList) people = person_all(db, .include = {person_with_tasks(), person_with_reviews(),
                                                                person_with_passport(), person_with_desk()});
    check_some(people);
    check_uint(5, suite_operations(&cost));
    check_uint(2, suite_round_trips(&cost));
}

TOASTY_TEST(includes, an_include_has_a_condition_and_an_order_of_its_own, REQUIRES(filter))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 6);
    toasty_auto(Person) bob = suite_person(db, "Bob", 2);
    toasty_auto(PersonList) people = person_all(
        db, .include = {person_with_tasks(.where = task_position_ge(2), .order_by = {task_position_desc()})},
        .order_by = {person_name_asc()});
    check_some(people);
    check_uint(4, people->items[0].tasks.len);
    for (int i = 0; i < 4; i++)
        check_int(5 - i, people->items[0].tasks.items[i].position);
    check_that(people->items[1].tasks.loaded);
    check_uint(0, people->items[1].tasks.len);
}

TOASTY_TEST(includes, a_limit_of_an_include_is_a_limit_for_each_parent, REQUIRES(filter))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 6);
    toasty_auto(Person) bob = suite_person(db, "Bob", 4);
    toasty_auto(Person) cid = suite_person(db, "Cid", 1);
    suite_clear_log();
    toasty_auto(PersonList) people =
        person_all(db, .include = {person_with_tasks(.order_by = {task_position_desc()}, .limit = 2)},
                   .order_by = {person_name_asc()});
    check_some(people);
    check_uint(2, suite_log_count());
    check_uint(2, people->items[0].tasks.len);
    check_int(5, people->items[0].tasks.items[0].position);
    check_uint(2, people->items[1].tasks.len);
    check_int(3, people->items[1].tasks.items[0].position);
    check_uint(1, people->items[2].tasks.len);
}

TOASTY_TEST(includes, a_condition_on_an_included_belongs_to_leaves_it_null, REQUIRES(filter))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Task) task = task_create(db, .title = "x", .person = ann, .reviewer = ann);
    check_some(task);
    toasty_auto(TaskList) tasks =
        task_all(db, .include = {task_with_reviewer(.where = person_name_eq("Bob"))});
    check_some(tasks);
    check_that(tasks->items[0].reviewer_loaded && !tasks->items[0].reviewer);
    toasty_auto(TaskList) ours =
        task_all(db, .include = {task_with_reviewer(.where = person_name_eq("Ann"))});
    check_some(ours);
    check_text("Ann", ours->items[0].reviewer->name);
}

TOASTY_TEST(includes, twenty_thousand_parents_find_their_children, REQUIRES(filter), TIMEOUT(60), SLOW)
{
    enum { PARENTS = 20000 };
    static PersonNew rows[PARENTS];
    static TaskNew tasks[PARENTS];
    static char names[PARENTS][16];
    toasty_auto(toasty_db) db = suite_open();
    for (int i = 0; i < PARENTS; i++) {
        snprintf(names[i], sizeof names[i], "%d", i);
        rows[i] = (PersonNew){.name = names[i], .email = names[i]};
    }
    toasty_auto(PersonList) made = person_create_array(db, rows, PARENTS);
    check_some(made);
    check_uint(PARENTS, made->len);
    for (int i = 0; i < PARENTS; i++)
        tasks[i] = (TaskNew){
            .title = names[i], .person = &made->items[PARENTS - 1 - i], .reviewer = &made->items[i]};
    toasty_auto(TaskList) made_tasks = task_create_array(db, tasks, PARENTS);
    check_some(made_tasks);

    suite_clear_log();
    toasty_auto(PersonList) people = person_all(
        db, .include = {person_with_tasks(.include = {task_with_reviewer()}), person_with_passport()});
    check_some(people);
    check_uint(PARENTS, people->len);
    check_uint(4, suite_log_count());
    toasty_each(person, people) {
        check_uint(1, person->tasks.len);
        const Task *task = &person->tasks.items[0];
        check_that(suite_same_uuid(task->person_id, person->id));
        check_text(task->title, task->reviewer->name);
    }
}

TOASTY_TEST(includes, a_relation_included_twice_is_an_error, REQUIRES(filter))
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(person_all(db, .include = {person_with_tasks(), person_with_tasks(.limit = 1)}));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_contains(toasty_last_error()->message, "tasks");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(includes, the_keys_of_many_parents_are_one_parameter_a_field, REQUIRES(filter))
{
    enum { MANY = 1100 /* more than any database takes as placeholders */ };
    toasty_auto(toasty_db) db = suite_open();
    static EntryNew rows[MANY];
    for (int i = 0; i < MANY; i++)
        rows[i] = (EntryNew){.journal = "ship", .number = i + 1, .text = "t"};
    toasty_auto(EntryList) entries = entry_create_array(db, rows, MANY);
    check_some(entries);
    toasty_auto(Remark) remark = remark_create(db, .journal = "ship", .number = MANY, .text = "last");
    check_some(remark);
    suite_clear_log();
    toasty_auto(EntryList) read = entry_all(db, .include = {entry_with_remarks()});
    check_some(read);
    check_uint(MANY, read->len);
    size_t found = 0;
    for (size_t i = 0; i < read->len; i++)
        found += read->items[i].remarks.len;
    check_uint(1, found);
    check_uint(2, suite_log_count());
    check_that(strlen(suite_statement(1)) < 1000);
}
