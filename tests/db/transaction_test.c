/* Transactions on a scripted database: what ends them, what fails them, what is given back. */
#define TESTS_ALONE true
#include "db/fake.h"
#include "test.h"

#include <pthread.h>
#include <uv.h>

static void finish(toasty_db *db)
{
    toasty_free(db);
    fake_check_clean();
}

TOASTY_TEST(transaction, a_commit_ends_it_and_gives_the_connection_back)
{
    toasty_db *db = fake_open(.max_pool_size = 1);
    toasty_db *transaction = toasty_begin(db);
    check_some(transaction);
    check_that(thing_is_there(transaction, 1));
    check_done(toasty_commit(transaction));
    check_that(thing_is_there(db, 2));
    check_null(thing_get(transaction, 3));
    check_last_error(TOASTY_CLOSED);
    check_int(-1, toasty_commit(transaction));
    check_last_error(TOASTY_CLOSED);
    toasty_free(transaction);
    check_int(1, fake_counts_.commits);
    check_int(0, fake_counts_.rollbacks);
    finish(db);
}

TOASTY_TEST(transaction, freeing_rolls_back_without_touching_the_error)
{
    toasty_db *db = fake_open(.max_pool_size = 1);
    {
        toasty_auto(toasty_db) transaction = toasty_begin(db);
        check_some(transaction);
        check_int(-1, toasty_sql(transaction, NULL));
    }
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_int(1, fake_counts_.rollbacks);
    check_that(thing_is_there(db, 2));
    finish(db);
}

TOASTY_TEST(transaction, a_failed_statement_leaves_only_the_rollback)
{
    toasty_db *db = fake_open(.max_pool_size = 1);
    toasty_db *transaction = toasty_begin(db);
    fake_script_.fail_statements = true;
    check_null(thing_get(transaction, 1));
    check_last_error(TOASTY_DATABASE_ERROR);
    fake_script_.fail_statements = false;
    int jobs = fake_counts_.jobs;
    check_null(thing_get(transaction, 1));
    check_last_error(TOASTY_TRANSACTION_FAILED);
    check_int(-1, toasty_commit(transaction));
    check_last_error(TOASTY_TRANSACTION_FAILED);
    check_int(jobs, fake_counts_.jobs);
    check_done(toasty_rollback(transaction));
    toasty_free(transaction);
    check_that(thing_is_there(db, 1));
    finish(db);
}

TOASTY_TEST(transaction, a_failed_savepoint_is_rolled_back_alone)
{
    toasty_db *db = fake_open(.max_pool_size = 1);
    toasty_db *outer = toasty_begin(db), *inner = toasty_begin(outer);
    check_some(inner);
    fake_script_.fail_statements = true;
    check_null(thing_get(inner, 1));
    fake_script_.fail_statements = false;
    check_int(-1, toasty_commit(inner));
    check_last_error(TOASTY_TRANSACTION_FAILED);
    toasty_free(inner);
    check_that(thing_is_there(outer, 1));
    check_done(toasty_commit(outer));
    toasty_free(outer);
    finish(db);
}

TOASTY_TEST(transaction, an_ended_transaction_ends_its_savepoints)
{
    toasty_db *db = fake_open(.max_pool_size = 1);
    toasty_db *outer = toasty_begin(db), *inner = toasty_begin(outer),
              *with = toasty_with(inner, .timeout_ms = 9);
    check_done(toasty_rollback(outer));
    check_null(thing_get(inner, 1));
    check_last_error(TOASTY_CLOSED);
    check_null(thing_get(with, 1));
    check_last_error(TOASTY_CLOSED);
    toasty_free(with);
    toasty_free(inner);
    toasty_free(outer);
    finish(db);
}

TOASTY_TEST(transaction, a_connection_lost_while_committing_leaves_the_outcome_unknown)
{
    toasty_db *db = fake_open(.max_pool_size = 1);
    toasty_db *transaction = toasty_begin(db);
    fake_script_.lose_commit = 1;
    check_int(-1, toasty_commit(transaction));
    check_last_error(TOASTY_OUTCOME_UNKNOWN);
    fake_script_.lose_commit = 0;
    toasty_free(transaction);
    check_that(thing_is_there(db, 1));
    check_int(2, fake_counts_.connects);
    finish(db);
}

TOASTY_TEST(transaction, a_commit_that_the_driver_knows_was_not_sent_is_a_lost_connection)
{
    toasty_db *db = fake_open(.max_pool_size = 1);
    toasty_db *transaction = toasty_begin(db);
    fake_script_.lose_commit = 2;
    check_int(-1, toasty_commit(transaction));
    check_last_error(TOASTY_CONNECTION_LOST);
    fake_script_.lose_commit = 0;
    toasty_free(transaction);
    finish(db);
}

static int runs;

static int count_runs(toasty_db *transaction, void *arg)
{
    runs++;
    return thing_is_there(transaction, 1) ? *(int *)arg : -1;
}

TOASTY_TEST(transaction, a_function_runs_again_when_it_could_not_be_serialized)
{
    toasty_db *db = fake_open(.max_pool_size = 1);
    int result = 7;
    fake_script_.fail_commit = 2;
    check_int(7, toasty_transact(db, count_runs, &result));
    check_int(3, runs);
    fake_script_.fail_commit = 100;
    check_int(-1, toasty_transact(db, count_runs, &result));
    check_last_error(TOASTY_SERIALIZATION_FAILURE);
    check_int(3 + 5, runs);
    check_int(-1, toasty_transact(db, count_runs, &result, .max_runs = 9));
    check_int(3 + 5 + 9, runs);
    finish(db);
}

