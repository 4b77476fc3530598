/* Inside the executor: what its parts share. exec.c drives the stages; exec_read.c, exec_create.c and
 * exec_write.c each know one kind of request: which operations a stage has, and what their answers mean. */
#ifndef TOASTY_ENGINE_EXEC_H
#define TOASTY_ENGINE_EXEC_H

#include "core/block.h"
#include "engine/plan.h"
#include "engine/shape.h"

/* The rows of one step on their way into the block. */
typedef struct toasty__loaded {
    toasty_sink sink; /* first: the driver hands it back */
    struct toasty__running *run;
    const toasty__step *step;
    char *rows; /* count structs of the model, contiguous */
    size_t count, capacity;
    toasty__map by_key;                 /* a child step: the key of each parent, in the form of key_bytes() */
    toasty_value keys[TOASTY_MAX_KEYS]; /* the gathered keys, a list a field */
    size_t key_count;
} toasty__loaded;

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

/* One request under way. */
typedef struct toasty__running {
    toasty__execution *execution;
    const toasty_request *request;
    toasty__plan *plan; /* held */
    toasty__block *block;
    toasty__loaded *loaded;      /* one a step */
    struct toasty__graph *graph; /* create */
    struct toasty__keys *keys;   /* update, delete on stores without SQL */
    uint16_t stage, stages;      /* next stage, and how many there are */
    bool issued;                 /* has operations in the current job */
    uint32_t first_operation, operation_count;
    int64_t count;
    toasty_operation *rest; /* operations whose answers go on */
    uint32_t rest_count, rest_capacity;
    toasty__plan **held; /* create: plans in use besides `plan` */
    size_t held_count, held_capacity;
    char *made; /* update of a record: what the database made of its fields */
    struct toasty__patch **patches;
    toasty__shape shape; /* holds the values; last, since it is large and not zeroed with the rest */
} toasty__running;

/* A new operation of the job in the making, zeroed; NULL when out of memory. Moves the earlier ones. */
toasty_operation *toasty__add_operation(toasty__execution *execution);
/* The operations of a run's current stage, after the job. */
static inline toasty_operation *toasty__run_operations(const toasty__running *run)
{
    return run->operation_count ? run->execution->job.operations + run->first_operation : NULL;
}
/* The values of a step's parameters; loaded: of the step, for gathered keys, or NULL. NULL when out of
 * memory. */
const toasty_value *toasty__bind_values(toasty__running *run, const toasty__step *step,
                                        const toasty__loaded *loaded);
/* An SQL operation for a step. */
int toasty__add_sql(toasty__running *run, toasty__step *step, const toasty__loaded *loaded, toasty_sink *sink,
                    size_t key_count, toasty_error *err);

/* The block of the run's result, with a zeroed root. toasty_free knows the root from now on: a result that is
 * there can always be handed over. */
int toasty__new_result(toasty__running *run, size_t root_size, toasty_error *err);
void toasty__drop_result(toasty__running *run); /* without a block it does nothing */

/* Keeps a plan, whose hold passes to the run, until the run is done; releases it when out of memory (-1). */
int toasty__hold_plan(toasty__running *run, toasty__plan *plan);

/* Each kind of request. begin: after the plan is there, sets `stages`. issue: adds the operations of
 * run->stage (perhaps none). absorb: after their answers, or when
 * there are none. finish: everything worked, sets the result; cannot
 * fail. On stores without transactions a write adds its changes only once execution->writing is set: until
 * then it reads what it needs. */
int toasty__read_begin(toasty__running *run, toasty_error *err);
int toasty__read_issue(toasty__running *run, toasty_error *err);
int toasty__read_absorb(toasty__running *run, toasty_error *err);
void toasty__read_done(toasty__running *run); /* frees what is not in an arena */
/* The sink of a step whose rows become an array in the run's block. */
void toasty__loaded_init(toasty__loaded *loaded, toasty__running *run, const toasty__step *step);
/* Answers that did not come in one piece: keeps their operations after a job, and issues them again in the
 * next one of the same stage. */
int toasty__keep_rest(toasty__running *run, toasty_error *err);
int toasty__issue_rest(toasty__running *run, toasty_error *err);
/* The bytes by which a record is found: some of its fields, in a form that is equal when the values are; they
 * lie in the record, or in the arena when the key has several fields. NULL when one of them is NULL. */
const void *toasty__key_of(const toasty_model *model, const uint16_t *fields, uint32_t count,
                           const char *record, toasty__arena *arena, size_t *length);
/* Makes the loaded rows the list at the block's root. */
void toasty__list_root(toasty__running *run, toasty__loaded *loaded);

int toasty__create_begin(toasty__running *run, toasty_error *err);
int toasty__create_issue(toasty__running *run, toasty_error *err);
int toasty__create_absorb(toasty__running *run, toasty_error *err);
void toasty__create_done(toasty__running *run);

int toasty__write_begin(toasty__running *run, toasty_error *err);
int toasty__write_issue(toasty__running *run, toasty_error *err);
int toasty__write_absorb(toasty__running *run, toasty_error *err);
void toasty__write_apply(toasty__running *run); /* the record in memory follows */
void toasty__write_done(toasty__running *run);

/* The plan of a shape, from the cache or made. */
toasty__plan *toasty__engine_plan(toasty__engine *engine, const toasty__shape *shape,
                                  const toasty_request *request, toasty_error *err);
toasty__plan *toasty__engine_insert_plan(toasty__engine *engine, const toasty_model *model,
                                         uint32_t row_count, bool returns_key, toasty_error *err);

#endif
