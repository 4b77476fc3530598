/* An execution: one request or a batch of them under way, and the runs that it consists of.
 *
 * It is a state machine: once started, `done` is called once, perhaps inside the start. It waits for nothing
 * but its jobs, and knows connections only through the session that runs them. Here is its state, and what
 * the kinds of requests (kinds/) and the stores that only know keys (keys/) use of it. */
#ifndef TOASTY_ENGINE_RUN_RUN_H
#define TOASTY_ENGINE_RUN_RUN_H

#include "core/block.h"
#include "engine/plan/plan.h"
#include "engine/plan/shape.h"
#include "engine/plan/state.h"
#include "engine/run/loaded.h"
#include "engine/run/session.h"

struct toasty__gathered;
struct toasty__lowering;
typedef struct toasty__execution toasty__execution;
typedef struct toasty__running toasty__running;

/* What sets requests of one kind apart. NULL: nothing does. Each row stands in the file of its kind. */
typedef struct toasty__kind {
    /* What a request may not ask, beyond what no request may (verify.h). */
    int (*verify)(const toasty__engine *engine, const toasty_request *request, toasty_error *err);
    /* Adds to the shape, between the rows that are meant and the options. */
    int (*shape)(toasty__shape *shape, const toasty_request *request, toasty_error *err);
    /* A number made of what distinguishes a plain request (plain.h); 0: it is not plain. NULL: none is. */
    uintptr_t (*number)(const toasty_request *request);
    /* Takes the values of a plain request when `plan`, which was found by that number, is its plan. */
    bool (*take)(toasty__shape *shape, const toasty__plan *plan, const toasty_request *request);
    /* Makes the steps of the plan. NULL: the request has no plan, and its runs find their own. */
    int (*lower)(struct toasty__lowering *lowering, const toasty_request *request);
    /* After the plan is there: sets `stages`. */
    int (*begin)(toasty__running *run, toasty_error *err);
    /* Adds the operations of run->stage, perhaps none. On stores without transactions a write adds its
     * changes only once execution->writing is set: until then it reads what it needs. */
    int (*issue)(toasty__running *run, toasty_error *err);
    /* After their answers, or when there are none. */
    int (*absorb)(toasty__running *run, toasty_error *err);
    /* The execution has ended, and worked or not: frees what is not in an arena. */
    void (*end)(toasty__running *run, bool worked);
    bool writes; /* it changes rows */
    bool root;   /* its result is a root even when no rows are asked back */
} toasty__kind;

/* One request under way. */
struct toasty__running {
    toasty__execution *execution;
    const toasty_request *request;
    const toasty__kind *kind;
    toasty__plan *plan;
    toasty__plan *held; /* the same; NULL when its place holds it */
    toasty__block *block;
    toasty__loaded *loaded;      /* one a step */
    struct toasty__graph *graph; /* create */
    struct toasty__keys *keys;   /* update, delete on stores without SQL */
    uint16_t stage, stages;      /* next stage, and how many there are */
    bool quiet;                  /* one of its stages changes nothing: the first, or the last */
    bool issued;                 /* has operations in the current job */
    uint32_t first_operation, operation_count;
    int64_t count;
    uint32_t changed; /* update, delete: the operation of the job that does it; UINT32_MAX: not in this one */
    toasty_operation *rest; /* operations whose answers go on */
    size_t rest_count, rest_capacity;
    char *made; /* update of a record: what the database made of its fields */
    struct toasty__patch **patches;
    toasty__shape shape; /* holds the values */
};

/* What comes of a request. */
typedef struct toasty__task_result {
    void *root; /* record, list, page: published; owned by the caller when the execution succeeded */
    int64_t count;
} toasty__task_result;

struct toasty__execution {
    toasty__engine *engine;
    toasty__session *session;
    void (*done)(toasty__execution *execution); /* set by the caller; called once */
    toasty_error *error;          /* where an error goes; code TOASTY_OK at the end when it succeeded */
    toasty__task_result *results; /* one a request, given by the caller */
    /* the machine's own */
    toasty__running *runs; /* one a request */
    size_t run_count, begun_runs;
    toasty__arena arena; /* begins in `space`, so that a small request allocates nothing here */
    toasty_job job;
    size_t operation_capacity;
    bool kept;         /* a transaction of ours holds one connection */
    bool begun, ended; /* its BEGIN, its COMMIT was sent */
    bool writes, in_flight, cancelled;
    bool writing; /* changes may be sent; on stores without transactions after all that is read for them */
    /* what an execution of a single request with a single step needs */
    toasty_operation operation;
    toasty__loaded loaded;
    toasty__running run;
    _Alignas(16) char space[2560];
};

/* --- driving it (execution.c) --- */

/* Makes room for the runs of `count` requests. 0, or -1 with its error. */
int toasty__execution_prepare(toasty__execution *execution, size_t count);
/* Runs what has begun, stage by stage. */
void toasty__execution_go(toasty__execution *execution);
/* Ends it now, with its error. */
void toasty__execution_fail(toasty__execution *execution);

/* --- operations (operations.c) --- */

/* A new operation of the job in the making, otherwise zeroed; NULL when out of memory. Moves the earlier
 * ones. */
toasty_operation *toasty__add_operation(toasty__execution *execution, toasty_operation_kind kind);
/* The same for a statement; `key` stays as it was. */
toasty_operation *toasty__add_statement(toasty__execution *execution, const toasty_statement *statement,
                                        const toasty_model *model);
/* The operations of a run's current stage, after the job. */
static inline toasty_operation *toasty__run_operations(const toasty__running *run)
{
    return run->operation_count ? run->execution->job.operations + run->first_operation : NULL;
}
/* An SQL operation for a step. gathered: the keys of a child step, or NULL. */
int toasty__add_sql(toasty__running *run, toasty__step *step, const struct toasty__gathered *gathered,
                    toasty_sink *sink, toasty_error *err);
const toasty_value *toasty__bind_others(toasty__running *run, const toasty__step *step,
                                        const struct toasty__gathered *gathered);
/* The values of a step's parameters; gathered: the keys of its parents, or NULL. NULL when out of memory. */
static inline const toasty_value *toasty__bind_values(toasty__running *run, const toasty__step *step,
                                                      const struct toasty__gathered *gathered)
{
    return step->direct ? run->shape.values : toasty__bind_others(run, step, gathered);
}
/* Answers that did not come in one piece: keeps their operations after a job, and issues them again in the
 * next one of the same stage. */
int toasty__keep_rest(toasty__running *run, toasty_error *err);
int toasty__issue_rest(toasty__running *run, toasty_error *err);

/* --- results (result.c) --- */

/* One row was meant, and it was not there, or not as the request knows it. -1 with err. */
int toasty__refuse_change(const toasty_model *model, bool is_there, toasty_error *err);

/* The root of a page: a slice, and what is beside it. */
typedef struct toasty__page {
    void *items;
    size_t len;
    bool loaded, has_next, has_prev;
} toasty__page;

/* The block of the run's result, with a zeroed root and `room` for rows beside it. toasty_free knows the root
 * from now on: a result that is there can always be handed over. */
int toasty__new_result(toasty__running *run, size_t root_size, size_t room, toasty_error *err);
void toasty__drop_result(toasty__running *run); /* without a block it does nothing */
/* Makes the settled rows the list at the block's root. */
void toasty__list_root(toasty__running *run, const toasty__loaded *loaded);

#endif
