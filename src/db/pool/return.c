/* Giving connections back.
 *
 * On a loop a connection without users stays warm until the loop is about to wait: a fiber that calls again
 * in this turn finds it attached. On a plain thread, which does not turn after its call, it is detached at
 * once. */
#include "base/container.h"
#include "db/pool/slot.h"

static bool has_aged(const toasty__slot *slot)
{
    uint64_t lifetime = slot->home->pool->options.max_lifetime_ms;
    return lifetime && toasty__pool_clock() - slot->opened_ms >= lifetime;
}

static inline bool is_unfit(const toasty__slot *slot)
{
    const toasty__pool *pool = slot->home->pool;
    return pool->closed || slot->connection->broken ||
           (slot->group == slot->home && pool->ages && has_aged(slot));
}

void toasty__slot_part(toasty__slot *slot, bool unfit)
{
    toasty_connection *connection = slot->connection;
    const toasty_database *database = &slot->home->pool->database;
    bool known = !unfit && !(connection->session & TOASTY_SESSION_UNKNOWN);
    if (database->data_in_connection || (database->cleans && known))
        connection->unclean = true;
    else
        connection->broken = true;
}

/* The idle connection that was not used for longest, when that is too long; nobody can find it any more. */
static __attribute__((noinline)) toasty__slot *take_expired(toasty__group *home)
{
    const toasty__pool_options *options = &home->pool->options;
    toasty__slot *oldest = toasty__container(home->idle.previous, toasty__slot, unused);
    if (!options->idle_timeout_ms || home->open <= options->min_idle ||
        toasty__pool_clock() - oldest->idle_ms < options->idle_timeout_ms)
        return NULL;
    toasty__slot_set_state(oldest, TOASTY__SLOT_BUSY);
    oldest->exclusive = true;
    return oldest;
}

/* Under the lock, which may be left meanwhile: what nobody uses and no reactor has becomes free for all. */
static inline void rest(toasty__slot *slot)
{
    toasty__group *home = slot->home;
    toasty__slot_make_idle(slot);
    if (!toasty__ring_is_empty(&slot->group->waiters))
        toasty__pool_dispatch(slot->group);
    toasty__slot *expired = home->pool->ages && home->idle_count > 1 ? take_expired(home) : NULL;
    if (expired)
        toasty__slot_close_locked(expired);
}

/* Under the lock, which is left meanwhile; on the thread of the slot's reactor and not inside the driver: an
 * unused connection leaves its reactor. The pool is held by somebody. */
static void settle(toasty__slot *slot)
{
    if (slot->attached && !is_unfit(slot))
        toasty__slot_leave_reactor(slot); /* its lease may have ended meanwhile */
    if (is_unfit(slot))
        toasty__slot_close_locked(slot);
    else
        rest(slot);
}

static void cool(toasty__task *task)
{
    toasty__slot *slot = toasty__container(task, toasty__slot, cool);
    toasty__pool *pool = slot->home->pool;
    toasty__reactor *reactor = slot->cooling_reactor;
    toasty__pool_hold(pool);
    toasty__lock_take(&pool->lock);
    slot->cooling = false;
    bool gone = slot->gone;
    if (!gone && slot->state == TOASTY__SLOT_WARM && slot->reactor == reactor)
        settle(slot);
    toasty__lock_give(&pool->lock);
    if (gone)
        toasty__slot_free(slot);
    toasty__pool_release_hold(pool);
    toasty__reactor_release(reactor);
}

/* The last user has left a connection that stays attached to its reactor for now. */
static void keep_warm(toasty__slot *slot)
{
    slot->idle_ms = slot->home->pool->ages ? toasty__pool_clock() : 0;
    toasty__slot_set_state(slot, TOASTY__SLOT_WARM);
    toasty__pool_dispatch(slot->group);
    if (slot->cooling || slot->state != TOASTY__SLOT_WARM || !toasty__reactor_is_loop(slot->reactor))
        return;
    slot->cooling = true;
    slot->cooling_reactor = slot->reactor;
    slot->cool.run = cool;
    toasty__reactor_hold(slot->reactor);
    toasty__reactor_defer(slot->reactor, &slot->cool);
}

