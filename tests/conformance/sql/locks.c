/* Rows that a read locks until its transaction ends. */
#include "suite.h"
#include <string.h>

/* Ann with three tasks. */
static toasty_db *open_queue(void)
{
    toasty_db *db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    check_some(ann);
    suite_clear_log();
    return db;
}

static Task *take(toasty_db *tx)
{
    return task_first(tx, .where = task_done_eq(false), .lock = TOASTY_FOR_UPDATE,
                      .lock_wait = TOASTY_SKIP_LOCKED);
}

TOASTY_TEST(locks, a_locked_row_is_read_and_changed_like_any_other, REQUIRES(row_locks))
{
    toasty_auto(toasty_db) db = open_queue();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    toasty_auto(Task) task = take(tx);
    check_some(task);
    toasty_auto(Task) again = task_get_by_id(tx, task->id, .lock = TOASTY_FOR_UPDATE);
    check_some(again);
    toasty_auto(TaskList) all = task_all(tx, .lock = TOASTY_FOR_SHARE);
    check_some(all);
    check_uint(3, all->len);
    toasty_auto(PersonList) people =
        person_all(tx, .include = {person_with_tasks()}, .lock = TOASTY_FOR_UPDATE);
    check_some(people);
    check_uint(3, people->items[0].tasks.len);
    check_done(task_update(tx, task, task_done_set(true)));
    check_done(toasty_commit(tx));
    check_int(1, task_count(db, .where = task_done_eq(true)));
}

TOASTY_TEST(locks, a_lock_ends_the_statement_that_reads_the_records_and_no_other, REQUIRES(row_locks),
            LACKS(single_writer))
{
    toasty_auto(toasty_db) db = open_queue();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    suite_clear_log();
    toasty_auto(PersonList) people = person_all(tx, .include = {person_with_tasks()},
                                                .lock = TOASTY_FOR_UPDATE, .lock_wait = TOASTY_NO_WAIT);
    check_some(people);
    check_text("SELECT people, SELECT tasks", suite_log());
    const char *root = suite_statement(0);
    check_text(" FOR UPDATE NOWAIT", root + strlen(root) - strlen(" FOR UPDATE NOWAIT"));
    check_null(strstr(suite_statement(1), " FOR "));
}

TOASTY_TEST(locks, two_workers_that_skip_what_is_locked_take_different_rows, REQUIRES(row_locks),
            LACKS(single_writer))
{
    toasty_auto(toasty_db) db = open_queue();
    toasty_auto(toasty_db) one = toasty_begin(db);
    toasty_auto(toasty_db) two = toasty_begin(db);
    toasty_auto(Task) first = take(one);
    toasty_auto(Task) second = take(two);
    check_some(first);
    check_some(second);
    check_that(!suite_same_uuid(first->id, second->id));
    check_done(task_update(one, first, task_done_set(true)));
    check_done(task_update(two, second, task_done_set(true)));
    check_done(toasty_commit(one));
    check_done(toasty_commit(two));
    toasty_auto(toasty_db) three = toasty_begin(db);
    toasty_auto(Task) third = take(three);
    check_some(third);
    check_that(!suite_same_uuid(first->id, third->id) && !suite_same_uuid(second->id, third->id));
}

TOASTY_TEST(locks, who_does_not_wait_is_told_at_once_that_a_row_is_locked, REQUIRES(row_locks),
            LACKS(single_writer))
{
    toasty_auto(toasty_db) db = open_queue();
    toasty_auto(toasty_db) one = toasty_begin(db);
    toasty_auto(Task) task = take(one);
    check_some(task);
    {
        toasty_auto(toasty_db) two = toasty_begin(db);
        check_null(task_get_by_id(two, task->id, .lock = TOASTY_FOR_SHARE, .lock_wait = TOASTY_NO_WAIT));
        check_last_error(TOASTY_LOCK_TIMEOUT);
        check_null(task_get_by_id(two, task->id));
        check_last_error(TOASTY_TRANSACTION_FAILED);
    }
    check_done(toasty_commit(one));
    toasty_auto(toasty_db) three = toasty_begin(db);
    toasty_auto(Task) free =
        task_get_by_id(three, task->id, .lock = TOASTY_FOR_UPDATE, .lock_wait = TOASTY_NO_WAIT);
    check_some(free);
}

TOASTY_TEST(locks, several_share_a_row_that_nobody_changes_meanwhile, REQUIRES(row_locks),
            LACKS(single_writer))
{
    toasty_auto(toasty_db) db = open_queue();
    toasty_auto(toasty_db) one = toasty_begin(db);
    toasty_auto(toasty_db) two = toasty_begin(db);
    toasty_auto(toasty_db) three = toasty_begin(db);
    toasty_auto(Task) mine = task_first(one, .lock = TOASTY_FOR_SHARE);
    check_some(mine);
    toasty_auto(Task) yours =
        task_get_by_id(two, mine->id, .lock = TOASTY_FOR_SHARE, .lock_wait = TOASTY_NO_WAIT);
    check_some(yours);
    check_null(task_get_by_id(three, mine->id, .lock = TOASTY_FOR_UPDATE, .lock_wait = TOASTY_NO_WAIT));
    check_last_error(TOASTY_LOCK_TIMEOUT);
}

