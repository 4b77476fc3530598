/* The pool on a scripted database: who gets a connection when, and what becomes of those that wait. */
#define TESTS_ALONE true
#include "db/fake.h"
#include "test.h"

#include <pthread.h>
#include <string.h>
#include <uv.h>

static uv_loop_t loop_;

static uv_loop_t *open_loop(void)
{
    check_int(0, uv_loop_init(&loop_));
    return &loop_;
}

static void run_loop(void)
{
    uv_run(&loop_, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop_));
}

static void finish(toasty_db *db)
{
    toasty_free(db);
    fake_check_clean();
}

/* --- on a plain thread --- */

TOASTY_TEST(pool, opening_connects_once_and_calls_use_that_connection)
{
    toasty_db *db = fake_open(.max_pool_size = 4);
    check_int(1, fake_counts_.connects);
    for (int64_t id = 1; id <= 10; id++)
        check_that(thing_is_there(db, id));
    check_int(1, fake_counts_.connects);
    check_uint(1, toasty_pool(db).open);
    check_uint(1, toasty_pool(db).idle);
    check_uint(11, toasty_count(db).operations); /* with the ping of the open */
    finish(db);
}

TOASTY_TEST(pool, answers_inside_submit_need_no_turn)
{
    fake_script_.in_place = true;
    toasty_db *db = fake_open(.max_pool_size = 1);
    for (int64_t id = 1; id <= 1000; id++)
        check_that(thing_is_there(db, id));
    finish(db);
}

TOASTY_TEST(pool, a_failed_connect_fails_the_open)
{
    fake_script_.fail_connects = 1;
    check_null(toasty_open("fake:", &fake_schema, .max_pool_size = 1));
    check_last_error(TOASTY_CONNECTION_FAILED);
    fake_check_clean();
}

TOASTY_TEST(pool, options_of_the_url_are_read_and_a_wrong_one_is_an_error)
{
    toasty_db *db = toasty_open("fake:?max_pool_size=2&wait_timeout_ms=20", &fake_schema, .max_pool_size = 9);
    check_some(db);
    toasty_auto(toasty_db) first = toasty_begin(db);
    toasty_auto(toasty_db) second = toasty_with(db, .dedicated = true);
    check_some(first);
    check_some(second);
    check_uint(2, toasty_pool(db).open);
    check_null(toasty_open("fake:?max_pool_siz=2", &fake_schema, .max_pool_size = 9));
    check_last_error(TOASTY_INVALID_URL);
    check_null(toasty_open("other:", &fake_schema, .max_pool_size = 9));
    check_last_error(TOASTY_UNSUPPORTED);
    check_contains(toasty_last_error()->message, "fake");
    toasty_free(second);
    toasty_free(first);
    first = second = NULL;
    finish(db);
}

/* --- fibers --- */

enum { FIBERS = 200 };
static toasty_db *db_;
static int ended, failed;

typedef struct visitor {
    int number;
    toasty_code code;
    toasty_fiber *fiber;
} visitor;
static visitor visitors[FIBERS];

static void visit(void *arg)
{
    visitor *self = arg;
    bool there = thing_is_there(db_, self->number);
    self->code = toasty_last_error()->code;
    failed += !there;
    ended++;
}

static void spawn_visitors(uv_loop_t *loop, int count, toasty_fiber_function function)
{
    for (int i = 0; i < count; i++) {
        visitors[i] = (visitor){.number = i};
        visitors[i].fiber = toasty_spawn(loop, function, &visitors[i]);
        check_some(visitors[i].fiber);
    }
}

TOASTY_TEST(pool, those_who_wait_are_served_in_the_order_asked)
{
    db_ = fake_open(.max_pool_size = 2);
    spawn_visitors(open_loop(), 64, visit);
    run_loop();
    check_int(0, failed);
    check_int(64, ended);
    for (int i = 0; i < 64; i++)
        check_int(i, fake_log_[i]);
    check_int(2, fake_counts_.most_open);
    finish(db_);
}

TOASTY_TEST(pool, statements_share_a_connection_up_to_a_depth)
{
    fake_script_.pipeline = true;
    db_ = fake_open(.max_pool_size = 1);
    spawn_visitors(open_loop(), FIBERS, visit);
    run_loop();
    check_int(0, failed);
    check_int(1, fake_counts_.connects);
    check_int(64, fake_counts_.most_in_flight);
    finish(db_);
}

