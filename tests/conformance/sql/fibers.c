/* Many at once: fibers and threads over a small pool, their order, their deadlines, their cancelling. */
#include "suite.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

typedef struct worker {
    toasty_db *db;
    int number;
    toasty_code code; /* of its last call */
    bool done;
    int *order, *served;
    toasty_uuid key;
    const char *title;
} worker;

static void run(uv_loop_t *loop)
{
    check_int(0, uv_run(loop, UV_RUN_DEFAULT));
}

static void end_loop(uv_loop_t *loop)
{
    uv_run(loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(loop));
}

/* --- sharing --- */

static void read_own_task(void *arg)
{
    worker *w = arg;
    toasty_auto(Task) task = task_get_by_id(w->db, w->key);
    w->code = toasty_last_error()->code;
    w->done = task && strcmp(task->title, w->title) == 0;
}

/* 100 fibers on a pool of so many connections: every one gets the row that it asked for. */
static void check_shared(uint32_t pool_size)
{
    enum { FIBERS = 100 };
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = pool_size});
    toasty_auto(Person) ann = suite_person(db, "Ann", FIBERS);
    uv_loop_t loop;
    uv_loop_init(&loop);
    worker workers[FIBERS] = {0};
    for (int i = 0; i < FIBERS; i++) {
        workers[i] = (worker){.db = db, .key = ann->tasks.items[i].id, .title = ann->tasks.items[i].title};
        check_some(toasty_spawn(&loop, read_own_task, &workers[i]));
    }
    run(&loop);
    for (int i = 0; i < FIBERS; i++)
        check_that(workers[i].done);
    check_that(toasty_count(db).connections_opened <= pool_size);
    end_loop(&loop);
}

TOASTY_TEST(fibers, a_hundred_share_one_connection, THREADS)
{
    check_shared(1);
}

TOASTY_TEST(fibers, a_hundred_share_three_connections, THREADS)
{
    check_shared(3);
}

static void add_visits(void *arg)
{
    worker *w = arg;
    for (int i = 0; i < w->number; i++)
        if (person_update_by_email(w->db, "ann@example.com", person_visits_add(1)) < 0) {
            w->code = toasty_last_error()->code;
            return;
        }
    w->done = true;
}

TOASTY_TEST(fibers, a_thousand_writes_of_one_row_are_all_counted, THREADS, TIMEOUT(30))
{
    enum { FIBERS = 200 };
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    uv_loop_t loop;
    uv_loop_init(&loop);
    worker workers[FIBERS] = {0};
    for (int i = 0; i < FIBERS; i++) {
        workers[i] = (worker){.db = db, .number = 5};
        check_some(toasty_spawn(&loop, add_visits, &workers[i]));
    }
    run(&loop);
    for (int i = 0; i < FIBERS; i++)
        check_that(workers[i].done);
    toasty_auto(Person) read = person_get_by_id(db, ann->id);
    check_some(read);
    check_int(1000, read->visits);
    end_loop(&loop);
}

/* --- transactions among others --- */

static void roll_back(void *arg)
{
    worker *w = arg;
    char label[16];
    snprintf(label, sizeof label, "undone %d", w->number);
    toasty_auto(toasty_db) tx = toasty_begin(w->db);
    toasty_auto(Topic) topic = tx ? topic_create(tx, .label = label) : NULL;
    w->done = topic && toasty_sleep(1) == 0 && toasty_rollback(tx) == 0;
    w->code = toasty_last_error()->code;
}

static void create_topic(void *arg)
{
    worker *w = arg;
    char label[16];
    snprintf(label, sizeof label, "kept %d", w->number);
    toasty_auto(Topic) topic = topic_create(w->db, .label = label);
    w->done = topic != NULL;
    w->code = toasty_last_error()->code;
}

TOASTY_TEST(fibers, a_rollback_never_touches_a_neighbour, THREADS, TIMEOUT(30))
{
    enum { FIBERS = 100 };
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 3});
    uv_loop_t loop;
    uv_loop_init(&loop);
    worker workers[FIBERS] = {0};
    for (int i = 0; i < FIBERS; i++) {
        workers[i] = (worker){.db = db, .number = i};
        check_some(toasty_spawn(&loop, i % 2 ? roll_back : create_topic, &workers[i]));
    }
    run(&loop);
    for (int i = 0; i < FIBERS; i++)
        check_that(workers[i].done);
    check_int(FIBERS / 2, topic_count(db));
    check_int(0, topic_count(db, .where = topic_label_starts_with("undone")));
    end_loop(&loop);
}

/* --- fairness --- */

static void take_turn(void *arg)
{
    worker *w = arg;
    toasty_auto(toasty_db) tx = toasty_begin(w->db);
    if (!tx)
        return;
    w->order[(*w->served)++] = w->number;
    w->done = topic_count(tx) == 0 && toasty_commit(tx) == 0;
}