/* True when the slot's task will come to detach it from its loop, or can be queued for that. */
static bool may_cool(const toasty__slot *slot)
{
    return !slot->cooling || slot->cooling_reactor == slot->reactor;
}

/* Whether the connection goes to others now. What left something in its session has had it alone. */
static bool parts(const toasty__borrower *borrower)
{
    const toasty__slot *slot = borrower->slot;
    return slot->group == slot->home ||
           (borrower->leaves && !(slot->connection->session & TOASTY_SESSION_IN_TRANSACTION));
}

/* Under the lock: what a borrower on a loop, or inside a driver, leaves behind. True when something of it is
 * still to be settled. */
static __attribute__((noinline)) bool leave_behind(toasty__slot *slot, bool inside_driver)
{
    if (slot->users > 0) {
        toasty__pool_dispatch(slot->group);
    } else if (slot->aborting) {
        /* The abort is on its way to this thread, and closes it. */
        toasty__reactor_hold(slot->reactor);
        return true;
    } else if (inside_driver || (may_cool(slot) && !is_unfit(slot))) {
        keep_warm(slot);
    } else {
        settle(slot);
    }
    return inside_driver;
}

/* Something may have to be done about the session before others get it. */
static inline bool may_part(const toasty__slot *slot)
{
    return slot->spoilt || slot->connection->session;
}

/* Under the lock, since another thread may be ending the lease. True when its session goes to others. */
static __attribute__((noinline)) bool part(const toasty__borrower *borrower)
{
    toasty__slot *slot = borrower->slot;
    bool goes = slot->spoilt || parts(borrower);
    if (goes)
        toasty__slot_part(slot, slot->spoilt);
    slot->spoilt = false;
    return goes;
}

/* On a plain reactor nobody shares the connection, so the lock need not be left again for this. What the
 * session holds is let go on the way. */
static __attribute__((noinline)) bool part_and_detach(const toasty__borrower *borrower, toasty__lock *lock)
{
    toasty__slot *slot = borrower->slot;
    bool parted = false;
    if (slot->connection->session) {
        toasty__lock_take(lock);
        parted = part(borrower);
        toasty__lock_give(lock);
    }
    toasty__slot_detach(slot);
    return parted;
}

bool toasty__pool_give_back(toasty__borrower *borrower, bool inside_driver)
{
    toasty__slot *slot = borrower->slot;
    toasty__lock *lock = &slot->home->pool->lock;
    bool left = false, parted = false;
    if (slot->attached && !inside_driver && !borrower->on_loop)
        parted = part_and_detach(borrower, lock);
    toasty__lock_take(lock);
    if (may_part(slot) && (!parted || slot->spoilt)) /* perhaps only now */
        part(borrower);
    toasty__slot_remove_user(slot, borrower);
    if (slot->group->lease)
        toasty__lease_held_by(slot->group, borrower);
    if (inside_driver || borrower->on_loop || slot->users > 0 || slot->aborting)
        left = leave_behind(slot, inside_driver);
    else if (is_unfit(slot))
        toasty__slot_close_locked(slot);
    else
        rest(slot);
    toasty__lock_give(lock);
    return left;
}

static toasty__slot *find_left(const toasty__pool *pool, const toasty__reactor *reactor)
{
    bool loop = toasty__reactor_is_loop(reactor);
    for (uint32_t i = 0; i < pool->group_count; i++)
        toasty__ring_each(toasty__slot, slot, &pool->groups[i].slots, all)
            if (slot->reactor == reactor && slot->users == 0 &&
                (slot->state == TOASTY__SLOT_WARM || (slot->aborting && !loop)))
                return slot;
    return NULL;
}

void toasty__pool_settle_left(toasty__pool *pool, toasty__reactor *reactor)
{
    toasty__slot *slot;
    toasty__lock_take(&pool->lock);
    while ((slot = find_left(pool, reactor))) {
        if (slot->state == TOASTY__SLOT_WARM) {
            settle(slot);
            continue;
        }
        toasty__lock_give(&pool->lock);
        toasty__reactor_turn(reactor);
        toasty__lock_take(&pool->lock);
    }
    toasty__lock_give(&pool->lock);
}
