/* The worker's rounds. A round opens the database, lets everybody act, and ends in one of two ways: all
 * finish what they do, and every connection is looked at; or the handle is closed while they are at it.
 * Meanwhile fibers are cancelled at random, and begin anew. */
#include "crowd.h"
#include "acts.h"
#include "target.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { STACK_SIZE = 256 * 1024, MOST_SETTINGS = 16, SETTING_SIZE = 100, OPENINGS = 200, LOOKS = 20 };

/* Pools of a round: a usual one, one that forgets its plans, one whose connections do not live long, one that
 * is hardly one. */
static const toasty_open_options pools[] = {
    {.max_pool_size = 6},
    {.max_pool_size = 4, .plan_cache_size = 3},
    {.max_pool_size = 6, .max_lifetime_ms = 1000, .ping_after_ms = 20, .idle_timeout_ms = 200},
    {.max_pool_size = 2},
};
enum { POOLS = sizeof pools / sizeof *pools };

struct crowd {
    ledger *ledger;
    toasty_db *db;
    uv_loop_t loop;
    pthread_t threads[THREADS];
    actor actors[FIBERS + THREADS];
    int alive;          /* fibers that act */
    uint64_t seed, end; /* the progress at which the round ends */
    atomic_bool stops, closing;
    uint8_t pool_size, swept;
    char settings[MOST_SETTINGS][SETTING_SIZE]; /* those of a new session */
};

bool crowd_is_closing(const crowd *crowd)
{
    return atomic_load(&crowd->closing);
}

const char *crowd_setting(const crowd *crowd, size_t n)
{
    return crowd->settings[n];
}

/* --- the tables --- */

static bool create_facts(toasty_db *db)
{
    for (int64_t id = 0; id < FACTS; id++) {
        char text[300];
        snprintf(text, sizeof text, "fact %lld%*s", (long long)id, (int)(id * 4), ".");
        toasty_auto(Fact) fact = fact_create(db, .id = id, .text = text);
        if (!fact)
            return false;
    }
    return true;
}

static bool create_counters(toasty_db *db)
{
    for (int64_t id = 0; id < COUNTERS; id++) {
        toasty_auto(Counter) counter = counter_create(db, .id = id);
        if (!counter)
            return false;
    }
    return true;
}

int crowd_prepare(const char *url)
{
    toasty_auto(toasty_db) db = toasty_open(url, &models_schema, .max_pool_size = 1);
    if (db && toasty_reset_schema(db) == 0 && toasty_push_schema(db) == 0 && create_facts(db) &&
        create_counters(db))
        return 0;
    printf("the tables cannot be made: %s\n", toasty_last_error()->message);
    return 1;
}

/* --- actors --- */

static void actor_init(crowd *crowd, uint8_t number)
{
    uint64_t seed = chance(&crowd->seed, UINT64_MAX);
    crowd->actors[number] = (actor){.crowd = crowd,
                                    .ledger = crowd->ledger,
                                    .db = crowd->db,
                                    .loop = number < FIBERS ? &crowd->loop : NULL,
                                    .seed = seed,
                                    .number = number};
}

static void *run_thread(void *arg)
{
    actor *actor = arg;
    while (!atomic_load(&actor->crowd->stops))
        act_once(actor);
    return NULL;
}

static void run_fiber(void *arg);

static bool spawn(actor *actor)
{
    actor->cancelled = false;
    actor->fiber = toasty_spawn(actor->loop, run_fiber, actor, .stack_size = STACK_SIZE);
    actor->crowd->alive += actor->fiber != NULL;
    return actor->fiber != NULL;
}

/* Ends when it was cancelled, since nothing works for it any more; another one goes on in its place. */
static void run_fiber(void *arg)
{
    actor *actor = arg;
    crowd *crowd = actor->crowd;
    while (!actor->cancelled && !atomic_load(&crowd->stops))
        act_once(actor);
    actor->fiber = NULL;
    crowd->alive--;
    if (!atomic_load(&crowd->stops) && !spawn(actor))
        ledger_break(crowd->ledger, PROMISE_EXPLAINED, "no fiber: %s", toasty_last_error()->message);
}

