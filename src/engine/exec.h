/* Inside the executor: what its parts share. exec.c drives the stages; exec_read.c, exec_create.c and
 * exec_write.c are one kind of request each: which operations a stage has, and what their answers mean. */
#ifndef TOASTY_ENGINE_EXEC_H
#define TOASTY_ENGINE_EXEC_H

#include "core/block.h"
#include "engine/loaded.h"
#include "engine/plan.h"
#include "engine/shape.h"

/* A relation list inside a record, and the root of a list: the same layout in every generated struct. */
typedef struct toasty__slice {
    void *items;
    size_t len;
    bool loaded;
} toasty__slice;

/* The root of a page: a slice, and what is beside it. */
typedef struct toasty__page {
    void *items;
    size_t len;
    bool loaded, has_next, has_prev;
} toasty__page;

/* What requests of one kind do. */
typedef struct toasty__kind {
    /* After the plan is there: sets `stages`. */
    int (*begin)(struct toasty__running *run, toasty_error *err);
    /* Adds the operations of run->stage, perhaps none. On stores without transactions a write adds its
     * changes only once execution->writing is set: until then it reads what it needs. */
    int (*issue)(struct toasty__running *run, toasty_error *err);
    /* After their answers, or when there are none. */
    int (*absorb)(struct toasty__running *run, toasty_error *err);
    /* The execution has ended, and worked or not: frees what is not in an arena. */
    void (*done)(struct toasty__running *run, bool worked);
    bool writes;
} toasty__kind;

const toasty__kind *toasty__kind_of(const toasty_request *request);
extern const toasty__kind toasty__reading, toasty__creating, toasty__writing;

/* One request under way. */
typedef struct toasty__running {
    toasty__execution *execution;
    const toasty_request *request;
    const toasty__kind *kind;
    toasty__plan *plan; /* held */
    toasty__block *block;
    toasty__loaded *loaded;      /* one a step */
    struct toasty__graph *graph; /* create */
    struct toasty__keys *keys;   /* update, delete on stores without SQL */
    uint16_t stage, stages;      /* next stage, and how many there are */
    bool quiet;                  /* its first stage changes nothing */
    bool issued;                 /* has operations in the current job */
    uint32_t first_operation, operation_count;
    int64_t count;
    uint32_t changed;       /* update, delete: its operation in the job; UINT32_MAX: not in this one */
    toasty_operation *rest; /* operations whose answers go on */
    uint32_t rest_count, rest_capacity;
    char *made; /* update of a record: what the database made of its fields */
    struct toasty__patch **patches;
    toasty__shape shape; /* holds the values */
} toasty__running;

/* A new operation of the job in the making, otherwise zeroed; NULL when out of memory. Moves the earlier
 * ones. */
toasty_operation *toasty__add_operation(toasty__execution *execution, toasty_operation_kind kind);
/* The operations of a run's current stage, after the job. */
static inline toasty_operation *toasty__run_operations(const toasty__running *run)
{
    return run->operation_count ? run->execution->job.operations + run->first_operation : NULL;
}
/* An SQL operation for a step. gathered: the keys of a child step, or NULL. */
int toasty__add_sql(toasty__running *run, toasty__step *step, const struct toasty__gathered *gathered,
                    toasty_sink *sink, toasty_error *err);

/* The block of the run's result, with a zeroed root. toasty_free knows the root from now on: a result that is
 * there can always be handed over. */
int toasty__new_result(toasty__running *run, size_t root_size, toasty_error *err);
void toasty__drop_result(toasty__running *run); /* without a block it does nothing */

/* The values of a step's parameters; gathered: the keys of its parents, or NULL. NULL when out of memory. */
const toasty_value *toasty__bind_values(toasty__running *run, const toasty__step *step,
                                        const struct toasty__gathered *gathered);
/* Adds the operations of a step on a store without SQL (read_keys.c). */
int toasty__read_keys(toasty__running *run, const toasty__step *step, toasty__loaded *loaded,
                      toasty_error *err);
/* Answers that did not come in one piece: keeps their operations after a job, and issues them again in the
 * next one of the same stage. */
int toasty__keep_rest(toasty__running *run, toasty_error *err);
int toasty__issue_rest(toasty__running *run, toasty_error *err);

/* Takes a request up: finds or makes its plan (engine.c). */
int toasty__begin(toasty__running *run, toasty__execution *execution, const toasty_request *request,
                  toasty_error *err);
/* The plans that insert so many rows and that draw their keys, held for the caller (engine.c). NULL with err.
 */
toasty__plan *toasty__plan_of_insert(toasty__engine *engine, const toasty_model *model, uint32_t row_count,
                                     toasty__key_source key, toasty_error *err);
toasty__plan *toasty__plan_of_draw(toasty__engine *engine, const toasty_model *model, toasty_error *err);

#endif