/* So that nobody waits for a connection to be made. */
static void open_both(toasty_db *db)
{
    if (test_capability()->single_writer)
        return;
    toasty_auto(toasty_db) first = toasty_begin(db);
    toasty_auto(toasty_db) second = toasty_begin(db);
    check_some(first);
    check_some(second);
}

TOASTY_TEST(fibers, connections_are_granted_in_the_order_asked, THREADS, TIMEOUT(30))
{
    enum { FIBERS = 64 };
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 2});
    open_both(db);
    uv_loop_t loop;
    uv_loop_init(&loop);
    worker workers[FIBERS] = {0};
    int order[FIBERS], served = 0;
    for (int i = 0; i < FIBERS; i++) {
        workers[i] = (worker){.db = db, .number = i, .order = order, .served = &served};
        check_some(toasty_spawn(&loop, take_turn, &workers[i]));
    }
    run(&loop);
    check_int(FIBERS, served);
    /* When the i-th is served, it and those before it were granted, and at most one more on the other
     * connection. */
    int ahead = test_capability()->single_writer ? 0 : 1;
    for (int i = 0; i < FIBERS; i++)
        check_that(order[i] <= i + ahead);
    end_loop(&loop);
}

/* --- waiting that cannot end, or ends too late --- */

static void hold_and_call_parent(void *arg)
{
    worker *w = arg;
    toasty_auto(toasty_db) tx = toasty_begin(w->db);
    w->done = tx && topic_count(w->db) < 0;
    w->code = toasty_last_error()->code;
}

TOASTY_TEST(fibers, a_fiber_that_waits_for_its_own_transaction_would_deadlock)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    uv_loop_t loop;
    uv_loop_init(&loop);
    worker w = {.db = db};
    check_some(toasty_spawn(&loop, hold_and_call_parent, &w));
    run(&loop);
    check_that(w.done);
    check_int(TOASTY_WOULD_DEADLOCK, w.code);
    check_int(0, topic_count(db));
    end_loop(&loop);
}

typedef struct callback {
    uv_timer_t timer;
    toasty_db *db;
    bool held, came;
    toasty_code code;
} callback;

static void hold_until_the_callback_came(void *arg)
{
    callback *c = arg;
    toasty_auto(toasty_db) tx = toasty_begin(c->db);
    c->held = tx != NULL;
    while (c->held && !c->came && toasty_sleep(1) == 0)
        ;
}

static void begin_in_a_callback(uv_timer_t *timer)
{
    callback *c = timer->data;
    if (!c->held)
        return;
    toasty_auto(toasty_db) tx = toasty_begin(c->db);
    c->code = toasty_last_error()->code;
    c->came = true;
    uv_close((uv_handle_t *)timer, NULL);
}

TOASTY_TEST(fibers, a_plain_call_in_a_callback_that_waits_for_a_fiber_of_its_loop_would_deadlock)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    uv_loop_t loop;
    uv_loop_init(&loop);
    callback c = {.db = db};
    uv_timer_init(&loop, &c.timer);
    c.timer.data = &c;
    uv_timer_start(&c.timer, begin_in_a_callback, 1, 1);
    check_some(toasty_spawn(&loop, hold_until_the_callback_came, &c));
    run(&loop);
    check_that(c.held && c.came);
    check_int(TOASTY_WOULD_DEADLOCK, c.code);
    check_int(0, topic_count(db));
    end_loop(&loop);
}

static void hold(void *arg)
{
    worker *w = arg;
    toasty_auto(toasty_db) tx = toasty_begin(w->db);
    w->done = tx && toasty_sleep(300) == 0;
}

static void ask(void *arg)
{
    worker *w = arg;
    toasty_auto(toasty_db) tx = toasty_begin(w->db);
    w->code = toasty_last_error()->code;
    w->done = tx != NULL;
}

static void check_pool_timeout(toasty_db *db)
{
    uv_loop_t loop;
    uv_loop_init(&loop);
    worker holder = {.db = db}, waiter = {.db = db};
    check_some(toasty_spawn(&loop, hold, &holder));
    check_some(toasty_spawn(&loop, ask, &waiter));
    run(&loop);
    check_that(holder.done && !waiter.done);
    check_int(TOASTY_POOL_TIMEOUT, waiter.code);
    check_int(0, topic_count(db));
    end_loop(&loop);
}

TOASTY_TEST(fibers, a_pool_that_stays_exhausted_is_an_error_in_time)
{
    toasty_auto(toasty_db) db =
        suite_open_with(&(toasty_open_options){.max_pool_size = 1, .wait_timeout_ms = 50});
    check_pool_timeout(db);
}

