/* Calls that end before their time: cancelled at random, or closed with their handle. What they leave is
 * whole, and every connection still serves. */
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { POOL = 3, FIBERS = 200, TASKS = 100, ROUNDS = 5 };

typedef struct crowd crowd;
typedef struct member {
    crowd *crowd;
    toasty_fiber *fiber;
    int number;
    bool ended, wrong;
    toasty_error error;
} member;

struct crowd {
    toasty_db *db;
    uv_loop_t loop;
    Person *ann;
    member members[FIBERS];
    int running;
    unsigned seed;
    int64_t visits, unsure; /* of Ann: those that were told, and those that were cancelled */
    int started, start_failures;
    int pairs, serving;
};

/* --- what a member does: false when it was cancelled, with the error in toasty_last_error() --- */

/* Every row is the one that was asked for. */
static bool read_task(toasty_db *db, const Person *ann, int i, bool *wrong)
{
    const Task *wanted = &ann->tasks.items[i % TASKS];
    toasty_auto(Task) task = task_get_by_id(db, wanted->id);
    *wrong |= task && (!suite_same_uuid(task->id, wanted->id) || strcmp(task->title, wanted->title) != 0);
    return task != NULL;
}

static bool visit(crowd *c)
{
    bool told = person_update_by_id(c->db, c->ann->id, person_visits_add(1)) >= 0;
    (*(told ? &c->visits : &c->unsure))++;
    return told;
}

static bool make_pair(crowd *c)
{
    char one[32], other[32];
    int number = c->pairs++;
    snprintf(one, sizeof one, "one %d", number);
    snprintf(other, sizeof other, "other %d", number);
    toasty_auto(toasty_db) tx = toasty_begin(c->db);
    toasty_auto(Topic) first = tx ? topic_create(tx, .label = one) : NULL;
    toasty_auto(Topic) second = first ? topic_create(tx, .label = other) : NULL;
    return second && toasty_commit(tx) == 0;
}

static void visit_told(const toasty_error *error, void *arg)
{
    crowd *c = arg;
    c->started--;
    c->visits += !error;
    c->start_failures += error != NULL;
}

/* An operation that was started goes on without the fiber that started it. */
static bool start_visit(crowd *c)
{
    if (toasty_start(&c->loop, c->db, person_update_by_id_op(NULL, c->ann->id, person_visits_add(1)),
                     visit_told, c))
        c->started++;
    else
        c->start_failures++;
    return toasty_sleep(1) == 0;
}

static void act_until_cancelled(void *arg)
{
    member *m = arg;
    crowd *c = m->crowd;
    bool goes_on = true;
    for (int i = m->number; goes_on; i++)
        switch (m->number % 4) {
        case 0:
            goes_on = visit(c);
            break;
        case 1:
            goes_on = make_pair(c);
            break;
        case 2:
            goes_on = start_visit(c);
            break;
        default:
            goes_on = read_task(c->db, c->ann, i, &m->wrong);
        }
    m->error = *toasty_last_error();
    m->ended = true;
    c->running--;
}

static void cancel_at_random(void *arg)
{
    crowd *c = arg;
    while (c->running > 0) {
        for (int i = 0; i < 10; i++) {
            member *victim = &c->members[rand_r(&c->seed) % FIBERS];
            if (!victim->ended)
                toasty_cancel(victim->fiber);
        }
        toasty_sleep(rand_r(&c->seed) % 3);
    }
}

/* --- afterwards --- */

/* One of as many fibers as there are connections: each has one for itself, all at once, and reads every row.
 * Where there is one connection that writes, one fiber has that one. */
static void serve(void *arg)
{
    member *m = arg;
    crowd *c = m->crowd;
    toasty_auto(toasty_db) tx = toasty_begin(c->db, .read_only = m->number > 0);
    c->serving += tx != NULL;
    while (tx && c->serving < POOL && toasty_sleep(1) == 0)
        ;
    m->ended = tx != NULL;
    for (int i = 0; i < TASKS && m->ended; i++)
        m->ended = read_task(tx, c->ann, i, &m->wrong);
    m->error = *toasty_last_error();
}

