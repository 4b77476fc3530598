/* The places of connections: their state, their users, and how a connection comes and goes.
 *
 * What serves whom is decided in pool.c; here is what follows from it. */
#include "db/pool/slot.h"

#include "base/alloc.h"
#include "db/pool/stall.h"
#include "fiber/wait.h"

#include <time.h>

uint64_t toasty__pool_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void toasty__pool_move(toasty__slot *slot, toasty__group *group)
{
    toasty__slot_state state = slot->state;
    toasty__slot_set_state(slot, TOASTY__SLOT_BUSY);
    slot->group = group;
    toasty__slot_set_state(slot, state);
}

/* Not under the lock; on the thread of the slot's reactor, and nobody else can have the slot meanwhile. */
void toasty__slot_detach(toasty__slot *slot)
{
    toasty__stall_unwatch(slot);
    slot->home->pool->driver->detach(slot->connection);
    slot->connection->reactor = NULL;
    slot->attached = false;
}

void toasty__slot_leave_reactor(toasty__slot *slot)
{
    toasty__lock *lock = &slot->home->pool->lock;
    if (!slot->attached)
        return;
    toasty__slot_set_state(slot, TOASTY__SLOT_BUSY);
    slot->exclusive = true;
    toasty__lock_give(lock);
    toasty__slot_detach(slot);
    toasty__lock_take(lock);
}

/* --- closing --- */

static void slots_remove(toasty__slot *slot)
{
    toasty__ring_remove(&slot->all);
    slot->home->open--;
    slot->home->pool->open--;
}

static void tell_closer(toasty__pool *pool)
{
    if (pool->open > 0 || !pool->closer)
        return;
    toasty__wait_post(pool->closer);
    pool->closer = NULL;
}

/* Under the lock: the lease, if any, has lost its connection, before that is gone. */
static void leave_lease(toasty__slot *slot)
{
    toasty__group *lease = slot->group;
    if (!lease->lease)
        return;
    lease->leased = NULL;
    toasty__pool_move(slot, slot->home);
    toasty__pool_dispatch(lease);
}

/* Under the lock; the slot serves nobody. */
static void forget_slot(toasty__slot *slot)
{
    toasty__pool *pool = slot->home->pool;
    slots_remove(slot);
    for (int i = 0; i < TOASTY__COUNTS; i++)
        pool->counted[i] += toasty__tally_of(&slot->tally, (toasty__count)i);
    toasty__pool_dispatch(slot->home);
    tell_closer(pool);
}

void toasty__slot_free(toasty__slot *slot)
{
    toasty__pool *pool = slot->home->pool;
    toasty__free(slot);
    toasty__pool_release_hold(pool);
}

/* Not under the lock: closes the connection of a slot that nobody can find any more. */
void toasty__slot_close(toasty__slot *slot)
{
    toasty__pool *pool = slot->home->pool;
    toasty__lock_take(&pool->lock);
    leave_lease(slot);
    toasty__lock_give(&pool->lock);
    if (slot->connection) {
        if (slot->attached)
            toasty__slot_detach(slot);
        pool->driver->disconnect(slot->connection);
    }
    toasty__lock_take(&pool->lock);
    forget_slot(slot);
    slot->gone = true;
    bool queued = slot->cooling;
    toasty__lock_give(&pool->lock);
    if (!queued)
        toasty__slot_free(slot);
}

/* Under the lock, which is left meanwhile. */
void toasty__slot_close_locked(toasty__slot *slot)
{
    toasty__pool *pool = slot->home->pool;
    toasty__slot_set_state(slot, TOASTY__SLOT_BUSY);
    slot->exclusive = true;
    toasty__lock_give(&pool->lock);
    toasty__slot_close(slot);
    toasty__lock_take(&pool->lock);
}

void toasty__pool_lost(toasty__slot *slot)
{
    toasty__pool *pool = slot->home->pool;
    toasty__lock_take(&pool->lock);
    if (!slot->lost)
        atomic_fetch_add_explicit(&pool->losses, 1, memory_order_relaxed);
    slot->lost = true;
    toasty__lock_give(&pool->lock);
}

/* --- making --- */

toasty__slot *toasty__pool_add_slot(toasty__group *group, toasty__borrower *borrower)
{
    toasty__pool *pool = group->pool;
    toasty__slot *slot = toasty__calloc(1, sizeof *slot);
    if (!slot) {
        toasty__pool_drop_permission(group);
        return NULL;
    }
    *slot = (toasty__slot){.home = group,
                           .group = group,
                           .reactor = borrower->reactor,
                           .exclusive = !pool->shares || !borrower->shares,
                           .opened_ms = pool->ages ? toasty__pool_clock() : 0};
    toasty__ring_init(&slot->borrowers);
    toasty__lock_take(&pool->lock);
    slot->losses = atomic_load_explicit(&pool->losses, memory_order_relaxed);
    toasty__ring_add_after(&group->slots, &slot->all);
    pool->references++;
    toasty__slot_add_user(slot, borrower);
    toasty__lock_give(&pool->lock);
    return slot;
}

void toasty__pool_drop_permission(toasty__group *group)
{
    toasty__pool *pool = group->pool;
    toasty__lock_take(&pool->lock);
    group->open--;
    pool->open--;
    toasty__pool_dispatch(group);
    tell_closer(pool);
    toasty__lock_give(&pool->lock);
}

void toasty__pool_connected(toasty__slot *slot)
{
    toasty__pool *pool = slot->home->pool;
    toasty_connection *connection = slot->connect.connection;
    connection->reactor = slot->reactor;
    connection->writer = slot->home->writer;
    slot->attached = pool->driver->attach;
    toasty__lock_take(&pool->lock);
    connection->number = ++pool->next_number;
    slot->connection = connection;
    toasty__slot_set_state(slot, TOASTY__SLOT_BUSY);
    toasty__pool_dispatch(slot->home);
    toasty__lock_give(&pool->lock);
}

bool toasty__pool_drop_slot(toasty__slot *slot)
{
    toasty__lock *lock = &slot->home->pool->lock;
    toasty__lock_take(lock);
    toasty__slot_remove_user(slot, toasty__ring_first(&slot->borrowers, toasty__borrower, having));
    bool aborting = slot->aborting;
    if (aborting) /* the abort is on its way to this thread, and closes it */
        toasty__reactor_hold(slot->reactor);
    toasty__lock_give(lock);
    if (!aborting)
        toasty__slot_close(slot);
    return aborting;
}