TOASTY_TEST(pool, a_driver_says_how_many_statements_share_its_connection)
{
    fake_script_.pipeline = true;
    fake_script_.max_depth = 150;
    db_ = fake_open(.max_pool_size = 1);
    spawn_visitors(open_loop(), FIBERS, visit);
    run_loop();
    check_int(0, failed);
    check_int(150, fake_counts_.most_in_flight);
    finish(db_);
}

/* Nothing is answered for longer than an ordered connection may take before it stalls; then one more asks. */
static void visit_after_a_silence(void *arg)
{
    visitor *self = arg;
    toasty_sleep(self->number == 2 ? 50 : 0);
    visit(arg);
}

static void let_answers_come(void *arg)
{
    (void)arg;
    toasty_sleep(100);
    fake_script_.holds = false;
}

static int most_in_flight_after_a_silence(bool unordered)
{
    fake_script_.pipeline = true;
    fake_script_.unordered = unordered;
    fake_script_.answer_ms = 1;
    db_ = fake_open(.max_pool_size = 1);
    fake_script_.holds = true;
    uv_loop_t *loop = open_loop();
    spawn_visitors(loop, 3, visit_after_a_silence);
    check_some(toasty_spawn(loop, let_answers_come, NULL));
    run_loop();
    check_int(0, failed);
    finish(db_);
    return fake_counts_.most_in_flight;
}

TOASTY_TEST(pool, a_connection_that_answers_nothing_for_a_while_takes_no_more_statements)
{
    check_int(2, most_in_flight_after_a_silence(false));
}

TOASTY_TEST(pool, a_connection_that_answers_in_any_order_is_not_watched)
{
    check_int(3, most_in_flight_after_a_silence(true));
}

static void visit_in_transaction(void *arg)
{
    visitor *self = arg;
    toasty_auto(toasty_db) transaction = toasty_begin(db_);
    failed += !transaction || !thing_is_there(transaction, self->number);
    failed += !transaction || (self->number % 2 && toasty_commit(transaction) < 0);
}

static void visit_somehow(void *arg)
{
    visitor *self = arg;
    (self->number % 3 ? visit : visit_in_transaction)(arg);
}

TOASTY_TEST(pool, a_transaction_has_its_connection_alone)
{
    fake_script_.pipeline = true;
    db_ = fake_open(.max_pool_size = 3);
    spawn_visitors(open_loop(), FIBERS, visit_somehow);
    run_loop();
    check_int(0, failed);
    check_int(67, fake_counts_.begins);
    check_int(67, fake_counts_.commits + fake_counts_.rollbacks);
    finish(db_);
}

static void visit_raw(void *arg)
{
    visitor *self = arg;
    if (self->number % 5)
        visit(arg);
    else
        failed += toasty_sql(db_, "SELECT 1") < 0;
}

TOASTY_TEST(pool, readers_and_the_writer_have_queues_of_their_own)
{
    fake_script_.single_writer = true;
    fake_script_.answer_ms = 1;
    db_ = fake_open(.max_pool_size = 3);
    spawn_visitors(open_loop(), 60, visit_raw);
    run_loop();
    check_int(0, failed);
    check_int(3, fake_counts_.most_open);
    finish(db_);
}

/* --- waiting has ends --- */

TOASTY_TEST(pool, a_wait_for_a_connection_ends_with_pool_timeout)
{
    fake_script_.answer_ms = 200;
    db_ = fake_open(.max_pool_size = 1, .wait_timeout_ms = 20);
    spawn_visitors(open_loop(), 2, visit);
    run_loop();
    check_int(1, failed);
    check_int(TOASTY_OK, visitors[0].code);
    check_int(TOASTY_POOL_TIMEOUT, visitors[1].code);
    check_uint(0, toasty_pool(db_).waiting);
    finish(db_);
}

static void visit_hastily(void *arg)
{
    visitor *self = arg;
    toasty_auto(toasty_db) hasty = toasty_with(db_, .timeout_ms = 20);
    failed += !thing_is_there(hasty, self->number);
    self->code = toasty_last_error()->code;
}

TOASTY_TEST(pool, a_deadline_ends_a_wait_and_a_statement)
{
    fake_script_.answer_ms = 300;
    db_ = fake_open(.max_pool_size = 1);
    spawn_visitors(open_loop(), 2, visit_hastily);
    run_loop();
    check_int(TOASTY_TIMEOUT, visitors[0].code);
    check_int(TOASTY_TIMEOUT, visitors[1].code);
    toasty_db *hasty = toasty_with(db_, .timeout_ms = 20);
    check_null(thing_get(hasty, 1));
    check_last_error(TOASTY_TIMEOUT);
    toasty_free(hasty);
    check_that(thing_is_there(db_, 3));
    finish(db_);
}