TOASTY_TEST(transaction, a_function_that_fails_is_rolled_back)
{
    toasty_db *db = fake_open(.max_pool_size = 1);
    int result = -3;
    check_int(-3, toasty_transact(db, count_runs, &result));
    check_int(1, runs);
    check_int(1, fake_counts_.rollbacks);
    finish(db);
}

static void *use_elsewhere(void *transaction)
{
    return thing_is_there(transaction, 5) && toasty_commit(transaction) == 0 ? transaction : NULL;
}

TOASTY_TEST(transaction, it_may_move_to_another_thread, THREADS)
{
    toasty_db *db = fake_open(.max_pool_size = 1);
    toasty_db *transaction = toasty_begin(db);
    check_that(thing_is_there(transaction, 4));
    pthread_t thread;
    void *result;
    check_int(0, pthread_create(&thread, NULL, use_elsewhere, transaction));
    check_int(0, pthread_join(thread, &result));
    check_that(result == transaction);
    toasty_free(transaction);
    check_that(thing_is_there(db, 4));
    finish(db);
}

TOASTY_TEST(transaction, a_dedicated_handle_has_one_on_its_own_connection)
{
    toasty_db *db = fake_open(.max_pool_size = 1);
    toasty_db *dedicated = toasty_with(db, .dedicated = true);
    check_some(dedicated);
    check_that(thing_is_there(dedicated, 4));
    toasty_auto(toasty_db) transaction = toasty_begin(dedicated);
    check_some(transaction);
    check_that(thing_is_there(transaction, 4));
    check_done(toasty_commit(transaction));
    toasty_free(transaction);
    transaction = NULL;
    toasty_free(dedicated);
    check_that(thing_is_there(db, 4));
    finish(db);
}

/* --- waits without end --- */

static toasty_db *db_;
static toasty_code seen;
static bool in_the_way; /* a fiber has what the callback will ask for */

TOASTY_TEST(deadlock, a_thread_that_holds_the_only_connection_cannot_ask_for_another)
{
    toasty_db *db = fake_open(.max_pool_size = 1);
    toasty_db *transaction = toasty_begin(db);
    check_null(thing_get(db, 1));
    check_last_error(TOASTY_WOULD_DEADLOCK);
    check_that(thing_is_there(transaction, 1));
    toasty_free(transaction);
    check_that(thing_is_there(db, 1));
    finish(db);
}

static void hold_and_ask(void *arg)
{
    (void)arg;
    toasty_auto(toasty_db) transaction = toasty_begin(db_);
    check_some(transaction);
    toasty_sleep(5);
    if (!thing_is_there(db_, 1))
        seen = toasty_last_error()->code;
}

TOASTY_TEST(deadlock, fibers_that_hold_all_connections_cannot_all_wait_for_another)
{
    uv_loop_t loop;
    check_int(0, uv_loop_init(&loop));
    db_ = fake_open(.max_pool_size = 2);
    check_some(toasty_spawn(&loop, hold_and_ask, NULL));
    check_some(toasty_spawn(&loop, hold_and_ask, NULL));
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(TOASTY_WOULD_DEADLOCK, seen);
    check_int(0, uv_loop_close(&loop));
    finish(db_);
}

static void hold_a_while(void *arg)
{
    (void)arg;
    toasty_auto(toasty_db) transaction = toasty_begin(db_);
    check_some(transaction);
    in_the_way = true;
    toasty_sleep(50);
}

/* Comes every millisecond, so it runs before what ends the wait of the fiber, however slow the machine is. */
static void call_plainly(uv_timer_t *timer)
{
    if (!in_the_way)
        return;
    check_null(thing_get(db_, 1));
    seen = toasty_last_error()->code;
    uv_close((uv_handle_t *)timer, NULL);
}

static void get_slowly(void *arg)
{
    (void)arg;
    in_the_way = true;
    check_that(thing_is_there(db_, 2));
}

static void call_in_a_callback_while(toasty_fiber_function function)
{
    uv_loop_t loop;
    uv_timer_t timer;
    check_int(0, uv_loop_init(&loop));
    check_some(toasty_spawn(&loop, function, NULL));
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, call_plainly, 1, 1);
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop));
}

TOASTY_TEST(deadlock, a_plain_call_in_a_callback_cannot_wait_for_a_statement_of_that_loop)
{
    db_ = fake_open(.max_pool_size = 1);
    fake_script_.answer_ms = 50;
    call_in_a_callback_while(get_slowly);
    check_int(TOASTY_WOULD_DEADLOCK, seen);
    finish(db_);
}

TOASTY_TEST(deadlock, a_plain_call_in_a_callback_cannot_wait_for_a_transaction_of_that_loop)
{
    db_ = fake_open(.max_pool_size = 1, .wait_timeout_ms = 500);
    call_in_a_callback_while(hold_a_while);
    check_int(TOASTY_WOULD_DEADLOCK, seen);
    finish(db_);
}

static void warm_up(void *arg)
{
    uv_timer_t *timer = arg;
    check_that(thing_is_there(db_, 2));
    (void)timer;
}

static void call_and_succeed(uv_timer_t *timer)
{
    check_that(thing_is_there(db_, 1));
    uv_close((uv_handle_t *)timer, NULL);
}

TOASTY_TEST(pool, a_plain_call_in_a_callback_takes_what_fibers_have_left)
{
    uv_loop_t loop;
    uv_timer_t timer;
    db_ = fake_open(.max_pool_size = 1);
    check_int(0, uv_loop_init(&loop));
    check_some(toasty_spawn(&loop, warm_up, NULL));
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, call_and_succeed, 0, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop));
    finish(db_);
}
