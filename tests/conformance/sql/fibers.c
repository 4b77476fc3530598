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
    /* Each connection serves in that order; their answers may come in between each other. */
    int last[2] = {-1, -1};
    for (int i = 0; i < FIBERS; i++) {
        int connection = last[0] < order[i] && (last[0] > last[1] || last[1] > order[i]) ? 0 : 1;
        check_that(last[connection] < order[i]);
        last[connection] = order[i];
    }
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

TOASTY_TEST(fibers, a_pool_that_stays_exhausted_is_an_error_in_time)
{
    toasty_auto(toasty_db) db =
        suite_open_with(&(toasty_open_options){.max_pool_size = 1, .wait_timeout_ms = 50});
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

/* --- cancelling --- */

typedef struct crowd {
    toasty_db *db;
    Person *ann;
    toasty_fiber **fibers;
    bool *ended, *wrong;
    int running, size, number;
    unsigned seed;
} crowd;

typedef struct member {
    crowd *crowd;
    int number;
} member;

/* Reads rows one after the other until it is cancelled; every row is the one asked for. */
static void read_until_cancelled(void *arg)
{
    member *m = arg;
    crowd *c = m->crowd;
    for (int i = m->number;; i++) {
        const Task *wanted = &c->ann->tasks.items[i % 100];
        toasty_auto(Task) task = task_get_by_id(c->db, wanted->id);
        if (!task) {
            c->wrong[m->number] |= toasty_last_error()->code != TOASTY_CANCELLED;
            break;
        }
        c->wrong[m->number] |=
            !suite_same_uuid(task->id, wanted->id) || strcmp(task->title, wanted->title) != 0;
    }
    c->ended[m->number] = true;
    c->running--;
}

static void cancel_at_random(void *arg)
{
    crowd *c = arg;
    while (c->running > 0) {
        for (int i = 0; i < 10; i++) {
            int victim = (int)(rand_r(&c->seed) % (unsigned)c->size);
            if (!c->ended[victim])
                toasty_cancel(c->fibers[victim]);
        }
        toasty_sleep(rand_r(&c->seed) % 3);
    }
}

static void check_cancels(int rounds)
{
    enum { FIBERS = 200 };
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 3});
    toasty_auto(Person) ann = suite_person(db, "Ann", 100);
    uv_loop_t loop;
    uv_loop_init(&loop);
    for (int round = 0; round < rounds; round++) {
        toasty_fiber *fibers[FIBERS];
        bool ended[FIBERS] = {0}, wrong[FIBERS] = {0};
        member members[FIBERS];
        crowd c = {.db = db,
                   .ann = ann,
                   .fibers = fibers,
                   .ended = ended,
                   .wrong = wrong,
                   .running = FIBERS,
                   .size = FIBERS,
                   .seed = (unsigned)round + 1};
        for (int i = 0; i < FIBERS; i++) {
            members[i] = (member){&c, i};
            fibers[i] = toasty_spawn(&loop, read_until_cancelled, &members[i]);
            check_some(fibers[i]);
        }
        check_some(toasty_spawn(&loop, cancel_at_random, &c));
        run(&loop);
        check_int(0, c.running);
        for (int i = 0; i < FIBERS; i++)
            check_that(!wrong[i]);
    }
    /* Every connection still serves. */
    for (int i = 0; i < 100; i++) {
        toasty_auto(Task) task = task_get_by_id(db, ann->tasks.items[i].id);
        check_some(task);
        check_text(ann->tasks.items[i].title, task->title);
    }
    end_loop(&loop);
}

TOASTY_TEST(fibers, a_thousand_random_cancels_leave_every_connection_serving, THREADS, TIMEOUT(60))
{
    check_cancels(5);
}

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