/* Cancels one fiber after the other, at a rate that follows what is done. */
static void cancel_at_random(void *arg)
{
    crowd *crowd = arg;
    uint64_t next = atomic_load(&crowd->ledger->progress) + chance(&crowd->seed, 50);
    while (!atomic_load(&crowd->stops)) {
        if (atomic_load(&crowd->ledger->progress) < next) {
            toasty_sleep(1);
            continue;
        }
        next += 1 + chance(&crowd->seed, 100);
        actor *victim = &crowd->actors[chance(&crowd->seed, FIBERS)];
        if (!victim->fiber || victim->cancelled)
            continue;
        victim->cancelled = true;
        toasty_cancel(victim->fiber);
        atomic_fetch_add(&crowd->ledger->cancels, 1);
        toasty_sleep(0);
    }
}

/* --- how a round ends --- */

static void wait_for_end(crowd *crowd)
{
    while (atomic_load(&crowd->ledger->progress) < crowd->end)
        toasty_sleep(1);
}

static void stop_all(void *arg)
{
    crowd *crowd = arg;
    wait_for_end(crowd);
    atomic_store(&crowd->stops, true);
}

static void close_amid(void *arg)
{
    crowd *crowd = arg;
    wait_for_end(crowd);
    atomic_store(&crowd->closing, true);
    atomic_store(&crowd->stops, true);
    if (toasty_close(crowd->db) < 0)
        ledger_break(crowd->ledger, PROMISE_SERVES, "the handle cannot be closed: %s",
                     toasty_last_error()->message);
    atomic_fetch_add(&crowd->ledger->closes, 1);
}

/* --- every connection is looked at --- */

/* Holds a connection of its own until all are held. */
static toasty_db *hold_one(actor *actor)
{
    return actor->number < target.writers ? toasty_with(actor->db, .dedicated = true)
                                          : toasty_begin(actor->db, .read_only = true);
}

static bool serves(actor *actor, toasty_db *own)
{
    toasty_auto(Fact) fact = fact_get_by_id(own, actor->number);
    return fact && (actor->number >= target.writers || look(actor, own));
}

/* A connection that broke earlier is found out here, so not every failure counts. */
static void sweep_one(void *arg)
{
    actor *actor = arg;
    crowd *crowd = actor->crowd;
    for (int looks = 0; looks < LOOKS; looks++) {
        toasty_auto(toasty_db) own = hold_one(actor);
        if (!own || !serves(actor, own))
            continue;
        crowd->swept++;
        while (crowd->swept < crowd->pool_size && toasty_sleep(1) == 0)
            ;
        return;
    }
    ledger_break(crowd->ledger, PROMISE_SERVES, "a connection does not serve: %s",
                 toasty_last_error()->message);
    crowd->swept++;
}

/* True once the judge disturbs nobody. */
static void set_calm(crowd *crowd, bool calm)
{
    atomic_store(&crowd->ledger->calm_wanted, calm);
    while (atomic_load(&crowd->ledger->calm) != calm)
        toasty_sleep(1);
}

static void sweep(crowd *crowd)
{
    set_calm(crowd, true);
    crowd->swept = 0;
    for (uint8_t i = 0; i < crowd->pool_size; i++) {
        actor_init(crowd, i);
        toasty_ignore(toasty_spawn(&crowd->loop, sweep_one, &crowd->actors[i], .stack_size = STACK_SIZE));
    }
    uv_run(&crowd->loop, UV_RUN_DEFAULT);
    toasty_pool_status pool = toasty_pool(crowd->db);
    if (pool.open != pool.idle || pool.waiting)
        ledger_break(crowd->ledger, PROMISE_SERVES, "%u connections are open, %u idle, and %u calls wait",
                     pool.open, pool.idle, pool.waiting);
    set_calm(crowd, false);
}

