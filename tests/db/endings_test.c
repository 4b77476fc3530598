/* Handles that are ended or freed while others still use them: a clear error or the usual end, and nothing
 * runs outside of its transaction. */
#define TESTS_ALONE true
#include "db/fake.h"
#include "test.h"

#include <pthread.h>
#include <uv.h>

static toasty_db *db_, *transaction_;
static uv_loop_t loop_;
static int called;
static toasty_code code_;

static void begin(void)
{
    check_int(0, uv_loop_init(&loop_));
    db_ = fake_open(.max_pool_size = 2);
}

static void finish(void)
{
    uv_run(&loop_, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop_));
    toasty_free(transaction_);
    toasty_free(db_);
    fake_check_clean();
}

/* --- a commit under way in a fiber --- */

static void (*meanwhile_)(void);

static void commit(void *arg)
{
    (void)arg;
    check_some(transaction_ = toasty_begin(db_));
    check_that(thing_is_there(transaction_, 1));
    check_done(toasty_commit(transaction_));
}

/* The commit was asked for, and is not answered before this fiber waits. */
static void act(void *arg)
{
    (void)arg;
    while (!transaction_ || fake_counts_.jobs < 4) /* open, begin, get, commit */
        check_done(toasty_sleep(1));
    check_int(0, fake_counts_.commits);
    meanwhile_();
}

static void commit_while(void (*meanwhile)(void))
{
    begin();
    fake_script_.answer_ms = 100;
    meanwhile_ = meanwhile;
    check_some(toasty_spawn(&loop_, commit, NULL));
    check_some(toasty_spawn(&loop_, act, NULL));
    uv_run(&loop_, UV_RUN_DEFAULT);
    check_int(1, fake_counts_.commits);
    check_int(0, fake_counts_.rollbacks);
    check_int(0, fake_counts_.outside);
    finish();
}

static void call(void)
{
    check_null(thing_get(transaction_, 2));
    check_last_error(TOASTY_CLOSED);
    check_text("another call is ending the transaction", toasty_last_error()->message);
}

TOASTY_TEST(ending, refuses_calls_of_other_fibers)
{
    commit_while(call);
}

static void begin_inside(void)
{
    check_null(toasty_begin(transaction_));
    check_last_error(TOASTY_CLOSED);
}

TOASTY_TEST(ending, refuses_what_others_would_begin_in_it)
{
    commit_while(begin_inside);
}

static void end_too(void)
{
    check_int(-1, toasty_commit(transaction_));
    check_last_error(TOASTY_CLOSED);
    check_int(-1, toasty_rollback(transaction_));
    check_last_error(TOASTY_CLOSED);
}

TOASTY_TEST(ending, refuses_a_second_end)
{
    commit_while(end_too);
}

static void free_it(void)
{
    toasty_free(transaction_);
    transaction_ = NULL;
}

TOASTY_TEST(ending, goes_on_when_its_handle_is_freed)
{
    commit_while(free_it);
}

static void done(const toasty_error *error, void *arg)
{
    check_that(arg == &called);
    code_ = error ? error->code : TOASTY_OK;
    called++;
}

static void start_one(void)
{
    Thing *thing = NULL;
    check_null(toasty_start(&loop_, transaction_, thing_get_op(&thing, 2), done, &called));
    check_last_error(TOASTY_CLOSED);
}

TOASTY_TEST(ending, refuses_operations_with_a_callback)
{
    commit_while(start_one);
    check_int(0, called);
}

/* --- a call under way when a fiber ends its transaction --- */

static Thing *thing_;

static void start_and_commit(void *arg)
{
    (void)arg;
    check_some(transaction_ = toasty_begin(db_));
    check_some(toasty_start(&loop_, transaction_, thing_get_op(&thing_, 7), done, &called));
    check_done(toasty_commit(transaction_));
}

TOASTY_TEST(ending, waits_for_the_operations_that_were_started_before)
{
    begin();
    fake_script_.answer_ms = 5;
    check_some(toasty_spawn(&loop_, start_and_commit, NULL));
    uv_run(&loop_, UV_RUN_DEFAULT);
    check_int(1, called);
    check_int(TOASTY_OK, code_);
    check_int(7, thing_->id);
    toasty_free(thing_);
    check_int(0, fake_counts_.outside);
    finish();
}

/* --- handles that are freed before the callback --- */