static void cancel_some(void *arg)
{
    (void)arg;
    for (int i = 0; i < 20; i += 2)
        toasty_cancel(visitors[i].fiber);
}

TOASTY_TEST(pool, a_cancelled_fiber_gets_cancelled_and_the_others_their_things)
{
    fake_script_.answer_ms = 5;
    db_ = fake_open(.max_pool_size = 2);
    uv_loop_t *loop = open_loop();
    spawn_visitors(loop, 20, visit);
    check_some(toasty_spawn(loop, cancel_some, NULL));
    run_loop();
    for (int i = 0; i < 20; i++)
        check_int(i % 2 ? TOASTY_OK : TOASTY_CANCELLED, visitors[i].code);
    check_that(thing_is_there(db_, 3));
    finish(db_);
}

static uint32_t seed = 12345;
static uint32_t number_below(uint32_t limit)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % limit;
}

static void visit_until_cancelled(void *arg)
{
    visitor *self = arg;
    for (int64_t id = self->number; id < self->number + 20; id++) {
        bool there = thing_is_there(db_, id);
        if (!there && toasty_last_error()->code != TOASTY_CANCELLED)
            failed++;
        if (!there)
            break;
        if (number_below(8) == 0)
            toasty_sleep(number_below(3));
    }
    visitors[self->number].fiber = NULL;
}

static void cancel_at_random(void *arg)
{
    (void)arg;
    for (int i = 0; i < 400; i++) {
        visitor *victim = &visitors[number_below(FIBERS)];
        if (victim->fiber)
            toasty_cancel(victim->fiber);
        if (i % 8 == 0)
            toasty_sleep(number_below(2));
    }
}

TOASTY_TEST(pool, random_cancels_hurt_nobody_else, TIMEOUT(30))
{
    fake_script_.pipeline = true;
    db_ = fake_open(.max_pool_size = 3);
    uv_loop_t *loop = open_loop();
    spawn_visitors(loop, FIBERS, visit_until_cancelled);
    check_some(toasty_spawn(loop, cancel_at_random, NULL));
    run_loop();
    check_int(0, failed);
    for (int64_t id = 0; id < 10; id++)
        check_that(thing_is_there(db_, id));
    finish(db_);
}

/* --- bad days --- */

TOASTY_TEST(pool, a_lost_connection_fails_what_it_had_and_is_replaced)
{
    fake_script_.pipeline = true;
    db_ = fake_open(.max_pool_size = 1);
    fake_script_.break_in = 5;
    spawn_visitors(open_loop(), 20, visit);
    run_loop();
    check_that(failed > 0 && failed <= 20);
    for (int i = 0; i < 20; i++)
        check_that(visitors[i].code == TOASTY_OK || visitors[i].code == TOASTY_CONNECTION_LOST);
    check_that(thing_is_there(db_, 1));
    check_int(2, fake_counts_.connects);
    check_uint(1, toasty_count(db_).connections_lost);
    finish(db_);
}

TOASTY_TEST(pool, after_a_loss_idle_connections_are_tested_before_use)
{
    db_ = fake_open(.max_pool_size = 3);
    toasty_db *one = toasty_begin(db_), *two = toasty_begin(db_), *three = toasty_begin(db_);
    toasty_free(one);
    toasty_free(two);
    toasty_free(three);
    int pings = fake_counts_.pings;
    fake_script_.break_in = 1;
    check_null(thing_get(db_, 1));
    check_last_error(TOASTY_CONNECTION_LOST);
    fake_script_.break_in = 1; /* the next one is dead as well: its ping finds out */
    check_that(thing_is_there(db_, 2));
    check_int(pings + 1, fake_counts_.pings);
    finish(db_);
}

TOASTY_TEST(pool, each_waiter_tries_to_connect_when_nobody_is_connected)
{
    fake_script_.connect_ms = 2;
    db_ = fake_open(.max_pool_size = 1);
    fake_script_.break_in = 1;
    check_null(thing_get(db_, 1));
    fake_script_.fail_connects = 3;
    spawn_visitors(open_loop(), 6, visit);
    run_loop();
    check_int(3, failed);
    for (int i = 0; i < 6; i++)
        check_int(i < 3 ? TOASTY_CONNECTION_FAILED : TOASTY_OK, visitors[i].code);
    finish(db_);
}

static void cancel_first(void *arg)
{
    (void)arg;
    toasty_cancel(visitors[0].fiber);
}

