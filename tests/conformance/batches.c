/* Batches: several operations, all or nothing, in one round trip. */
#include "suite.h"
#include <stdio.h>

TOASTY_TEST(batches, nothing_is_left_and_no_result_is_filled_when_one_fails)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) home = topic_create(db, .label = "home");
    check_some(home);
    toasty_auto(Topic) first = NULL;
    toasty_auto(Topic) second = NULL;
    check_int(-1, toasty_batch(db, topic_create_op(&first, .label = "work"),
                               topic_create_op(&second, .label = "home")));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_null(first);
    check_null(second);
    check_null(topic_get_by_label(db, "work"));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(batches, what_cannot_work_is_refused_before_anything_is_sent)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = NULL;
    toasty_auto(Person) person = NULL;
    check_int(-1, toasty_batch(db, topic_create_op(&topic, .label = "work"),
                               person_create_op(&person, .name = "no email")));
    check_last_error(TOASTY_MISSING_FIELD);
    check_uint(0, suite_log_count());
}

TOASTY_TEST(batches, a_list_of_operations_is_built_in_a_loop_and_copies_what_it_is_given)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    check_some(ops);
    Topic *topics[20] = {0};
    for (int i = 0; i < 20; i++) {
        char label[16];
        snprintf(label, sizeof label, "topic %d", i);
        check_done(toasty_ops_add(ops, topic_create_op(&topics[i], .label = label, .weight = i)));
    }
    suite_cost cost = suite_start_cost(db);
    check_done(toasty_batch_ops(db, ops));
    check_uint(1, suite_round_trips(&cost));
    for (int i = 0; i < 20; i++) {
        char label[16];
        snprintf(label, sizeof label, "topic %d", i);
        check_text(label, topics[i]->label);
        toasty_free(topics[i]);
    }
}

TOASTY_TEST(batches, an_empty_list_of_operations_does_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    check_done(toasty_batch_ops(db, ops));
    check_uint(0, suite_log_count());
}

TOASTY_TEST(batches, a_record_that_is_missing_is_null_and_fails_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) made = NULL;
    toasty_auto(Topic) missing = NULL;
    check_done(toasty_batch(db, topic_create_op(&made, .label = "a"), topic_get_by_label_op(&missing, "b")));
    check_some(made);
    check_null(missing);
}

TOASTY_TEST(batches, operations_of_all_kinds_run_in_one_round_trip)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    toasty_auto(Topic) topic = NULL;
    toasty_auto(Person) same = NULL;
    toasty_auto(TaskList) tasks = NULL;
    int64_t updated = -1;
    suite_cost cost = suite_start_cost(db);
    check_done(toasty_batch(db, topic_create_op(&topic, .label = "home"), person_get_by_id_op(&same, ann->id),
                            task_by_person_id_op(&tasks, ann->id),
                            person_update_by_id_op(&updated, ann->id, person_visits_add(1)),
                            task_delete_by_id_op(NULL, ann->tasks.items[0].id)));
    check_uint(suite_groups_read() ? 1 : 2, suite_round_trips(&cost));
    check_text("home", topic->label);
    check_text("Ann", same->name);
    check_uint(2, tasks->len);
    check_int(1, updated);
    toasty_auto(Person) read = person_get_by_id(db, ann->id, .include = {person_with_tasks()});
    check_some(read);
    check_int(1, read->visits);
    check_uint(1, read->tasks.len);
}
