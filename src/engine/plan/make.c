/* Making plans that the cache does not have, and keeping those that are likely to be asked for again. */
#include "engine/plan/make.h"
#include "base/container.h"
#include "base/error.h"
#include "engine/plan/plain.h"

/* Gives a new plan its name, by which it is found from now on. */
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

static int lower(toasty__engine *engine, toasty__plan *plan, const toasty__recipe *recipe, toasty_error *err)
{
    toasty__lowering lowering;
    toasty__lower_begin(&lowering, engine, plan, err);
    if (recipe->lower(&lowering, recipe) < 0)
        return lowering.failed ? toasty__fail_memory(err) : -1;
    return 0;
}

static toasty__plan *make(toasty__engine *engine, const toasty__name *name, const toasty__recipe *recipe,
                          toasty_error *err)
{
    toasty__plan *plan = toasty__plan_new(err);
    if (!plan)
        return NULL;
    if (lower(engine, plan, recipe, err) < 0 || (!recipe->rare && keep(engine, plan, name, err) < 0)) {
        toasty__plan_release(plan);
        return NULL;
    }
    atomic_fetch_add_explicit(&engine->cache.made, 1, memory_order_relaxed);
    return plan;
}

toasty__plan *toasty__plan_of(toasty__engine *engine, const toasty__name *name, const toasty__recipe *recipe,
                              toasty_error *err)
{
    toasty__plan *plan = toasty__cache_find(&engine->cache, name);
    return plan ? plan : make(engine, name, recipe, err);
}

/* --- rows --- */

typedef struct rows {
    toasty__recipe recipe;
    /* without a gap: these bytes are the name */
    const toasty_model *model;
    uint32_t row_count;
    uint16_t key, draws;
} rows;
_Static_assert(sizeof(rows) - offsetof(rows, model) == sizeof(void *) + 8,
               "bytes that name a plan have no gap");

static int lower_rows(toasty__lowering *lowering, const toasty__recipe *recipe)
{
    const rows *of = toasty__container(recipe, rows, recipe);
    lowering->plan->model = of->model;
    lowering->plan->kind = TOASTY_REQUEST_CREATE;
    lowering->plan->key_source = (uint8_t)of->key;
    return of->draws ? toasty__lower_draw(lowering, of->model)
                     : toasty__lower_insert(lowering, of->model, of->row_count, (toasty__key_source)of->key);
}

static toasty__plan *plan_of_rows(toasty__engine *engine, const rows *of, toasty_error *err)
{
    size_t head = offsetof(rows, model);
    toasty__name name = toasty__name_of((const char *)of + head, sizeof(*of) - head);
    return toasty__plan_of(engine, &name, &of->recipe, err);
}

/* The insert of one row has a place, as plain requests have. */
static toasty__plan *plan_of_row(toasty__engine *engine, const rows *of, bool *held, toasty_error *err)
{
    uintptr_t number = ((uintptr_t)of->model >> 3) + TOASTY_REQUEST_CREATE * 5u + of->key;
    toasty__plan *plan = toasty__plain_at(engine, number);
    if (plan && plan->model == of->model && plan->kind == TOASTY_REQUEST_CREATE &&
        plan->key_source == of->key) {
        toasty__cache_count_found(&engine->cache);
        *held = false;
        return plan;
    }
    plan = plan_of_rows(engine, of, err);
    if (plan)
        toasty__plain_keep(engine, number, plan);
    return plan;
}

toasty__plan *toasty__plan_of_insert(toasty__engine *engine, const toasty_model *model, uint32_t row_count,
                                     toasty__key_source key, bool *held, toasty_error *err)
{
    const rows of = {{.lower = lower_rows}, model, row_count, (uint16_t)key, false};
    *held = true;
    return row_count == 1 ? plan_of_row(engine, &of, held, err) : plan_of_rows(engine, &of, err);
}

toasty__plan *toasty__plan_of_draw(toasty__engine *engine, const toasty_model *model, toasty_error *err)
{
    const rows of = {{.lower = lower_rows}, model, 0, TOASTY__KEY_MADE, true};
    return plan_of_rows(engine, &of, err);
}