static void free_before_the_callback(toasty_db *handle, toasty_code expected)
{
    thing_ = NULL;
    check_some(handle);
    check_some(toasty_start(&loop_, handle, thing_get_op(&thing_, 7), done, &called));
    toasty_free(handle);
    check_int(0, called);
    uv_run(&loop_, UV_RUN_DEFAULT);
    check_int(1, called);
    check_int(expected, code_);
    toasty_free(thing_);
}

TOASTY_TEST(freed, a_handle_with_settings_serves_what_was_started_on_it)
{
    begin();
    free_before_the_callback(toasty_with(db_, .timeout_ms = 10000), TOASTY_OK);
    finish();
}

TOASTY_TEST(freed, a_database_gives_up_what_was_started_on_it)
{
    begin();
    fake_script_.answer_ms = 10000;
    free_before_the_callback(db_, TOASTY_CLOSED);
    db_ = NULL;
    finish();
}

TOASTY_TEST(freed, a_dedicated_handle_gives_up_what_was_started_on_it)
{
    begin();
    toasty_db *dedicated = toasty_with(db_, .dedicated = true);
    fake_script_.answer_ms = 10000;
    free_before_the_callback(dedicated, TOASTY_CLOSED);
    fake_script_.answer_ms = 0;
    check_that(thing_is_there(db_, 1));
    finish();
}

TOASTY_TEST(freed, a_transaction_gives_up_what_was_started_on_it_and_nothing_of_it_stays)
{
    begin();
    toasty_db *transaction = toasty_begin(db_);
    fake_script_.answer_ms = 10000;
    free_before_the_callback(transaction, TOASTY_CLOSED);
    fake_script_.answer_ms = 0;
    check_int(0, fake_counts_.commits);
    check_int(0, fake_counts_.outside);
    check_that(thing_is_there(db_, 1));
    finish();
}

TOASTY_TEST(freed, a_handle_that_was_derived_from_one_that_is_freed_is_closed)
{
    begin();
    toasty_db *dedicated = toasty_with(db_, .dedicated = true),
              *with = toasty_with(dedicated, .timeout_ms = 10);
    toasty_free(dedicated);
    check_null(thing_get(with, 1));
    check_last_error(TOASTY_CLOSED);
    check_text("the dedicated handle was freed", toasty_last_error()->message);
    toasty_free(with);
    finish();
}

/* --- threads --- */

static pthread_barrier_t barrier;
static atomic_int ended, refused, other;

static void *end_at_once(void *arg)
{
    pthread_barrier_wait(&barrier);
    int status = arg ? toasty_commit(transaction_) : toasty_rollback(transaction_);
    ended += status == 0;
    refused += status < 0 && toasty_last_error()->code == TOASTY_CLOSED;
    other += status < 0 && toasty_last_error()->code != TOASTY_CLOSED;
    return NULL;
}

/* What was asked before the end is served, what comes after it is refused. */
static void *call_at_once(void *arg)
{
    (void)arg;
    pthread_barrier_wait(&barrier);
    for (int id = 1; id < 50; id++)
        if (!thing_is_there(transaction_, id))
            other += toasty_last_error()->code != TOASTY_CLOSED;
    return NULL;
}

enum { ROUNDS = 30 };

static void end_in_threads(void *(*first)(void *), void *(*second)(void *))
{
    begin();
    check_int(0, pthread_barrier_init(&barrier, NULL, 2));
    for (int i = 0; i < ROUNDS; i++) {
        pthread_t threads[2];
        check_some(transaction_ = toasty_begin(db_));
        check_int(0, pthread_create(&threads[0], NULL, first, NULL));
        check_int(0, pthread_create(&threads[1], NULL, second, &barrier));
        for (int t = 0; t < 2; t++)
            pthread_join(threads[t], NULL);
        toasty_free(transaction_);
        transaction_ = NULL;
    }
    pthread_barrier_destroy(&barrier);
    check_int(0, other);
    check_int(0, fake_counts_.outside);
    check_int(ROUNDS, ended);
    finish();
}

TOASTY_TEST(ending, happens_once_when_two_threads_want_it, THREADS)
{
    end_in_threads(end_at_once, end_at_once);
    check_int(ROUNDS, refused);
}

TOASTY_TEST(ending, lets_no_call_of_another_thread_run_outside_of_it, THREADS)
{
    end_in_threads(call_at_once, end_at_once);
}
