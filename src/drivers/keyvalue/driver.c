/* The driver of stores in memory: `keyvalue:` and `keyvalue:name`.
 *
 *     page=n            rows of an answer before a continuation; 3 unless said, 0: no limit
 *     latency_turns=n   answers come n turns of the reactor later; 0: inside submit
 *     strict=on, …      what it can do: see habits.h
 *     reads=eventual    a read misses once what was just made, unless it asks for what is current
 *     lose=n            every n-th group is lost, by turns on its way and when it was done; 0: none is
 *
 * It knows keys and nothing else, so it shows what the engine plans for such databases, and what the engine
 * costs by itself. */
#include "base/alloc.h"
#include "base/container.h"
#include "base/error.h"
#include "core/url.h"
#include "drivers/keyvalue/habits.h"
#include "drivers/keyvalue/job.h"
#include "drivers/keyvalue/schema.h"
#include "fiber/reactor.h"
#include <stdatomic.h>
#include <string.h>

extern const toasty_capability toasty__keyvalue_capability;
TOASTY_API extern const toasty_driver toasty_keyvalue_driver;

typedef struct settings {
    toasty__kv_store *store;
    uint32_t page, latency_turns;
    uint32_t lose;      /* 0: no answer is lost */
    atomic_uint groups; /* that were sent so far */
    toasty_capability can;
    toasty_driver driver; /* of stores that can do this */
} settings;

typedef struct connection {
    toasty_connection connection; /* first: what the pool holds */
    settings *settings;
    toasty_job *jobs; /* that are under way */
    bool posted;      /* the task will run */
    toasty__task task;
} connection;

/* `reads=eventual`, or not. */
static int read_lag(const toasty_url *url, bool *lags, toasty_error *err)
{
    const char *reads = toasty__url_option(url, "reads");
    *lags = reads && strcmp(reads, "eventual") == 0;
    return !reads || *lags ? 0 : toasty__fail(err, TOASTY_INVALID_URL, "the option `reads` is eventual");
}

static int open_store(const toasty_url *url, toasty_database *database, toasty_error *err)
{
    settings *made = toasty__calloc(1, sizeof(*made));
    if (!made)
        return toasty__fail_memory(err);
    made->page = 3;
    bool lags;
    if (read_lag(url, &lags, err) < 0 || toasty__kv_habits(url, &made->can, err) < 0 ||
        toasty__url_number(url, "page", &made->page, err) < 0 ||
        toasty__url_number(url, "latency_turns", &made->latency_turns, err) < 0 ||
        toasty__url_number(url, "lose", &made->lose, err) < 0 ||
        !(made->store = toasty__kv_store_open(url->path, err))) {
        toasty__free(made);
        return -1;
    }
    if (made->store->lags != lags) /* others may be reading it */
        made->store->lags = lags;
    database->data = made;
    made->driver = toasty_keyvalue_driver;
    made->driver.capability = &made->can;
    database->driver = &made->driver;
    database->max_connections = 0;
    database->inline_on_loop = made->latency_turns == 0;
    return 0;
}

static void close_store(toasty_database *database)
{
    settings *made = database->data;
    toasty__kv_store_close(made->store);
    toasty__free(made);
}

static void connect_store(toasty_database *database, toasty_connect *connect)
{
    connection *made = toasty__calloc(1, sizeof(*made));
    if (made) {
        made->connection.reactor = connect->reactor;
        made->settings = database->data;
        connect->connection = &made->connection;
    } else {
        connect->connection = NULL;
        toasty__fail_memory(&connect->error);
    }
    connect->done(connect);
}

static void disconnect_store(toasty_connection *closed)
{
    toasty__free(closed);
}

static int attach_store(toasty_connection *attached, toasty__reactor *reactor, toasty_error *err)
{
    (void)err;
    attached->reactor = reactor;
    return 0;
}

static void detach_store(toasty_connection *detached)
{
    detached->reactor = NULL;
}

/* Which loss this is, counted from one; 0: none. */
static unsigned count_loss(settings *settings, const toasty_job *job)
{
    if (!settings->lose || !job->atomic)
        return 0;
    unsigned groups = atomic_fetch_add(&settings->groups, 1) + 1;
    return groups % settings->lose == 0 ? groups / settings->lose : 0;
}

static void run_job(connection *of, toasty_job *job)
{
    settings *settings = of->settings;
    unsigned lost = count_loss(settings, job);
    if (lost % 2 == 0)
        of->connection.bursts += toasty__kv_run(settings->store, settings->page, &settings->can, job);
    if (lost) {
        job->failed = 0;
        toasty__fail(&job->error, TOASTY_OUTCOME_UNKNOWN,
                     "the answer was lost; whether the change was made is not known");
    }
}

/* --- jobs under way: of each, the turns that are left and whether it was given up --- */

enum { TURNS, CANCELLED };

static void answer(connection *of, toasty_job *job)
{
    if (job->driver_data[CANCELLED]) {
        job->failed = 0;
        toasty__fail(&job->error, TOASTY_CANCELLED, "the operation was cancelled");
    } else {
        run_job(of, job);
    }
    job->done(job); /* after the last one the connection may be gone */
}

/* Takes the jobs whose time has come, in the order in which they are answered. */
static toasty_job *take_due(connection *of)
{
    toasty_job *due = NULL, **last = &due, **link = &of->jobs;
    while (*link) {
        toasty_job *job = *link;
        uintptr_t turns = (uintptr_t)job->driver_data[TURNS] - 1;
        job->driver_data[TURNS] = (void *)turns;
        if (turns && !job->driver_data[CANCELLED]) {
            link = &job->next;
            continue;
        }
        *link = job->next;
        job->next = of->settings->can.unordered ? due : NULL;
        *(of->settings->can.unordered ? &due : last) = job;
        last = &job->next;
    }
    return due;
}

static void take_turn(toasty__task *task)
{
    connection *of = toasty__container(task, connection, task);
    toasty_job *due = take_due(of), *next;
    of->posted = of->jobs != NULL;
    if (of->posted)
        toasty__reactor_post(of->connection.reactor, task);
    for (; due; due = next) {
        next = due->next;
        answer(of, due);
    }
}

static void submit_job(toasty_connection *to, toasty_job *job)
{
    connection *of = (connection *)to;
    toasty_job **link = &of->jobs;
    uintptr_t turns = of->settings->latency_turns;
    job->next = NULL;
    job->driver_data[TURNS] = (void *)turns;
    job->driver_data[CANCELLED] = NULL;
    if (!turns) {
        answer(of, job);
        return;
    }
    while (*link)
        link = &(*link)->next;
    *link = job;
    if (!of->posted) {
        of->posted = true;
        of->task.run = take_turn;
        toasty__reactor_post(to->reactor, &of->task);
    }
}

/* Nothing was done yet; the job ends at the next turn. */
static void cancel_job(toasty_connection *on, toasty_job *job)
{
    (void)on;
    job->driver_data[CANCELLED] = job;
}

static const char *const schemes[] = {"keyvalue", NULL};

const toasty_driver toasty_keyvalue_driver = {
    .name = "keyvalue",
    .schemes = schemes,
    .capability = &toasty__keyvalue_capability,
    .mapping = &toasty__kv_mapping,
    .open = open_store,
    .close = close_store,
    .connect = connect_store,
    .disconnect = disconnect_store,
    .attach = attach_store,
    .detach = detach_store,
    .submit = submit_job,
    .cancel = cancel_job,
};