static void check_every_connection_serves(crowd *c)
{
    member servers[POOL];
    c->serving = 0;
    for (int i = 0; i < POOL; i++) {
        servers[i] = (member){.crowd = c, .number = i};
        check_some(toasty_spawn(&c->loop, serve, &servers[i]));
    }
    uv_run(&c->loop, UV_RUN_DEFAULT);
    for (int i = 0; i < POOL; i++) {
        check_text("", servers[i].error.message);
        check_that(servers[i].ended && !servers[i].wrong);
    }
}

static void check_nothing_is_half_done(crowd *c)
{
    toasty_auto(Person) ann = person_get_by_id(c->db, c->ann->id);
    check_some(ann);
    check_that(ann->visits >= c->visits && ann->visits <= c->visits + c->unsure);
    check_int(topic_count(c->db, .where = topic_label_starts_with("one")),
              topic_count(c->db, .where = topic_label_starts_with("other")));
}

static void check_round(crowd *c)
{
    c->running = FIBERS;
    for (int i = 0; i < FIBERS; i++) {
        c->members[i] = (member){.crowd = c, .number = i};
        c->members[i].fiber = toasty_spawn(&c->loop, act_until_cancelled, &c->members[i]);
        check_some(c->members[i].fiber);
    }
    check_some(toasty_spawn(&c->loop, cancel_at_random, c));
    uv_run(&c->loop, UV_RUN_DEFAULT);
    for (int i = 0; i < FIBERS; i++) {
        check_that(!c->members[i].wrong);
        /* One that is cancelled while it commits cannot know. */
        if (c->members[i].error.code != TOASTY_OUTCOME_UNKNOWN)
            check_error(&c->members[i].error, TOASTY_CANCELLED);
    }
    check_int(0, c->running + c->started);
    check_int(0, c->start_failures);
}

TOASTY_TEST(cancels, a_thousand_at_random_leave_every_connection_serving_and_nothing_half_done, THREADS,
            TIMEOUT(60))
{
    static crowd c = {.seed = 1};
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = POOL});
    toasty_auto(Person) ann = suite_person(db, "Ann", TASKS);
    c.db = db;
    c.ann = ann;
    uv_loop_init(&c.loop);
    for (int round = 0; round < ROUNDS; round++)
        check_round(&c);
    check_every_connection_serves(&c);
    check_nothing_is_half_done(&c);
    uv_run(&c.loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&c.loop));
}

/* --- closing --- */

static void read_until_closed(void *arg)
{
    member *m = arg;
    crowd *c = m->crowd;
    bool first = true;
    for (int i = m->number; read_task(c->db, c->ann, i, &m->wrong); i++) {
        c->serving += first;
        first = false;
    }
    m->error = *toasty_last_error();
    c->running--;
}

static void close_when_all_are_busy(void *arg)
{
    member *m = arg;
    crowd *c = m->crowd;
    while (c->serving < FIBERS && toasty_sleep(1) == 0)
        ;
    m->ended = toasty_close(c->db) == 0;
    m->error = *toasty_last_error();
}

TOASTY_TEST(cancels, a_close_with_calls_in_flight_fails_them_with_closed, THREADS, TIMEOUT(30))
{
    static crowd c;
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = POOL});
    toasty_auto(Person) ann = suite_person(db, "Ann", TASKS);
    member closer = {.crowd = &c};
    c.db = db;
    c.ann = ann;
    c.running = FIBERS;
    uv_loop_init(&c.loop);
    for (int i = 0; i < FIBERS; i++) {
        c.members[i] = (member){.crowd = &c, .number = i};
        check_some(toasty_spawn(&c.loop, read_until_closed, &c.members[i]));
    }
    check_some(toasty_spawn(&c.loop, close_when_all_are_busy, &closer));
    uv_run(&c.loop, UV_RUN_DEFAULT);
    check_text("", closer.error.message);
    check_that(closer.ended);
    check_int(0, c.running);
    for (int i = 0; i < FIBERS; i++) {
        check_that(!c.members[i].wrong);
        check_error(&c.members[i].error, TOASTY_CLOSED);
    }
    check_uint(0, toasty_pool(db).open);
    check_int(0, uv_loop_close(&c.loop));
}