/* --- rounds --- */

/* The server may be disturbed at this very moment. */
static toasty_db *open_patiently(crowd *crowd, const char *url)
{
    const toasty_open_options *pool = &pools[chance(&crowd->seed, POOLS)];
    toasty_db *db = NULL;
    for (int times = 0; !db && times < OPENINGS; times++) {
        db = toasty_open_(url, &models_schema, pool);
        if (!db)
            toasty_sleep(5);
    }
    crowd->pool_size = (uint8_t)pool->max_pool_size;
    return db;
}

/* What a session looks like that nobody has used. */
static bool learn_settings(crowd *crowd)
{
    for (size_t i = 0; i < target.leftover_count; i++) {
        char text[300];
        snprintf(text, sizeof text, "SELECT %s", target.leftovers[i].look);
        toasty_auto(toasty_rows) rows = toasty_sql_rows(crowd->db, text);
        if (!rows || rows->len != 1)
            return false;
        const char *cell = toasty_cell(rows, 0, 0);
        snprintf(crowd->settings[i], SETTING_SIZE, "%s", cell ? cell : "");
    }
    return true;
}

/* Half a crowd cannot be judged. */
static void need(bool worked, const char *what)
{
    if (worked)
        return;
    printf("%s: %s\n", what, toasty_last_error()->message);
    exit(1);
}

static void begin_round(crowd *crowd, void (*end)(void *crowd))
{
    atomic_store(&crowd->stops, false);
    atomic_store(&crowd->closing, false);
    for (uint8_t i = 0; i < FIBERS + THREADS; i++)
        actor_init(crowd, i);
    for (int i = 0; i < FIBERS; i++)
        need(spawn(&crowd->actors[i]), "no fiber");
    need(toasty_spawn(&crowd->loop, cancel_at_random, crowd) != NULL, "no fiber");
    need(toasty_spawn(&crowd->loop, end, crowd) != NULL, "no fiber");
    for (int i = 0; i < THREADS; i++)
        need(!pthread_create(&crowd->threads[i], NULL, run_thread, &crowd->actors[FIBERS + i]), "no thread");
}

static void run_round(crowd *crowd, const char *url, bool closes)
{
    toasty_auto(toasty_db) db = crowd->db = open_patiently(crowd, url);
    need(db != NULL, "the database cannot be opened");
    begin_round(crowd, closes ? close_amid : stop_all);
    uv_run(&crowd->loop, UV_RUN_DEFAULT);
    for (int i = 0; i < THREADS; i++)
        pthread_join(crowd->threads[i], NULL);
    if (crowd->alive)
        ledger_break(crowd->ledger, PROMISE_ANSWERED, "the loop has ended and %d fibers have not",
                     crowd->alive);
    if (!closes)
        sweep(crowd);
}

/* On a connection of its own, before anything happens. */
static void learn_first(crowd *crowd, const char *url)
{
    set_calm(crowd, true);
    toasty_auto(toasty_db) db = crowd->db = open_patiently(crowd, url);
    bool learnt = false;
    for (int looks = 0; db && looks < LOOKS && !learnt; looks++)
        learnt = learn_settings(crowd);
    need(learnt, "the database cannot be looked at");
    set_calm(crowd, false);
}

int crowd_work(ledger *ledger, const char *url)
{
    static crowd crowd;
    uint64_t begun = atomic_load(&ledger->progress), all = atomic_load(&ledger->target) - begun;
    crowd.ledger = ledger;
    crowd.seed = ledger->seed + begun;
    need(uv_loop_init(&crowd.loop) == 0, "no loop");
    learn_first(&crowd, url);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        crowd.end = begun + all * (round + 1) / ROUNDS;
        run_round(&crowd, url, round % 2 == 1);
    }
    need(uv_loop_close(&crowd.loop) == 0, "something is left on the loop");
    return 0;
}
