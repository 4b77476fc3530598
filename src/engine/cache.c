/* The plan cache: a map by shape, and a list from the newest to the oldest use. */
#include "engine/cache.h"
#include "engine/plan.h"

void toasty__cache_init(toasty__cache *cache, size_t limit)
{
    *cache = (toasty__cache){.limit = limit};
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
    return plan;
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
    toasty__plan *evicted = NULL;
    toasty__lock_take(&cache->lock);
    if (!toasty__map_get_hashed(&cache->plans, plan->shape, plan->shape_length, plan->hash) &&
        toasty__map_set(&cache->plans, plan->shape, plan->shape_length, plan) == 0) {
        toasty__plan_hold(plan);
        link_newest(cache, plan);
        if (cache->plans.count > cache->limit)
            evicted = take_oldest(cache);
    }
    toasty__lock_give(&cache->lock);
    toasty__plan_release(evicted);
}