TOASTY_TEST(pool, a_connect_is_given_up_with_its_fiber)
{
    db_ = fake_open(.max_pool_size = 1);
    fake_script_.break_in = 1;
    check_null(thing_get(db_, 1));
    fake_script_.connect_ms = 20;
    uv_loop_t *loop = open_loop();
    spawn_visitors(loop, 2, visit);
    check_some(toasty_spawn(loop, cancel_first, NULL));
    run_loop();
    check_int(TOASTY_CANCELLED, visitors[0].code);
    check_int(TOASTY_OK, visitors[1].code);
    finish(db_);
}

/* --- closing --- */

static void close_all(void *arg)
{
    (void)arg;
    check_int(0, toasty_close(db_));
}

TOASTY_TEST(pool, closing_fails_what_is_in_flight_and_waits_for_it)
{
    fake_script_.answer_ms = 1000;
    db_ = fake_open_(&(const toasty_open_options){.max_pool_size = 2});
    uv_loop_t *loop = open_loop();
    spawn_visitors(loop, 10, visit);
    check_some(toasty_spawn(loop, close_all, NULL));
    run_loop();
    for (int i = 0; i < 10; i++)
        check_int(TOASTY_CLOSED, visitors[i].code);
    check_null(thing_get(db_, 1));
    check_last_error(TOASTY_CLOSED);
    finish(db_);
}

TOASTY_TEST(pool, a_connection_that_cannot_be_made_while_the_pool_closes_is_forgotten_once)
{
    db_ = fake_open(.max_pool_size = 2);
    fake_script_.answer_ms = 1000;
    fake_script_.fail_connects = 1;
    uv_loop_t *loop = open_loop();
    spawn_visitors(loop, 2, visit);
    check_some(toasty_spawn(loop, close_all, NULL));
    run_loop();
    check_int(TOASTY_CLOSED, visitors[0].code);
    check_int(TOASTY_CONNECTION_FAILED, visitors[1].code);
    finish(db_);
}

TOASTY_TEST(pool, handles_outlive_a_closed_pool)
{
    db_ = fake_open(.max_pool_size = 2);
    toasty_db *transaction = toasty_begin(db_), *with = toasty_with(db_, .timeout_ms = 5);
    toasty_free(db_);
    check_that(!thing_is_there(transaction, 1));
    check_last_error(TOASTY_CLOSED);
    check_that(!thing_is_there(with, 1));
    check_last_error(TOASTY_CLOSED);
    check_that(toasty_commit(transaction) < 0);
    toasty_free(transaction);
    toasty_free(with);
    fake_check_clean();
}

/* --- age --- */

TOASTY_TEST(pool, an_old_connection_is_replaced)
{
    db_ = fake_open(.max_pool_size = 1, .max_lifetime_ms = 200);
    check_that(thing_is_there(db_, 1));
    check_int(1, fake_counts_.connects);
    toasty_sleep(300);
    check_that(thing_is_there(db_, 1)); /* and is closed after this */
    check_that(thing_is_there(db_, 1));
    check_int(2, fake_counts_.connects);
    check_uint(0, toasty_count(db_).connections_lost);
    finish(db_);
}

TOASTY_TEST(pool, a_connection_that_was_idle_for_long_is_tested_before_use)
{
    db_ = fake_open(.max_pool_size = 1, .ping_after_ms = 200);
    int pings = fake_counts_.pings;
    check_that(thing_is_there(db_, 1));
    check_int(pings, fake_counts_.pings);
    toasty_sleep(300);
    check_that(thing_is_there(db_, 1));
    check_int(pings + 1, fake_counts_.pings);
    finish(db_);
}

TOASTY_TEST(pool, a_test_that_is_not_answered_in_time_is_a_lost_connection)
{
    db_ = fake_open(.max_pool_size = 1, .ping_after_ms = 20, .connect_timeout_ms = 50);
    toasty_sleep(50);
    fake_script_.answer_ms = 400;
    check_that(thing_is_there(db_, 1));
    check_int(2, fake_counts_.connects);
    check_int(1, fake_counts_.cancels);
    finish(db_);
}

TOASTY_TEST(pool, connections_that_are_not_needed_are_closed_down_to_the_least)
{
    db_ = fake_open(.max_pool_size = 3, .idle_timeout_ms = 200, .min_idle = 2);
    toasty_db *one = toasty_begin(db_), *two = toasty_begin(db_), *three = toasty_begin(db_);
    toasty_free(one);
    toasty_free(two);
    toasty_free(three);
    check_uint(3, toasty_pool(db_).open);
    toasty_sleep(300);
    check_that(thing_is_there(db_, 1));
    check_that(thing_is_there(db_, 1));
    check_uint(2, toasty_pool(db_).open);
    finish(db_);
}
