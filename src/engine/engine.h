/* The engine: requests in, a program of jobs out, results back.
 *
 *     request → shape (the key of the plan, and the bound values)
 *             → plan, found in the cache or made: verify → lower → plan
 *             → exec: stage by stage, each one job of the driver
 *
 * An execution runs one request or a batch of them. It is a state machine: start it, and `done` is called
 * once, perhaps inside the start. It waits for nothing but its jobs, and knows connections only through the
 * session that runs them. */
#ifndef TOASTY_ENGINE_ENGINE_H
#define TOASTY_ENGINE_ENGINE_H

#include "base/arena.h"
#include "engine/plan/cache.h"
#include <toasty/codegen.h>
#include <toasty/driver/driver.h>

enum { TOASTY__PLAIN_PLACES = 128 };

/* Of one opened database. Shared by all its threads. */
typedef struct toasty__engine {
    const toasty_schema *schema;
    const toasty_driver *driver;
    const char *prefix; /* of table names; "" when none */
    toasty__cache cache;
    _Atomic(struct toasty__plan *) plain[TOASTY__PLAIN_PLACES]; /* plain.h */
} toasty__engine;

void toasty__engine_init(toasty__engine *engine, const toasty_schema *schema, const toasty_driver *driver,
                         const char *prefix, size_t cache_size);
void toasty__engine_done(toasty__engine *engine); /* no execution is under way */

/* How a job wants its connection. */
typedef enum toasty__need {
    TOASTY__NEED_READ = 0,
    TOASTY__NEED_WRITE = 1,
    TOASTY__NEED_KEEP = 2 /* stay on this connection, alone, until `finish`: the job begins a transaction */
} toasty__need;

/* What runs jobs: the db layer implements it over a pool or a transaction's connection. */
typedef struct toasty__session {
    /* Runs a job on a connection and has job->done called once, on the caller's reactor or inside submit; a
     * connection that cannot be had fails the job. */
    void (*submit)(struct toasty__session *session, toasty_job *job, unsigned needs);
    /* Gives up the job that is under way or waits for a connection; job->done is still called. */
    void (*cancel)(struct toasty__session *session, toasty_job *job);
    /* Gives back a kept connection. ok: its transaction ended as it should; otherwise it is rolled back
     * first. */
    void (*finish)(struct toasty__session *session, bool ok);
    bool in_transaction; /* the caller's own: no BEGIN of ours, nothing atomic by itself */
} toasty__session;

typedef struct toasty__execution toasty__execution;

/* One request of an execution and what comes of it. */
typedef struct toasty__task_result {
    void *root; /* record, list, page: published; owned by the caller when the execution succeeded */
    int64_t count;
} toasty__task_result;

struct toasty__execution {
    toasty__engine *engine;
    toasty__session *session;
    void (*done)(toasty__execution *execution); /* set by the caller, with `user`; called once */
    void *user;
    toasty_error *error;          /* where an error goes; code TOASTY_OK at the end when it succeeded */
    toasty__task_result *results; /* one a request, given by the caller */
    /* the machine's own */
    struct toasty__running *runs; /* one a request */
    size_t run_count, begun_runs;
    toasty__arena arena; /* begins in `space`, so that a small request allocates nothing here */
    toasty_job job;
    uint32_t operation_capacity;
    bool kept;         /* a transaction of ours holds one connection */
    bool begun, ended; /* its BEGIN, its COMMIT was sent */
    bool writes, in_flight, cancelled;
    bool writing; /* changes may be sent; on stores without transactions after all that is read for them */
    _Alignas(16) char space[3584];
};

/* Starts the requests (all or nothing when more than one). They and all they mention stay alive until done.
 * error and results are set before done is called. The execution may be freed inside done. */
void toasty__execute(toasty__execution *execution, const toasty_request *const *requests, size_t count);
/* Asks it to end soon; done is called with `cancelled`, or with the real outcome when that came first. */
void toasty__execution_cancel(toasty__execution *execution);

#endif
