/* The pool: who gets which connection.
 *
 * A connection that becomes free is given to whoever waits first, at once, under the lock; only then can a
 * newcomer see it. A connection that is free for one reactor alone (warm, or shared) makes those of other
 * reactors wait until it is detached. */
#include "pool.h"

#include "base/error.h"
#include "db/session.h"
#include "db/slot.h"

/* --- the queue --- */

static void queue_add(toasty__group *group, toasty__db_session *session)
{
    session->group = group;
    session->stage = TOASTY__SESSION_QUEUED;
    session->next_waiter = NULL;
    session->previous_waiter = group->last_waiter;
    *(group->last_waiter ? &group->last_waiter->next_waiter : &group->first_waiter) = session;
    group->last_waiter = session;
    group->pool->waiting++;
}

static void queue_remove(toasty__db_session *session)
{
    toasty__group *group = session->group;
    *(session->previous_waiter ? &session->previous_waiter->next_waiter : &group->first_waiter) =
        session->next_waiter;
    *(session->next_waiter ? &session->next_waiter->previous_waiter : &group->last_waiter) =
        session->previous_waiter;
    group->pool->waiting--;
}

/* Takes a session out of its queue and has its task run. */
static void wake_waiter(toasty__db_session *session, toasty__session_stage stage)
{
    queue_remove(session);
    session->stage = (uint8_t)stage;
    if (toasty__reactor_is_here(session->reactor))
        toasty__reactor_defer(session->reactor, &session->task);
    else
        toasty__reactor_post(session->reactor, &session->task);
}

/* --- what is free --- */

static bool can_share(const toasty__slot *slot, const toasty__db_session *session)
{
    return slot->state == TOASTY__SLOT_BUSY && !slot->exclusive && !slot->lost && slot->group == slot->home &&
           slot->reactor == session->reactor && !slot->stalled && slot->users < TOASTY__SHARING_DEPTH;
}

/* A connection that is unused, of this reactor or of none. */
static toasty__slot *find_free(const toasty__group *group, const toasty__db_session *session)
{
    if (group->lease) {
        toasty__slot *slot = group->leased;
        bool idle = slot && slot->state == TOASTY__SLOT_IDLE;
        bool warm = slot && slot->state == TOASTY__SLOT_WARM && slot->reactor == session->reactor;
        return idle || warm ? slot : NULL;
    }
    for (toasty__slot *slot = group->warm_count ? group->slots : NULL; slot; slot = slot->next)
        if (slot->state == TOASTY__SLOT_WARM && slot->group == group && slot->reactor == session->reactor)
            return slot;
    return group->idle;
}

/* One in use that the session may share: the one with the fewest users. */
static toasty__slot *find_shared(const toasty__group *group, const toasty__db_session *session)
{
    toasty__slot *found = NULL;
    if (group->lease || !group->pool->shares || !toasty__session_shares(session))
        return NULL;
    for (toasty__slot *slot = group->slots; slot; slot = slot->next)
        if (can_share(slot, session) && (!found || slot->users < found->users))
            found = slot;
    return found;
}

static void grant(toasty__slot *slot, toasty__db_session *session)
{
    if (slot->state != TOASTY__SLOT_BUSY) {
        toasty__pool *pool = slot->home->pool;
        toasty__slot_set_state(slot, TOASTY__SLOT_BUSY);
        slot->reactor = session->reactor;
        if (pool->ages) {
            uint64_t losses = atomic_load_explicit(&pool->losses, memory_order_relaxed),
                     now = toasty__pool_clock();
            const toasty__pool_options *options = &pool->options;
            /* A failed transaction would refuse the ping, and is worth no other connection. */
            slot->ping = !(slot->connection->session & TOASTY_SESSION_IN_TRANSACTION) &&
                         (slot->losses != losses ||
                          (options->ping_after_ms && now - slot->idle_ms >= options->ping_after_ms));
            slot->losses = losses;
        }
        slot->exclusive = slot->ping || !pool->shares || !toasty__session_shares(session);
    }
    toasty__slot_add_user(slot, session);
    session->beside = slot->users > 1;
}