TOASTY_TEST(locks, an_order_through_a_relation_locks_nothing_of_the_relation, REQUIRES(row_locks),
            LACKS(single_writer))
{
    toasty_auto(toasty_db) db = open_queue();
    toasty_auto(Person) bob =
        person_create(db, .name = "Bob", .email = "bob@x", .tasks = task_new({.title = "his"}));
    check_some(bob);
    toasty_auto(toasty_db) one = toasty_begin(db);
    toasty_auto(TaskList) tasks =
        task_all(one, .order_by = {task_person_name_desc(), task_reviewer_name_asc(), task_title_asc()},
                 .lock = TOASTY_FOR_UPDATE);
    check_some(tasks);
    check_uint(4, tasks->len);
    check_text("his", tasks->items[0].title);
    check_text("task 0", tasks->items[1].title);
    check_text("task 2", tasks->items[3].title);
    toasty_auto(toasty_db) two = toasty_begin(db);
    toasty_auto(PersonList) people = person_all(two, .lock = TOASTY_FOR_UPDATE, .lock_wait = TOASTY_NO_WAIT);
    check_some(people);
    check_uint(2, people->len);
}

TOASTY_TEST(locks, an_order_through_a_relation_and_a_lock_go_together, REQUIRES(row_locks, order))
{
    toasty_auto(toasty_db) db = open_queue();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    toasty_auto(TaskList) tasks = task_all(tx, .order_by = {task_person_name_asc(), task_title_desc()},
                                           .limit = 2, .lock = TOASTY_FOR_UPDATE);
    check_some(tasks);
    check_uint(2, tasks->len);
    check_text("task 2", tasks->items[0].title);
    check_text("task 1", tasks->items[1].title);
}

TOASTY_TEST(locks, outside_of_a_transaction_they_are_refused_before_anything_is_sent, REQUIRES(row_locks))
{
    toasty_auto(toasty_db) db = open_queue();
    check_null(task_all(db, .lock = TOASTY_FOR_UPDATE));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_contains(toasty_last_error()->message, "until its transaction ends");
    TaskList *tasks = NULL;
    Person *person = NULL;
    check_int(-1, toasty_batch(db, task_all_op(&tasks, .lock = TOASTY_FOR_SHARE),
                               person_first_op(&person, .where = person_name_eq("Ann"))));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_uint(0, suite_log_count());
}

TOASTY_TEST(locks, a_transaction_that_does_not_write_is_refused_them, REQUIRES(row_locks))
{
    toasty_auto(toasty_db) db = open_queue();
    toasty_auto(toasty_db) tx = toasty_begin(db, .read_only = true);
    check_some(tx);
    suite_clear_log();
    check_null(task_first(tx, .lock = TOASTY_FOR_SHARE));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_contains(toasty_last_error()->message, "only reads");
    check_uint(0, suite_log_count());
    toasty_auto(Task) task = task_first(tx); /* what was not sent has failed nothing */
    check_some(task);
}

TOASTY_TEST(locks, a_deferred_transaction_is_refused_them_as_are_savepoints_inside,
            REQUIRES(row_locks, lock_modes, savepoints))
{
    toasty_auto(toasty_db) db = open_queue();
    toasty_auto(toasty_db) tx = toasty_begin(db, .lock = TOASTY_DEFERRED_LOCK);
    check_some(tx);
    check_null(task_first(tx, .lock = TOASTY_FOR_UPDATE));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    toasty_auto(toasty_db) inner = toasty_begin(tx);
    check_some(inner);
    check_null(task_first(inner, .lock = TOASTY_FOR_UPDATE));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_contains(toasty_last_error()->message, "TOASTY_DEFERRED_LOCK");
}

TOASTY_TEST(locks, what_makes_no_sense_is_refused_before_anything_is_sent, REQUIRES(row_locks))
{
    toasty_auto(toasty_db) db = open_queue();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_some(tx);
    suite_clear_log();
    check_null(task_first(tx, .lock_wait = TOASTY_SKIP_LOCKED));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(task_first(tx, .lock = (toasty_row_lock)9));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(task_first(tx, .include = {task_with_person(.lock = TOASTY_FOR_UPDATE)}));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_contains(toasty_last_error()->message, "include");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(locks, a_second_call_plans_and_prepares_nothing, REQUIRES(row_locks))
{
    toasty_auto(toasty_db) db = open_queue();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    toasty_counters before = {0}, after = {0};
    for (int i = 0; i < 2; i++) {
        before = toasty_count(db);
        toasty_auto(Task) task = take(tx);
        check_some(task);
        after = toasty_count(db);
    }
    check_uint(before.plans_made, after.plans_made);
    check_uint(before.statements_prepared, after.statements_prepared);
}