TOASTY_TEST(fibers, options_of_the_pool_in_the_url_count_more_than_those_of_the_program)
{
    toasty_auto(toasty_db) made = suite_open();
    toasty_auto(toasty_db) db = toasty_open(suite_url_with("max_pool_size=1&wait_timeout_ms=50"),
                                            &models_schema, .max_pool_size = 8, .wait_timeout_ms = 60000);
    check_some(db);
    check_pool_timeout(db);
    check_uint(1, toasty_count(db).connections_opened);
}

static void ask_with_deadline(void *arg)
{
    worker *w = arg;
    toasty_auto(toasty_db) db = toasty_with(w->db, .timeout_ms = 50);
    w->done = topic_count(db) >= 0;
    w->code = toasty_last_error()->code;
}

TOASTY_TEST(fibers, a_call_in_the_queue_ends_at_its_deadline)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    uv_loop_t loop;
    uv_loop_init(&loop);
    worker holder = {.db = db}, waiter = {.db = db};
    check_some(toasty_spawn(&loop, hold, &holder));
    check_some(toasty_spawn(&loop, ask_with_deadline, &waiter));
    run(&loop);
    check_that(holder.done && !waiter.done);
    check_int(TOASTY_TIMEOUT, waiter.code);
    end_loop(&loop);
}

/* --- cancelling, see also cancels.c --- */

static void keep_calling(void *arg)
{
    worker *w = arg;
    toasty_cancel(toasty_fiber_self());
    w->done = topic_count(w->db) < 0 && toasty_last_error()->code == TOASTY_CANCELLED;
    toasty_auto(Topic) topic = topic_create(w->db, .label = "a");
    w->done &= !topic && toasty_last_error()->code == TOASTY_CANCELLED;
}

TOASTY_TEST(fibers, after_its_cancel_every_call_of_a_fiber_is_cancelled)
{
    toasty_auto(toasty_db) db = suite_open();
    uv_loop_t loop;
    uv_loop_init(&loop);
    worker w = {.db = db};
    check_some(toasty_spawn(&loop, keep_calling, &w));
    run(&loop);
    check_that(w.done);
    check_int(0, topic_count(db));
    end_loop(&loop);
}

/* --- errors of fibers --- */

static void miss(void *arg)
{
    worker *w = arg;
    toasty_auto(Topic) topic = topic_get_by_label(w->db, "none");
    toasty_auto(Topic) again = topic_get_by_label(w->db, "none");
    w->code = toasty_last_error()->code;
    w->done = !topic && !again;
}

static void succeed(void *arg)
{
    worker *w = arg;
    w->done = topic_count(w->db) == 0 && toasty_sleep(20) == 0;
    w->code = toasty_last_error()->code;
}

TOASTY_TEST(fibers, each_fiber_has_its_own_error)
{
    toasty_auto(toasty_db) db = suite_open();
    uv_loop_t loop;
    uv_loop_init(&loop);
    worker good = {.db = db}, bad = {.db = db, .code = TOASTY_OK};
    check_some(toasty_spawn(&loop, succeed, &good));
    check_some(toasty_spawn(&loop, miss, &bad));
    run(&loop);
    check_that(good.done && bad.done);
    check_int(TOASTY_OK, good.code);
    check_int(TOASTY_NOT_FOUND, bad.code);
    check_that(!toasty_failed());
    end_loop(&loop);
}

/* --- threads --- */

typedef struct crew {
    toasty_db *db;
    int failed;
    toasty_error error;
} crew;

static void work(void *arg)
{
    crew *c = arg;
    toasty_auto(Person) ann = person_get_by_email(c->db, "ann@example.com", .include = {person_with_tasks()});
    if (!ann || ann->tasks.len != 3 ||
        person_update_by_email(c->db, "ann@example.com", person_visits_add(1)) < 0) {
        c->failed++;
        c->error = *toasty_last_error();
    }
}

static void *run_loop(void *arg)
{
    crew *c = arg;
    uv_loop_t loop;
    uv_loop_init(&loop);
    for (int i = 0; i < 100; i++)
        if (!toasty_spawn(&loop, work, c))
            c->failed++;
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    return NULL;
}

TOASTY_TEST(fibers, two_threads_with_two_hundred_fibers_use_one_handle, THREADS, TIMEOUT(30))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    crew crews[2] = {{.db = db}, {.db = db}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        check_int(0, pthread_create(&threads[i], NULL, run_loop, &crews[i]));
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    check_text("", crews[0].error.message);
    check_text("", crews[1].error.message);
    check_int(0, crews[0].failed + crews[1].failed);
    toasty_auto(Person) read = person_get_by_id(db, ann->id);
    check_some(read);
    check_int(200, read->visits);
}
