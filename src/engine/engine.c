/* The engine's pipeline, in the order in which a request goes through it:
 *
 *     shape    its form, which names its plan, and beside it its values     plan/shape.c
 *     find     the plan of that form                                        plan/cache.c, plan/plain.c
 *     or make  it: verify, lower, and plan for a store that knows only keys plan/verify.c, plan/lower*.c,
 * keys/plan.c execute  the plan with the values, stage by stage                     run/, kinds/
 *
 * When a form comes again nothing is verified, lowered, planned or written as SQL. */
#include "engine/engine.h"
#include "base/error.h"
#include "engine/keys/plan.h"
#include "engine/plan/lower.h"
#include "engine/plan/plain.h"
#include "engine/plan/verify.h"
#include "engine/run/running.h"
#include <string.h>

void toasty__engine_init(toasty__engine *engine, const toasty_schema *schema, const toasty_driver *driver,
                         const char *prefix, size_t cache_size)
{
    engine->schema = schema;
    engine->driver = driver;
    engine->prefix = prefix;
    toasty__cache_init(&engine->cache, cache_size);
}

void toasty__engine_done(toasty__engine *engine)
{
    toasty__plain_done(engine);
    toasty__cache_done(&engine->cache);
}

/* --- making a plan --- */

/* What a plan is made of: a request and the number of values that its shape has, or the rows of a model that
 * are inserted, or their keys. */
typedef struct source {
    const toasty_request *request; /* NULL: rows */
    uint32_t value_count;
    const toasty_model *model;
    uint32_t row_count;
    toasty__key_source key;
    bool draws;
} source;

static int lower(toasty__lowering *lowering, const source *from)
{
    if (!from->request)
        return from->draws ? toasty__lower_draw(lowering, from->model)
                           : toasty__lower_insert(lowering, from->model, from->row_count, from->key);
    int lowered = from->request->kind == TOASTY_REQUEST_UPDATE ? toasty__lower_update(lowering, from->request)
                  : from->request->kind == TOASTY_REQUEST_DELETE
                      ? toasty__lower_delete(lowering, from->request)
                      : toasty__lower_read(lowering, from->request);
    if (lowered == 0 && lowering->next_value != from->value_count)
        return toasty__fail(lowering->err, TOASTY_INVALID_STATEMENT,
                            "the request changed while it was planned");
    return lowered;
}

static int make_into(toasty__engine *engine, toasty__plan *plan, const source *from, toasty_error *err)
{
    toasty__lowering lowering;
    if (from->request && toasty__verify(engine, from->request, err) < 0)
        return -1;
    toasty__lower_begin(&lowering, engine, plan, err);
    if (lower(&lowering, from) < 0)
        return lowering.failed ? toasty__fail_memory(err) : -1;
    return engine->driver->capability->sql ? 0 : toasty__plan_keys(engine, plan, err);
}

/* Gives a new plan its name, and keeps it when its shape is likely to come again. */
static int keep(toasty__engine *engine, toasty__plan *plan, const toasty__name *name, toasty_error *err)
{
    plan->shape = toasty__arena_copy(&plan->arena, name->bytes, name->length);
    if (!plan->shape)
        return toasty__fail_memory(err);
    plan->shape_length = name->length;
    plan->hash = name->hash;
    toasty__cache_keep(&engine->cache, plan);
    return 0;
}

static toasty__plan *make(toasty__engine *engine, const toasty__name *name, const source *from,
                          bool worth_keeping, toasty_error *err)
{
    toasty__plan *plan = toasty__plan_new(err);
    if (!plan)
        return NULL;
    if (from->request) {
        plan->model = from->request->model;
        plan->by = from->request->by;
        plan->kind = from->request->kind;
        plan->key_count = from->request->key_count;
    }
    if (make_into(engine, plan, from, err) < 0 || (worth_keeping && keep(engine, plan, name, err) < 0)) {
        toasty__plan_release(plan);
        return NULL;
    }
    atomic_fetch_add_explicit(&engine->cache.made, 1, memory_order_relaxed);
    return plan;
}

/* --- the plan of what is asked --- */

static toasty__plan *plan_of_request(toasty__engine *engine, const toasty__shape *shape,
                                     const toasty_request *request, toasty_error *err)
{
    toasty__name name = toasty__name_of(shape->bytes, shape->length);
    toasty__plan *plan = toasty__cache_find(&engine->cache, &name);
    source from = {.request = request, .value_count = shape->value_count};
    if (!plan && !(plan = make(engine, &name, &from, shape->operand_count <= 64, err)))
        return NULL;
    if (toasty__is_plain(request))
        toasty__plain_keep(engine, request, plan);
    return plan;
}

static toasty__plan *plan_of_rows(toasty__engine *engine, const source *from, toasty_error *err)
{
    struct {
        const toasty_model *model;
        uint32_t row_count;
        uint16_t key, draws;
    } shape = {from->model, from->row_count, (uint16_t)from->key, from->draws};
    toasty__name name = toasty__name_of(&shape, sizeof(shape));
    toasty__plan *plan = toasty__cache_find(&engine->cache, &name);
    return plan ? plan : make(engine, &name, from, true, err);
}

toasty__plan *toasty__plan_of_insert(toasty__engine *engine, const toasty_model *model, uint32_t row_count,
                                     toasty__key_source key, toasty_error *err)
{
    return plan_of_rows(engine, &(source){.model = model, .row_count = row_count, .key = key}, err);
}

toasty__plan *toasty__plan_of_draw(toasty__engine *engine, const toasty_model *model, toasty_error *err)
{
    return plan_of_rows(engine, &(source){.model = model, .draws = true}, err);
}

/* --- the way of a request --- */

/* A plain request whose plan has a place needs no walk. 1: it has; 0; or -1 with err. */
static int begin_plain(toasty__running *run, toasty__engine *engine, const toasty_request *request,
                       toasty_error *err)
{
    toasty__plan *plan = toasty__is_plain(request) ? toasty__plain_find(engine, request) : NULL;
    if (!plan)
        return 0;
    if (toasty__shape_of_keys(&run->shape, request, err) < 0)
        return -1;
    toasty__cache_count_found(&engine->cache);
    toasty__plan_hold(plan);
    run->plan = plan;
    return 1;
}

/* Member by member: the shape, which is large, is filled by itself. */
static void take_up(toasty__running *run, toasty__execution *execution, const toasty_request *request)
{
    run->execution = execution;
    run->request = request;
    run->kind = toasty__kind_of(request);
    run->plan = NULL;
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

int toasty__begin(toasty__running *run, toasty__execution *execution, const toasty_request *request,
                  toasty_error *err)
{
    toasty__engine *engine = execution->engine;
    take_up(run, execution, request);
    if (request->kind == TOASTY_REQUEST_CREATE) /* its plans are those of the inserts of its rows */
        return run->kind->begin(run, err);
    int plain = begin_plain(run, engine, request, err);
    if (plain < 0 ||
        (!plain && (toasty__shape_make(&run->shape, engine, request, &execution->arena, err) < 0 ||
                    !(run->plan = plan_of_request(engine, &run->shape, request, err)))))
        return -1;
    return run->kind->begin(run, err);
}
