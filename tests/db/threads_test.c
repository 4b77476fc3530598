/* One handle, many threads and loops: for ThreadSanitizer, too. */
#define TESTS_ALONE true
#include "db/fake.h"
#include "test.h"

#include <pthread.h>
#include <uv.h>

static toasty_db *db_;
static atomic_int failed, served;

static void finish(void)
{
    toasty_free(db_);
    fake_check_clean();
    check_int(0, failed);
}

static void get_many(toasty_db *db, int64_t first, int count)
{
    for (int64_t id = first; id < first + count; id++) {
        failed += !thing_is_there(db, id);
        served++;
    }
}

static void *on_a_plain_thread(void *arg)
{
    get_many(db_, 1000 * (intptr_t)arg, 200);
    return NULL;
}

static void in_a_fiber(void *arg)
{
    get_many(db_, 1000 * (intptr_t)arg, 10);
    if ((intptr_t)arg % 4 == 0) {
        toasty_auto(toasty_db) transaction = toasty_begin(db_);
        failed += !transaction || !thing_is_there(transaction, 1) || toasty_commit(transaction) < 0;
    }
}

static void *on_a_loop(void *arg)
{
    uv_loop_t loop;
    failed += uv_loop_init(&loop) != 0;
    for (intptr_t i = 0; i < 50; i++)
        failed += !toasty_spawn(&loop, in_a_fiber, (void *)((intptr_t)arg * 100 + i));
    uv_run(&loop, UV_RUN_DEFAULT);
    failed += uv_loop_close(&loop) != 0;
    return NULL;
}

static void run_threads(void)
{
    pthread_t threads[5];
    for (intptr_t i = 0; i < 5; i++)
        check_int(0,
                  pthread_create(&threads[i], NULL, i < 3 ? on_a_plain_thread : on_a_loop, (void *)(i + 1)));
    for (int i = 0; i < 5; i++)
        pthread_join(threads[i], NULL);
    check_int(3 * 200 + 2 * 50 * 10, served);
}

TOASTY_TEST(threads, threads_and_loops_share_a_small_pool, THREADS, TIMEOUT(60))
{
    db_ = fake_open(.max_pool_size = 3);
    run_threads();
    check_that(fake_counts_.most_open <= 3);
    finish();
}

TOASTY_TEST(threads, loops_share_connections_that_threads_use_alone, THREADS, TIMEOUT(60))
{
    fake_script_.pipeline = true;
    db_ = fake_open(.max_pool_size = 2);
    run_threads();
    finish();
}

TOASTY_TEST(threads, readers_and_a_writer_over_threads, THREADS, TIMEOUT(60))
{
    fake_script_.single_writer = true;
    fake_script_.in_place = true;
    db_ = fake_open(.max_pool_size = 3);
    run_threads();
    finish();
}

static void *wait_for_a_connection(void *arg)
{
    (void)arg;
    Thing *thing = thing_get(db_, 1);
    failed += thing != NULL || toasty_last_error()->code != TOASTY_CLOSED;
    toasty_free(thing);
    return NULL;
}

TOASTY_TEST(threads, a_close_ends_the_waits_of_other_threads, THREADS)
{
    fake_script_.answer_ms = 2000;
    fake_script_.connect_ms = 0;
    db_ = fake_open(.max_pool_size = 1);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        check_int(0, pthread_create(&threads[i], NULL, wait_for_a_connection, NULL));
    while (toasty_pool(db_).waiting < 3)
        toasty_sleep(1);
    check_int(0, toasty_close(db_));
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    finish();
}

TOASTY_TEST(threads, connections_that_break_are_replaced_meanwhile, THREADS, TIMEOUT(60))
{
    db_ = fake_open(.max_pool_size = 3);
    fake_script_.break_in = 100;
    pthread_t threads[4];
    for (intptr_t i = 0; i < 4; i++)
        check_int(0, pthread_create(&threads[i], NULL, on_a_plain_thread, (void *)(i + 1)));
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    check_int(1, failed);
    failed = 0;
    finish();
}

TOASTY_TEST(threads, a_result_may_be_freed_by_another_thread, THREADS)
{
    db_ = fake_open(.max_pool_size = 1);
    Thing *thing = thing_get(db_, 9);
    pthread_t thread;
    check_int(0, pthread_create(&thread, NULL, (void *(*)(void *))(void (*)(void))toasty_free, thing));
    pthread_join(thread, NULL);
    finish();
}

static void *call_until_closed(void *arg)
{
    (void)arg;
    while (thing_is_there(db_, 1))
        served++;
    failed += toasty_last_error()->code != TOASTY_CLOSED;
    return NULL;
}

static void call_in_a_fiber_until_closed(void *arg)
{
    call_until_closed(arg);
}

static void *loop_until_closed(void *arg)
{
    uv_loop_t loop;
    failed += uv_loop_init(&loop) != 0;
    for (int i = 0; i < 5; i++)
        failed += !toasty_spawn(&loop, call_in_a_fiber_until_closed, arg);
    uv_run(&loop, UV_RUN_DEFAULT);
    failed += uv_loop_close(&loop) != 0;
    return NULL;
}

/* `loops` of the threads run loops with fibers; the others call plainly. */
static void close_at_any_moment(int loops)
{
    for (int round = 0; round < 60; round++) {
        fake_script_.pipeline = round % 2;
        fake_script_.in_place = round % 3 == 0;
        db_ = fake_open(.max_pool_size = 1 + (uint32_t)round % 3);
        pthread_t threads[4];
        served = 0;
        for (int i = 0; i < 4; i++)
            check_int(0, pthread_create(&threads[i], NULL, i < loops ? loop_until_closed : call_until_closed,
                                        NULL));
        while (served < round)
            toasty_sleep(0);
        check_int(0, toasty_close(db_));
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
        finish();
    }
}

TOASTY_TEST(threads, a_close_at_any_moment_ends_all_calls, THREADS, TIMEOUT(60))
{
    close_at_any_moment(0);
}

/* Not under ThreadSanitizer, which takes descriptors that one loop closed and another got again for shared.
 */
TOASTY_TEST(threads, a_close_at_any_moment_ends_all_calls_of_loops, TIMEOUT(60))
{
    close_at_any_moment(2);
}
