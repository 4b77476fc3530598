/* Operations with a callback, and batches, on a scripted database. */
#define TESTS_ALONE true
#include "db/fake.h"
#include "test.h"

#include <uv.h>

static toasty_db *db_;
static uv_loop_t loop_;
static int called;
static toasty_code code;
static bool starting;
static toasty_started *started_;

static void begin(void)
{
    check_int(0, uv_loop_init(&loop_));
}

static void finish(void)
{
    uv_run(&loop_, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop_));
    toasty_free(db_);
    fake_check_clean();
}

static void done(const toasty_error *error, void *arg)
{
    check_that(!starting);
    check_that(arg == &called);
    code = error ? error->code : TOASTY_OK;
    called++;
}

static int start(toasty_db *db, toasty_op op)
{
    starting = true;
    started_ = toasty_start(&loop_, db, op, done, &called);
    starting = false;
    return started_ ? 0 : -1;
}

TOASTY_TEST(start, a_callback_comes_after_the_start_with_the_result)
{
    fake_script_.in_place = true;
    db_ = fake_open(.max_pool_size = 1);
    begin();
    Thing *thing = NULL;
    check_done(start(db_, thing_get_op(&thing, 7)));
    check_int(0, called);
    uv_run(&loop_, UV_RUN_DEFAULT);
    check_int(1, called);
    check_int(TOASTY_OK, code);
    check_int(7, thing->id);
    toasty_free(thing);
    finish();
}

TOASTY_TEST(start, many_share_one_connection)
{
    fake_script_.pipeline = true;
    db_ = fake_open(.max_pool_size = 1);
    begin();
    Thing *things[50] = {0};
    for (int i = 0; i < 50; i++)
        check_done(start(db_, thing_get_op(&things[i], i)));
    uv_run(&loop_, UV_RUN_DEFAULT);
    check_int(50, called);
    check_int(50, fake_counts_.most_in_flight);
    for (int i = 0; i < 50; i++) {
        check_int(i, things[i]->id);
        toasty_free(things[i]);
    }
    finish();
}

TOASTY_TEST(start, a_failure_tells_the_callback_and_fills_nothing)
{
    db_ = fake_open(.max_pool_size = 1);
    begin();
    Thing *thing = NULL;
    fake_script_.fail_statements = true;
    check_done(start(db_, thing_get_op(&thing, 7)));
    uv_run(&loop_, UV_RUN_DEFAULT);
    check_int(1, called);
    check_int(TOASTY_DATABASE_ERROR, code);
    check_null(thing);
    finish();
}

TOASTY_TEST(start, a_deadline_ends_it)
{
    fake_script_.answer_ms = 500;
    db_ = fake_open(.max_pool_size = 1);
    begin();
    Thing *thing = NULL;
    toasty_db *hasty = toasty_with(db_, .timeout_ms = 10);
    check_done(start(hasty, thing_get_op(&thing, 7)));
    uv_run(&loop_, UV_RUN_DEFAULT);
    check_int(1, called);
    check_int(TOASTY_TIMEOUT, code);
    toasty_free(hasty);
    finish();
}

TOASTY_TEST(start, a_cancel_ends_it_with_its_callback)
{
    fake_script_.answer_ms = 500;
    db_ = fake_open(.max_pool_size = 1);
    begin();
    Thing *thing = NULL, *other = NULL;
    check_done(start(db_, thing_get_op(&other, 8)));
    toasty_started *first = started_;
    check_done(start(db_, thing_get_op(&thing, 7))); /* waits for the connection */
    toasty_cancel_started(started_);
    toasty_cancel_started(started_);
    toasty_cancel_started(first);
    toasty_cancel_started(NULL);
    check_int(0, called);
    uv_run(&loop_, UV_RUN_DEFAULT);
    check_int(2, called);
    check_int(TOASTY_CANCELLED, code);
    check_null(thing);
    check_null(other);
    finish();
}

TOASTY_TEST(start, a_cancel_of_what_has_its_answer_changes_nothing)
{
    fake_script_.in_place = true;
    db_ = fake_open(.max_pool_size = 1);
    begin();
    Thing *thing = NULL;
    check_done(start(db_, thing_get_op(&thing, 7)));
    toasty_cancel_started(started_);
    uv_run(&loop_, UV_RUN_DEFAULT);
    check_int(1, called);
    check_int(TOASTY_OK, code);
    check_int(7, thing->id);
    toasty_free(thing);
    finish();
}

TOASTY_TEST(start, what_makes_no_sense_is_refused_without_a_callback)
{
    db_ = fake_open(.max_pool_size = 1);
    begin();
    check_int(-1, start(db_, thing_get_op(NULL, 7)));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_contains(toasty_last_error()->message, "needs the address of a variable for its result");
    check_int(-1, start(NULL, thing_get_op(NULL, 7)));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_int(0, called);
    finish();
}

TOASTY_TEST(batch, all_results_are_filled_and_absent_operations_are_not_there)
{
    db_ = fake_open(.max_pool_size = 1);
    begin();
    toasty_auto(Thing) one = NULL;
    toasty_auto(Thing) two = NULL;
    check_done(toasty_batch(db_, thing_get_op(&one, 1), toasty_when(false, thing_get_op(&two, 9)),
                            thing_get_op(&two, 2)));
    check_int(1, one->id);
    check_int(2, two->id);
    toasty_ops *ops = toasty_ops_new();
    Thing *things[30] = {0};
    for (int i = 0; i < 30; i++)
        check_done(toasty_ops_add(ops, thing_get_op(&things[i], i)));
    check_done(toasty_batch_ops(db_, ops));
    for (int i = 0; i < 30; i++) {
        check_int(i, things[i]->id);
        toasty_free(things[i]);
    }
    toasty_free(ops);
    toasty_free(one);
    toasty_free(two);
    one = two = NULL;
    finish();
}

TOASTY_TEST(batch, a_failure_fills_nothing)
{
    db_ = fake_open(.max_pool_size = 1);
    begin();
    Thing *one = NULL, *two = NULL;
    fake_script_.fail_statements = true;
    check_int(-1, toasty_batch(db_, thing_get_op(&one, 1), thing_get_op(&two, 2)));
    check_last_error(TOASTY_DATABASE_ERROR);
    check_null(one);
    check_null(two);
    finish();
}

/* --- events --- */

static int events, failures;

static void watch(const toasty_event *event, void *arg)
{
    check_that(arg == &events);
    check_text("fake", event->system);
    check_that(event->connection > 0);
    events++;
    failures += event->error != NULL;
}

TOASTY_TEST(event, the_hook_sees_every_operation_of_the_handle_and_of_those_derived)
{
    db_ = fake_open(.max_pool_size = 1);
    begin();
    toasty_on_event(db_, watch, &events);
    check_that(thing_is_there(db_, 1));
    check_int(1, events);
    toasty_db *transaction = toasty_begin(db_);
    check_that(thing_is_there(transaction, 1));
    check_done(toasty_commit(transaction));
    toasty_free(transaction);
    check_int(4, events);
    fake_script_.fail_statements = true;
    check_that(!thing_is_there(db_, 1));
    check_int(5, events);
    check_int(1, failures);
    finish();
}
