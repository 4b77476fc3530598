/* Each allocation of a piece of work fails once: the call says so, and nothing is lost. */
#define TESTS_ALONE true
#include "core/roots.h"
#include "db/fake.h"
#include "test.h"

#include <stdlib.h>
#include <toasty/memory.h>
#include <uv.h>

static long count_down; /* to the allocation that fails; 0: none */
static bool failed;

static bool fails_now(void)
{
    if (count_down == 0 || --count_down > 0)
        return false;
    failed = true;
    return true;
}

static void *allocate(size_t size)
{
    return fails_now() ? NULL : malloc(size);
}

static void *reallocate(void *memory, size_t size)
{
    return fails_now() ? NULL : realloc(memory, size);
}

static const toasty_allocator failing = {allocate, reallocate, free};

static void expect(bool worked)
{
    if (!worked)
        check_last_error(TOASTY_OUT_OF_MEMORY);
}

static void work_on(toasty_db *db)
{
    Thing *one = NULL, *two = NULL;
    expect(thing_is_there(db, 1));
    expect(toasty_batch(db, thing_get_op(&one, 1), thing_get_op(&two, 2)) == 0);
    toasty_free(one);
    toasty_free(two);
    toasty_db *transaction = toasty_begin(db);
    expect(transaction);
    if (transaction && thing_is_there(transaction, 2))
        expect(toasty_commit(transaction) == 0);
    toasty_free(transaction);
    toasty_db *hasty = toasty_with(db, .timeout_ms = 10000);
    expect(hasty);
    expect(!hasty || thing_is_there(hasty, 1));
    toasty_free(hasty);
    expect(toasty_sql(db, "SELECT ?", toasty_sql_int(1)) >= 0);
    toasty_rows *rows = toasty_sql_rows(db, "SELECT 1");
    expect(rows);
    toasty_free(rows);
    toasty_ops *ops = toasty_ops_new();
    expect(ops);
    expect(!ops || toasty_ops_add(ops, thing_get_op(&one, 3)) == 0);
    toasty_free(ops);
}

static toasty_db *open_failing(void)
{
    toasty_db *db = toasty_open("fake:?wait_timeout_ms=10000", &fake_schema, .max_pool_size = 2);
    expect(db);
    return db;
}

static void fail_each(void (*work)(void))
{
    toasty_ignore(toasty_set_allocator(&failing));
    for (long n = 1; n == 1 || failed; n++) {
        failed = false;
        count_down = n;
        work();
        count_down = 0;
        fake_check_clean();
    }
}

static void on_a_thread(void)
{
    toasty_db *db = open_failing();
    if (db)
        work_on(db);
    toasty_free(db);
}

TOASTY_TEST(allocations, each_fails_once_on_a_plain_thread, TIMEOUT(60))
{
    fail_each(on_a_thread);
}

static toasty_db *db_;

static void in_a_fiber(void *arg)
{
    (void)arg;
    expect(thing_is_there(db_, 1));
}

static void on_a_loop(void)
{
    uv_loop_t loop;
    check_int(0, uv_loop_init(&loop));
    db_ = open_failing();
    for (int i = 0; db_ && i < 5; i++)
        expect(toasty_spawn(&loop, in_a_fiber, NULL));
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop));
    toasty_free(db_);
}

TOASTY_TEST(allocations, each_fails_once_in_fibers, TIMEOUT(60))
{
    fail_each(on_a_loop);
}

static int called;

static void done(const toasty_error *error, void *arg)
{
    (void)arg;
    called++;
    if (error)
        check_error(error, TOASTY_OUT_OF_MEMORY);
}

static void with_a_callback(void)
{
    uv_loop_t loop;
    Thing *thing = NULL;
    check_int(0, uv_loop_init(&loop));
    toasty_db *db = open_failing(), *hasty = db ? toasty_with(db, .timeout_ms = 10000) : NULL;
    int before = called;
    bool started = hasty && toasty_start(&loop, hasty, thing_get_op(&thing, 7), done, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(before + started, called);
    check_int(0, uv_loop_close(&loop));
    toasty_free(thing);
    toasty_free(hasty);
    toasty_free(db);
}

TOASTY_TEST(allocations, each_fails_once_with_a_callback, TIMEOUT(60))
{
    fail_each(with_a_callback);
}