/* Serves those that wait, in order, as far as it goes. */
void toasty__pool_dispatch(toasty__group *group)
{
    toasty__db_session *session;
    while ((session = group->first_waiter)) {
        if (group->pool->closed || (group->lease && !group->leased)) {
            wake_waiter(session, TOASTY__SESSION_REFUSED);
            continue;
        }
        toasty__slot *slot = find_free(group, session);
        if (!slot && !group->lease && group->open < group->max) {
            group->open++;
            group->pool->open++;
            wake_waiter(session, TOASTY__SESSION_MAY_CONNECT);
            continue;
        }
        if (!slot && !(slot = find_shared(group, session)))
            return;
        grant(slot, session);
        wake_waiter(session, TOASTY__SESSION_GRANTED);
    }
}

/* --- asking --- */

/* A plain call inside a loop's callback may use what that loop's fibers have left warm: it is detached here,
 * and given back to the loop afterwards. */
static toasty__slot *steal_warm(const toasty__group *group, const toasty__db_session *session)
{
    if (toasty__reactor_is_loop(session->reactor) || !group->warm_count)
        return NULL;
    toasty__slot *slot = group->lease ? group->leased : group->slots;
    for (; slot; slot = group->lease ? NULL : slot->next)
        if (slot->state == TOASTY__SLOT_WARM && slot->group == group &&
            toasty__reactor_is_here(slot->reactor))
            return slot;
    return NULL;
}

toasty__grant toasty__pool_refuse(const toasty__group *group, toasty_error *err)
{
    if (group->pool->closed)
        toasty__fail(err, TOASTY_CLOSED, "the database handle is closed");
    else
        toasty__fail(err, TOASTY_CONNECTION_LOST, "this handle has lost its connection: free it");
    return TOASTY__REFUSED;
}

/* Under the lock, which detaching leaves for a moment. */
static toasty__grant try_acquire(toasty__group *group, toasty__db_session *session)
{
    if (group->first_waiter)
        return TOASTY__QUEUED;
    toasty__slot *slot = find_free(group, session);
    if (!slot && (slot = steal_warm(group, session))) {
        toasty__slot_leave_reactor(slot);
        if (group->pool->closed) {
            toasty__slot_close_locked(slot);
            return TOASTY__REFUSED;
        }
        toasty__slot_make_idle(slot);
    }
    if (!slot && !group->lease && group->open < group->max) {
        group->open++;
        group->pool->open++;
        return TOASTY__CONNECT;
    }
    if (!slot && !(slot = find_shared(group, session)))
        return TOASTY__QUEUED;
    grant(slot, session);
    return TOASTY__GRANTED;
}

toasty__grant toasty__pool_acquire(toasty__group *group, toasty__db_session *session, toasty_error *err)
{
    toasty__pool *pool = group->pool;
    toasty__grant result = TOASTY__REFUSED;
    toasty__lock_take(&pool->lock);
    if (!pool->closed && (!group->lease || group->leased))
        result = try_acquire(group, session);
    if (result == TOASTY__QUEUED && toasty__would_deadlock(group, session)) {
        toasty__lock_give(&pool->lock);
        toasty__fail(err, TOASTY_WOULD_DEADLOCK,
                     "every connection (%u) is held by what waits for this call: use the transaction's own "
                     "handle, call "
                     "from a fiber, or open a larger pool",
                     group->max);
        return TOASTY__REFUSED;
    }
    if (result == TOASTY__QUEUED)
        queue_add(group, session);
    else if (result == TOASTY__REFUSED)
        toasty__pool_refuse(group, err);
    toasty__lock_give(&pool->lock);
    return result;
}

bool toasty__pool_leave(toasty__db_session *session)
{
    toasty__pool *pool = session->group->pool;
    toasty__lock_take(&pool->lock);
    bool queued = session->stage == TOASTY__SESSION_QUEUED;
    if (queued) {
        queue_remove(session);
        session->stage = TOASTY__SESSION_FREE;
        /* It may have stood in the way of those behind it. */
        toasty__pool_dispatch(session->group);
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
