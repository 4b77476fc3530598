/* What the pool and the engine count. A connection counts for itself, so that nothing is shared on the way of
 * a call. */
#include "base/context.h"
#include "base/error.h"
#include "db/handle.h"

static uint64_t load(const atomic_uint_fast64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

toasty_counters toasty_count(const toasty_db *db)
{
    toasty_counters counters = {0};
    toasty__error_clear(&toasty__context_current()->error);
    if (!db)
        return counters;
    toasty__pool *pool = db->pool;
    const toasty__cache *cache = &pool->engine.cache;
    counters.plans_made = load(&cache->made);
    counters.plans_found = load(&cache->found);
    counters.statements_built = load(&cache->statements);
    counters.connections_lost = load(&pool->losses);
    toasty__lock_take(&pool->lock);
    counters.connections_opened = pool->next_number;
    counters.operations = pool->operations;
    counters.round_trips = pool->round_trips;
    counters.bursts = pool->bursts;
    counters.statements_prepared = pool->prepared;
    for (uint32_t i = 0; i < pool->group_count; i++) {
        toasty__ring_each(const toasty__slot, slot, &pool->groups[i].slots, all) {
            counters.operations += load(&slot->operations);
            counters.round_trips += load(&slot->round_trips);
            counters.bursts += load(&slot->bursts);
            counters.statements_prepared += load(&slot->prepared);
        }
    }
    toasty__lock_give(&pool->lock);
    return counters;
}

toasty_pool_status toasty_pool(const toasty_db *db)
{
    toasty_pool_status status = {0};
    toasty__error_clear(&toasty__context_current()->error);
    if (!db)
        return status;
    toasty__pool *pool = db->pool;
    toasty__lock_take(&pool->lock);
    status.open = pool->open;
    status.waiting = pool->waiting;
    for (uint32_t i = 0; i < pool->group_count; i++)
        status.idle += pool->groups[i].idle_count + pool->groups[i].warm_count;
    toasty__lock_give(&pool->lock);
    return status;
}
