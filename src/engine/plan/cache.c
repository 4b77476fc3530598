/* The plan cache: a map by shape, and a list from the newest to the oldest use. */
#include "engine/plan/cache.h"
#include "engine/plan/plan.h"

enum { MOST_BYTES = 8 << 20 };

void toasty__cache_init(toasty__cache *cache, size_t limit)
{
    *cache = (toasty__cache){.limit = limit, .byte_limit = MOST_BYTES};
}

static void unlink_plan(toasty__cache *cache, toasty__plan *plan)
{
    *(plan->newer ? &plan->newer->older : &cache->newest) = plan->older;
    *(plan->older ? &plan->older->newer : &cache->oldest) = plan->newer;
}

static void link_newest(toasty__cache *cache, toasty__plan *plan)
{
    plan->newer = NULL;
    plan->older = cache->newest;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = plan;
    cache->newest = plan;
}

static toasty__plan *take_oldest(toasty__cache *cache)
{
    toasty__plan *plan = cache->oldest;
    unlink_plan(cache, plan);
    toasty__map_remove(&cache->plans, plan->shape, plan->shape_length);
    cache->bytes -= plan->cached_bytes;
    plan->cached_bytes = 0;
    return plan;
}

/* Under the lock: the plans that are too much, chained by `older`. */
static toasty__plan *take_excess(toasty__cache *cache)
{
    toasty__plan *excess = NULL;
    while (cache->plans.count > cache->limit || (cache->bytes > cache->byte_limit && cache->oldest)) {
        toasty__plan *oldest = take_oldest(cache);
        oldest->older = excess;
        excess = oldest;
    }
    return excess;
}

static void release_all(toasty__plan *plan)
{
    while (plan) {
        toasty__plan *next = plan->older;
        toasty__plan_release(plan);
        plan = next;
    }
}

/* Under the lock. */
static void measure(toasty__cache *cache, toasty__plan *plan)
{
    size_t bytes = sizeof *plan + toasty__arena_bytes(&plan->arena);
    cache->bytes += bytes - plan->cached_bytes;
    plan->cached_bytes = bytes;
}

void toasty__cache_done(toasty__cache *cache)
{
    while (cache->oldest)
        toasty__plan_release(take_oldest(cache));
    toasty__map_done(&cache->plans);
}

toasty__plan *toasty__cache_find(toasty__cache *cache, const toasty__name *name)
{
    toasty__lock_take(&cache->lock);
    toasty__plan *plan = toasty__map_get_hashed(&cache->plans, name->bytes, name->length, name->hash);
    if (plan) {
        toasty__plan_hold(plan);
        if (cache->newest != plan) {
            unlink_plan(cache, plan);
            link_newest(cache, plan);
        }
        toasty__cache_count_found(cache);
    }
    toasty__lock_give(&cache->lock);
    return plan;
}

void toasty__cache_keep(toasty__cache *cache, toasty__plan *plan)
{
    toasty__plan *excess = NULL;
    toasty__lock_take(&cache->lock);
    if (!toasty__map_get_hashed(&cache->plans, plan->shape, plan->shape_length, plan->hash) &&
        toasty__map_set(&cache->plans, plan->shape, plan->shape_length, plan) == 0) {
        toasty__plan_hold(plan);
        link_newest(cache, plan);
        measure(cache, plan);
        excess = take_excess(cache);
    }
    toasty__lock_give(&cache->lock);
    release_all(excess);
}

void toasty__cache_grown(toasty__cache *cache, toasty__plan *plan)
{
    toasty__plan *excess = NULL;
    toasty__lock_take(&cache->lock);
    if (plan->cached_bytes) {
        measure(cache, plan);
        excess = take_excess(cache);
    }
    toasty__lock_give(&cache->lock);
    release_all(excess);
}
