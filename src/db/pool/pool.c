/* The pool: who gets which connection.
 *
 * A connection that becomes free is given to whoever waits first, at once, under the lock; only then can a
 * newcomer see it. A connection that is free for one reactor alone (warm, or shared) makes those of other
 * reactors wait until it is detached. */
#include "db/pool/pool.h"

#include "base/error.h"
#include "db/pool/slot.h"

/* --- the queue --- */

static void queue_add(toasty__group *group, toasty__borrower *borrower)
{
    toasty__ring_add_last(&group->waiters, &borrower->waiting);
    group->pool->waiting++;
}

static void queue_remove(toasty__borrower *borrower)
{
    toasty__ring_remove(&borrower->waiting);
    borrower->group->pool->waiting--;
}

/* Takes a borrower out of its queue and has its task run. */
static void wake_waiter(toasty__borrower *borrower, toasty__grant grant)
{
    queue_remove(borrower);
    borrower->grant = (uint8_t)grant;
    if (toasty__reactor_is_here(borrower->reactor))
        toasty__reactor_defer(borrower->reactor, &borrower->task);
    else
        toasty__reactor_post(borrower->reactor, &borrower->task);
}

/* --- what is free --- */

static bool can_share(const toasty__slot *slot, const toasty__borrower *borrower)
{
    return slot->state == TOASTY__SLOT_BUSY && !slot->exclusive && !slot->lost && slot->group == slot->home &&
           slot->reactor == borrower->reactor && !slot->stalled && slot->users < slot->home->pool->depth;
}

static toasty__slot *find_warm(const toasty__group *group, const toasty__reactor *reactor)
{
    toasty__ring_each(toasty__slot, slot, &group->slots, all)
        if (slot->state == TOASTY__SLOT_WARM && slot->group == group && slot->reactor == reactor)
            return slot;
    return NULL;
}

/* That of a lease, when it is unused. */
static toasty__slot *find_leased(const toasty__group *group, const toasty__reactor *reactor)
{
    toasty__slot *slot = group->leased;
    bool idle = slot && slot->state == TOASTY__SLOT_IDLE;
    bool warm = slot && slot->state == TOASTY__SLOT_WARM && slot->reactor == reactor;
    return idle || warm ? slot : NULL;
}

/* A connection that is unused, of this reactor or of none. */
static inline toasty__slot *find_free(const toasty__group *group, const toasty__borrower *borrower)
{
    if (group->lease)
        return find_leased(group, borrower->reactor);
    toasty__slot *warm = group->warm_count ? find_warm(group, borrower->reactor) : NULL;
    return warm ? warm : toasty__ring_first(&group->idle, toasty__slot, unused);
}

/* One in use that the borrower may share: the one with the fewest users. */
static toasty__slot *find_shared(const toasty__group *group, const toasty__borrower *borrower)
{
    toasty__slot *found = NULL;
    if (group->lease || !group->pool->shares || !borrower->shares)
        return NULL;
    toasty__ring_each(toasty__slot, slot, &group->slots, all)
        if (can_share(slot, borrower) && (!found || slot->users < found->users))
            found = slot;
    return found;
}

/* Has it been unused for so long, or have others broken meanwhile, that it is tested first? A failed
 * transaction would refuse the ping, and is worth no other connection. */
static __attribute__((noinline)) bool wants_ping(toasty__slot *slot)
{
    toasty__pool *pool = slot->home->pool;
    uint64_t losses = atomic_load_explicit(&pool->losses, memory_order_relaxed), now = toasty__pool_clock();
    uint32_t longest = pool->options.ping_after_ms;
    bool others_broke = slot->losses != losses;
    slot->losses = losses;
    return !(slot->connection->session & TOASTY_SESSION_IN_TRANSACTION) &&
           (others_broke || (longest && now - slot->idle_ms >= longest));
}

static inline void grant(toasty__slot *slot, toasty__borrower *borrower)
{
    if (slot->state != TOASTY__SLOT_BUSY) {
        const toasty__pool *pool = slot->home->pool;
        toasty__slot_set_state(slot, TOASTY__SLOT_BUSY);
        slot->reactor = borrower->reactor;
        slot->ping = pool->ages && wants_ping(slot);
        slot->exclusive = slot->ping || !pool->shares || !borrower->shares;
    }
    toasty__slot_add_user(slot, borrower);
    borrower->beside = slot->users > 1;
}

/* Serves those that wait, in order, as far as it goes. */
void toasty__pool_dispatch(toasty__group *group)
{
    toasty__borrower *borrower;
    while ((borrower = toasty__ring_first(&group->waiters, toasty__borrower, waiting))) {
        if (group->pool->closed || (group->lease && !group->leased)) {
            wake_waiter(borrower, TOASTY__REFUSED);
            continue;
        }
        toasty__slot *slot = find_free(group, borrower);
        if (!slot && !group->lease && group->open < group->max) {
            group->open++;
            group->pool->open++;
            wake_waiter(borrower, TOASTY__CONNECT);
            continue;
        }
        if (!slot && !(slot = find_shared(group, borrower)))
            return;
        grant(slot, borrower);
        wake_waiter(borrower, TOASTY__GRANTED);
    }
}

