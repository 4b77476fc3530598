/* The engine's pipeline, in the order in which a request goes through it:
 *
 *     shape  what names its plan, and beside it its values  plan/shape.c
 *     find   the plan of that shape                         plan/plain.c, plan/cache.c
 *     make   it: verify, lower, plan by keys                plan/make.c, plan/lower*.c, keys/plan.c
 *     run    the plan with the values, stage by stage       run/execution.c
 *
 * What each kind of request does on this way is a row (kinds/kinds.h). When a shape comes again nothing is
 * verified, lowered, planned or written as SQL. */
#include "engine/engine.h"
#include "base/container.h"
#include "base/error.h"
#include "engine/keys/plan.h"
#include "engine/keys/write_set.h"
#include "engine/kinds/kinds.h"
#include "engine/plan/make.h"
#include "engine/plan/narrow.h"
#include "engine/plan/plain.h"
#include "engine/plan/verify.h"

void toasty__engine_init(toasty__engine *engine, const toasty_schema *schema, const toasty_driver *driver,
                         const char *prefix, size_t cache_size)
{
    engine->schema = schema;
    engine->driver = driver;
    engine->prefix = prefix;
    toasty__cache_init(&engine->cache, cache_size);
    engine->patterns.first = NULL;
}

void toasty__engine_done(toasty__engine *engine)
{
    toasty__plain_done(engine);
    toasty__cache_done(&engine->cache);
    toasty__patterns_done(&engine->patterns);
    explicit_bzero(&engine->cursor_keys, sizeof engine->cursor_keys);
}

/* --- the plan of a request --- */

enum { MOST_KEPT_OPERANDS = 64 };

typedef struct asked {
    toasty__recipe recipe;
    toasty__engine *engine;
    const toasty__kind *kind;
    const toasty_request *request;
    uint32_t value_count; /* of its shape */
} asked;

static int lower(toasty__lowering *lowering, const toasty__recipe *recipe)
{
    const asked *of = toasty__container(recipe, const asked, recipe);
    const toasty_request *request = of->request;
    toasty_error *err = lowering->err;
    lowering->plan->model = request->model;
    lowering->plan->by = request->by;
    lowering->plan->kind = request->kind;
    lowering->plan->key_count = request->key_count;
    lowering->plan->of_record = request->record != NULL;
    if (toasty__verify(of->engine, request, err) < 0 ||
        (of->kind->verify && of->kind->verify(of->engine, request, err) < 0) ||
        of->kind->lower(lowering, request) < 0)
        return -1;
    if (lowering->next_value != of->value_count)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "the request changed while it was planned");
    return of->engine->driver->capability->sql ? 0 : toasty__plan_keys(of->engine, lowering->plan, err);
}

static __attribute__((noinline)) int shape_and_plan(toasty__running *run, toasty__engine *engine,
                                                    toasty_error *err)
{
    toasty__shape *shape = &run->shape;
    shape->engine = engine;
    if (toasty__narrow(&run->request, &run->execution->arena, err) < 0)
        return -1;
    const toasty_request *request = run->request;
    const toasty__session *session = run->execution->session;
    if (request->find.lock && session->calls->check_lock && session->calls->check_lock(session, err) < 0)
        return -1;
    if (toasty__shape_make(shape, request, run->kind->shape, err) < 0)
        return -1;
    const asked of = {{.lower = lower, .rare = shape->operand_count > MOST_KEPT_OPERANDS},
                      engine,
                      run->kind,
                      run->request, /* as its shape found it */
                      shape->value_count};
    toasty__name name = toasty__name_of(shape->bytes, shape->length);
    run->held = toasty__plan_of(engine, &name, &of.recipe, err);
    return run->held ? 0 : -1;
}

/* A plain request whose plan has a place needs no walk. */
static int find_plan(toasty__running *run, toasty__engine *engine, toasty_error *err)
{
    const toasty_request *request = run->request;
    uintptr_t number = run->kind->number ? run->kind->number(request) : 0;
    toasty__plan *plan = number ? toasty__plain_at(engine, number) : NULL;
    run->shape.arena = &run->execution->arena;
    if (plan && run->kind->take(&run->shape, plan, request)) {
        toasty__cache_count_found(&engine->cache);
        run->plan = plan;
        return 0;
    }
    if (shape_and_plan(run, engine, err) < 0)
        return -1;
    run->plan = run->held;
    if (number)
        toasty__plain_keep(engine, number, run->plan);
    return 0;
}

/* --- the way of a request --- */

/* Member by member: the shape, which is large, is filled by itself. */
static inline void take_up(toasty__running *run, toasty__execution *execution, const toasty_request *request,
                           const toasty__kind *kind)
{
    run->execution = execution;
    run->request = request;
    run->kind = kind;
    run->plan = run->held = NULL;
    run->block = NULL;
    run->loaded = NULL;
    run->graph = NULL;
    run->keys = NULL;
    run->stage = run->stages = 0;
    run->issued = run->quiet = false;
    run->first_operation = run->operation_count = 0;
    run->count = 0;
    run->rest = NULL;
    run->rest_count = run->rest_capacity = 0;
    run->made = NULL;
    run->patches = NULL;
}

static int begin_all(toasty__execution *execution, const toasty_request *const *requests)
{
    toasty__running *end = execution->runs + execution->run_count;
    for (toasty__running *run = execution->runs; run < end; run++, requests++) {
        const toasty__kind *kind = toasty__kind_of(*requests);
        take_up(run, execution, *requests, kind);
        execution->begun_runs++;
        if ((kind->lower && find_plan(run, execution->engine, execution->error) < 0) ||
            kind->begin(run, execution->error) < 0)
            return -1;
        execution->writes = execution->writes || kind->writes;
    }
    return 0;
}

/* On a store that only knows keys, changes go through a write set. */
static inline int begin_write_set(toasty__execution *execution)
{
    return execution->writes && !execution->engine->driver->capability->sql
               ? toasty__write_set_begin(execution)
               : 0;
}

void toasty__execute(toasty__execution *execution, const toasty_request *const *requests, size_t count)
{
    if (toasty__execution_prepare(execution, count) < 0 || begin_all(execution, requests) < 0 ||
        begin_write_set(execution) < 0)
        toasty__execution_fail(execution);
    else
        toasty__execution_go(execution);
}

/* Only at its end does a run tell the program what it did, unless it failed. */
static void end_in_vain(toasty__running *run, bool worked)
{
    (void)worked;
    toasty__kind_of(run->request)->end(run, false);
}

int toasty__execution_in_vain(toasty__execution *execution, toasty_error *err)
{
    for (size_t i = 0; i < execution->run_count; i++) {
        toasty__running *run = &execution->runs[i];
        toasty__kind *kind = toasty__arena_copy(&execution->arena, run->kind, sizeof(*kind));
        if (!kind)
            return toasty__fail_memory(err);
        kind->end = end_in_vain;
        run->kind = kind;
    }
    return 0;
}

void toasty__execution_cancel(toasty__execution *execution)
{
    execution->cancelled = true;
    if (execution->in_flight)
        execution->session->calls->cancel(execution->session, &execution->job);
}
