/* The places of plain requests: a table in the engine, entered by what tells such requests apart. */
#include "engine/plan/plain.h"
#include "core/query.h"

static bool has_order(const toasty_find *find)
{
    for (const toasty_order *order = find->order_by; order && order != find->order_by + find->order_max;
         order++)
        if (order->direction)
            return true;
    return false;
}

static bool has_include(const toasty_find *find)
{
    for (const toasty_include *include = find->include;
         include && include != find->include + find->include_max; include++)
        if (include->relation)
            return true;
    return false;
}

bool toasty__is_plain(const toasty_request *request)
{
    const toasty_find *find = &request->find;
    return !(request->range || request->keys[0].kind == TOASTY_VALUE_LIST || request->returning ||
             request->scan || request->owner || request->record || find->query || find->limit ||
             find->offset || find->everything || (find->where && find->where->node_count) ||
             has_order(find) || has_include(find));
}

static _Atomic(toasty__plan *) *place_of(toasty__engine *engine, const toasty_request *request)
{
    uintptr_t mixed = (uintptr_t)request->model / sizeof(*request->model) * 31 +
                      (uintptr_t)request->by / sizeof(*request->by) * 7 + request->kind * 5u +
                      request->key_count;
    return &engine->plain[mixed % TOASTY__PLAIN_PLACES];
}

static bool is_plan_of(const toasty__plan *plan, const toasty_request *request)
{
    return plan->model == request->model && plan->by == request->by && plan->kind == request->kind &&
           plan->key_count == request->key_count;
}

toasty__plan *toasty__plain_find(toasty__engine *engine, const toasty_request *request)
{
    toasty__plan *plan = atomic_load_explicit(place_of(engine, request), memory_order_acquire);
    if (!plan || !is_plan_of(plan, request))
        return NULL;
    toasty__cache_count_found(&engine->cache);
    toasty__plan_hold(plan);
    return plan;
}

void toasty__plain_keep(toasty__engine *engine, const toasty_request *request, toasty__plan *plan)
{
    toasty__plan *none = NULL;
    toasty__plan_hold(plan);
    if (!atomic_compare_exchange_strong(place_of(engine, request), &none, plan))
        toasty__plan_release(plan);
}

void toasty__plain_done(toasty__engine *engine)
{
    for (size_t i = 0; i < TOASTY__PLAIN_PLACES; i++)
        toasty__plan_release(engine->plain[i]);
}