/* --- asking --- */

/* A plain call inside a loop's callback may use what that loop's fibers have left warm: it is detached here,
 * and given back to the loop afterwards. */
static bool may_steal(const toasty__slot *slot, const toasty__group *group)
{
    return slot->state == TOASTY__SLOT_WARM && slot->group == group && toasty__reactor_is_here(slot->reactor);
}

static toasty__slot *steal_warm(const toasty__group *group, const toasty__borrower *borrower)
{
    if (borrower->on_loop || !group->warm_count)
        return NULL;
    if (group->lease)
        return may_steal(group->leased, group) ? group->leased : NULL;
    toasty__ring_each(toasty__slot, slot, &group->slots, all)
        if (may_steal(slot, group))
            return slot;
    return NULL;
}

toasty__grant toasty__pool_refuse(const toasty__group *group, toasty_error *err)
{
    if (group->pool->closed)
        toasty__fail(err, TOASTY_CLOSED, "the database handle is closed");
    else if (group->over)
        toasty__fail(err, TOASTY_CLOSED, "the transaction or the dedicated handle has ended");
    else
        toasty__fail(err, TOASTY_CONNECTION_LOST, "this handle has lost its connection: free it");
    return TOASTY__REFUSED;
}

/* Under the lock, which detaching leaves for a moment: nothing is free, but something may be made so. */
static toasty__grant acquire_anew(toasty__group *group, toasty__borrower *borrower, toasty_error *err)
{
    toasty__slot *slot = steal_warm(group, borrower);
    if (slot) {
        toasty__slot_leave_reactor(slot);
        if (group->pool->closed) {
            toasty__slot_close_locked(slot);
            return toasty__pool_refuse(group, err);
        }
        toasty__slot_make_idle(slot);
    } else if (!group->lease && group->open < group->max) {
        group->open++;
        group->pool->open++;
        return TOASTY__CONNECT;
    } else if (!(slot = find_shared(group, borrower))) {
        return TOASTY__QUEUED;
    }
    grant(slot, borrower);
    return TOASTY__GRANTED;
}

static toasty__grant refuse_to_wait(const toasty__group *group, toasty_error *err)
{
    if (group->writer)
        toasty__fail(err, TOASTY_WOULD_DEADLOCK,
                     "the one connection that writes is held by what waits for this call: use the "
                     "transaction's own handle, or call from a fiber");
    else
        toasty__fail(
            err, TOASTY_WOULD_DEADLOCK,
            "every connection (%u) is held by what waits for this call: use the transaction's own handle, "
            "call from a fiber, or open a larger pool",
            group->max);
    return TOASTY__REFUSED;
}

/* Under the lock. */
static __attribute__((noinline)) toasty__grant
acquire_otherwise(toasty__group *group, toasty__borrower *borrower, toasty_error *err)
{
    if (group->pool->closed || (group->lease && !group->leased))
        return toasty__pool_refuse(group, err);
    if (toasty__ring_is_empty(&group->waiters)) {
        toasty__grant grant = acquire_anew(group, borrower, err);
        if (grant != TOASTY__QUEUED)
            return grant;
    }
    if (toasty__would_deadlock(group, borrower))
        return refuse_to_wait(group, err);
    queue_add(group, borrower);
    return TOASTY__QUEUED;
}

toasty__grant toasty__pool_acquire(toasty__group *group, toasty__borrower *borrower, toasty_error *err)
{
    toasty__pool *pool = group->pool;
    toasty__grant result = TOASTY__GRANTED;
    borrower->group = group;
    toasty__lock_take(&pool->lock);
    bool first = !pool->closed && toasty__ring_is_empty(&group->waiters);
    toasty__slot *slot = first ? find_free(group, borrower) : NULL;
    if (slot)
        grant(slot, borrower);
    else
        result = acquire_otherwise(group, borrower, err);
    borrower->grant = (uint8_t)result;
    toasty__lock_give(&pool->lock);
    return result;
}

bool toasty__pool_leave(toasty__borrower *borrower)
{
    toasty__pool *pool = borrower->group->pool;
    toasty__lock_take(&pool->lock);
    bool queued = borrower->grant == TOASTY__QUEUED;
    if (queued) {
        queue_remove(borrower);
        borrower->grant = TOASTY__REFUSED;
        /* It may have stood in the way of those behind it. */
        toasty__pool_dispatch(borrower->group);
    }
    toasty__lock_give(&pool->lock);
    return queued;
}

bool toasty__pool_take_alone(toasty__slot *slot)
{
    toasty__lock *lock = &slot->home->pool->lock;
    toasty__lock_take(lock);
    if (slot->users == 1)
        slot->exclusive = true;
    bool alone = slot->exclusive;
    toasty__lock_give(lock);
    return alone;
}

void toasty__pool_share(toasty__slot *slot)
{
    toasty__lock *lock = &slot->home->pool->lock;
    toasty__lock_take(lock);
    slot->exclusive = false;
    toasty__pool_dispatch(slot->group);
    toasty__lock_give(lock);
}
