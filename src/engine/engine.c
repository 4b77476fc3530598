/* The engine's pipeline: request → shape → plan (found, or verified, lowered and planned) → execution. */
#include "engine/engine.h"
#include "base/error.h"
#include "engine/exec.h"
#include <string.h>

int toasty__engine_init(toasty__engine *engine, const toasty_schema *schema, const toasty_driver *driver,
                        const char *prefix, size_t cache_size, toasty_error *err)
{
    engine->schema = schema;
    engine->driver = driver;
    engine->prefix = prefix;
    return toasty__cache_init(&engine->cache, cache_size, err);
}

void toasty__engine_done(toasty__engine *engine)
{
    toasty__cache_done(&engine->cache);
}

/* Gives a new plan its name, and keeps it when its shape is likely to come again. */
static toasty__plan *keep(toasty__engine *engine, toasty__plan *plan, const void *shape, size_t length,
                          uint64_t hash, bool worth_keeping, toasty_error *err)
{
    if (!plan || !worth_keeping)
        return plan;
    plan->shape = toasty__arena_copy(&plan->arena, shape, length);
    if (!plan->shape) {
        toasty__plan_release(plan);
        toasty__fail_memory(err);
        return NULL;
    }
    plan->shape_length = length;
    plan->hash = hash;
    toasty__cache_keep(&engine->cache, plan);
    return plan;
}

toasty__plan *toasty__engine_plan(toasty__engine *engine, const toasty__shape *shape,
                                  const toasty_request *request, toasty_error *err)
{
    uint64_t hash = toasty__hash(shape->bytes, shape->length);
    toasty__plan *plan = toasty__cache_find(&engine->cache, shape->bytes, shape->length, hash);
    if (plan)
        return plan;
    plan = toasty__plan_make(engine, request, shape->value_count, err);
    return keep(engine, plan, shape->bytes, shape->length, hash, shape->operand_count <= 64, err);
}

toasty__plan *toasty__engine_insert_plan(toasty__engine *engine, const toasty_model *model,
                                         uint32_t row_count, bool returns_key, toasty_error *err)
{
    struct {
        const toasty_model *model;
        uint32_t row_count, returns_key;
    } shape = {model, row_count, returns_key};
    uint64_t hash = toasty__hash(&shape, sizeof(shape));
    toasty__plan *plan = toasty__cache_find(&engine->cache, &shape, sizeof(shape), hash);
    if (plan)
        return plan;
    plan = toasty__plan_insert(engine, model, row_count, returns_key, err);
    return keep(engine, plan, &shape, sizeof(shape), hash, true, err);
}
