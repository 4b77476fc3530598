/* What the pool and the engine count. A connection counts for itself, so that nothing is shared on the way of
 * a call. */
#include "base/context.h"
#include "base/error.h"
#include "db/handle.h"

static uint64_t load(const atomic_uint_fast64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

/* Of all connections that there were; returns how many. */
static uint64_t sum(toasty__pool *pool, uint64_t counts[TOASTY__COUNTS])
{
    toasty__lock_take(&pool->lock);
    uint64_t opened = pool->next_number;
    for (int i = 0; i < TOASTY__COUNTS; i++)
        counts[i] = pool->counted[i];
    for (uint32_t group = 0; group < pool->group_count; group++)
        toasty__ring_each(const toasty__slot, slot, &pool->groups[group].slots, all)
            for (int i = 0; i < TOASTY__COUNTS; i++)
                counts[i] += load(&slot->tally.counts[i]);
    toasty__lock_give(&pool->lock);
    return opened;
}

toasty_counters toasty_count(const toasty_db *db)
{
    toasty_counters counters = {0};
    toasty__error_clear(&toasty__context_current()->error);
    if (!db || toasty__handle_is_freed(db))
        return counters;
    toasty__pool *pool = db->pool;
    const toasty__cache *cache = &pool->engine.cache;
    counters.plans_made = load(&cache->made);
    counters.plans_found = load(&cache->found);
    counters.statements_built = load(&cache->statements);
    counters.connections_lost = load(&pool->losses);
    uint64_t counts[TOASTY__COUNTS];
    counters.connections_opened = sum(pool, counts);
    for (int i = 0; db->observer.tally && i < TOASTY__COUNTS; i++)
        counts[i] = load(&db->observer.tally->counts[i]);
    counters.operations = counts[TOASTY__COUNT_OPERATIONS];
    counters.round_trips = counts[TOASTY__COUNT_ROUND_TRIPS];
    counters.rows = counts[TOASTY__COUNT_ROWS];
    counters.bursts = counts[TOASTY__COUNT_BURSTS];
    counters.statements_prepared = counts[TOASTY__COUNT_PREPARED];
    counters.bytes_sent = counts[TOASTY__COUNT_SENT];
    counters.bytes_received = counts[TOASTY__COUNT_RECEIVED];
    return counters;
}

toasty_pool_status toasty_pool(const toasty_db *db)
{
    toasty_pool_status status = {0};
    toasty__error_clear(&toasty__context_current()->error);
    if (!db || toasty__handle_is_freed(db))
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
