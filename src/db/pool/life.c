/* The pool's life: its groups as the database and the options want them, and the holds that keep it.
 *
 * Handles and connections hold it, so that a handle which is freed late finds it, closed. */
#include "base/alloc.h"
#include "db/pool/pool.h"

void toasty__group_init(toasty__group *group, toasty__pool *pool, uint32_t max)
{
    *group = (toasty__group){.pool = pool, .max = max};
    toasty__ring_init(&group->slots);
    toasty__ring_init(&group->idle);
    toasty__ring_init(&group->waiters);
}

void toasty__pool_start(toasty__pool *pool, const toasty__pool_options *options)
{
    const toasty_capability *capability = pool->driver->capability;
    uint32_t most = pool->database.max_connections;
    pool->options = *options;
    toasty__ring_init(&pool->leases);
    uint32_t size = most && most < options->max_size ? most : options->max_size;
    /* A database in this process has no connection that dies of age, and may lose its data with its
     * connection. */
    pool->ages = !capability->single_writer && most != 1;
    pool->shares = capability->pipeline;
    pool->depth = pool->database.max_depth ? pool->database.max_depth : TOASTY__USUAL_DEPTH;
    pool->group_count = capability->single_writer && size > 1 ? 2 : 1;
    for (uint32_t i = 0; i < pool->group_count; i++)
        toasty__group_init(&pool->groups[i], pool, size);
    if (pool->group_count == 2) {
        pool->groups[0].max = size - 1;
        pool->groups[1].max = 1;
    }
    pool->groups[pool->group_count - 1].writer = capability->single_writer;
}

void toasty__pool_hold(toasty__pool *pool)
{
    toasty__lock_take(&pool->lock);
    pool->references++;
    toasty__lock_give(&pool->lock);
}

void toasty__pool_release_hold(toasty__pool *pool)
{
    toasty__lock_take(&pool->lock);
    bool last = --pool->references == 0;
    toasty__lock_give(&pool->lock);
    if (!last)
        return;
    toasty__engine_done(&pool->engine);
    if (pool->database_open)
        pool->driver->close(&pool->database);
    toasty__free(pool->prefix);
    toasty__free(pool);
}

bool toasty__pool_is_used_here(toasty__pool *pool)
{
    bool used = false;
    toasty__lock_take(&pool->lock);
    for (uint32_t i = 0; i < pool->group_count; i++)
        toasty__ring_each(const toasty__slot, slot, &pool->groups[i].slots, all)
            used = used || (slot->reactor && toasty__reactor_is_loop(slot->reactor) &&
                            toasty__reactor_is_here(slot->reactor));
    toasty__lock_give(&pool->lock);
    return used;
}
