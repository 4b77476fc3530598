/* Watching connections that are shared, and moving reads away from those that stall: see stall.h. */
#include "db/pool/stall.h"

enum { PATIENCE_MS = 10, MOST_MOVED = 64 };

static void look(void *arg);

/* Without memory for a timer nothing moves: everybody is answered all the same, only later. */
static void watch(toasty__slot *slot)
{
    toasty_error ignored;
    if (slot->watched)
        return;
    if (!slot->patience)
        slot->patience = toasty__timer_new(slot->reactor, look, slot, &ignored);
    if (!slot->patience)
        return;
    slot->watched = true;
    slot->answered_before = slot->answered;
    toasty__timer_start(slot->patience, PATIENCE_MS);
}

void toasty__stall_sent(toasty__borrower *borrower)
{
    borrower->number = ++borrower->slot->sent;
    if (borrower->beside && !borrower->slot->home->pool->driver->capability->unordered)
        watch(borrower->slot);
}

void toasty__stall_ended(toasty__slot *slot)
{
    toasty__lock *lock = &slot->home->pool->lock;
    toasty__lock_take(lock);
    slot->stalled = false;
    toasty__pool_dispatch(slot->group);
    toasty__lock_give(lock);
}

void toasty__stall_unwatch(toasty__slot *slot)
{
    toasty__timer_free(slot->patience);
    slot->patience = NULL;
    slot->watched = false;
    if (slot->stalled)
        toasty__stall_ended(slot);
}

/* It would take a statement of the slot's reactor now. */
static bool has_room(const toasty__slot *other, const toasty__slot *slot)
{
    bool unused =
        other->state == TOASTY__SLOT_WARM || (other->state == TOASTY__SLOT_BUSY && other->users == 0);
    return other != slot && other->reactor == slot->reactor && unused && !other->lost && !other->exclusive &&
           !other->stalled;
}

/* Under the lock. */
static bool has_room_elsewhere(const toasty__slot *slot)
{
    const toasty__group *group = slot->group;
    if (!toasty__ring_is_empty(&group->idle) || group->open < group->max)
        return true;
    toasty__ring_each(const toasty__slot, other, &group->slots, all)
        if (has_room(other, slot))
            return true;
    return false;
}

/* Under the lock: those behind the first of the connection's jobs that may move. */
static uint32_t find_movable(const toasty__slot *slot, toasty__borrower **found)
{
    uint64_t first = UINT64_MAX;
    uint32_t count = 0;
    toasty__ring_each(const toasty__borrower, borrower, &slot->borrowers, having)
        if (borrower->number && borrower->number < first)
            first = borrower->number;
    toasty__ring_each(toasty__borrower, borrower, &slot->borrowers, having)
        if (borrower->number && borrower->movable && borrower->number != first && count < MOST_MOVED)
            found[count++] = borrower;
    return count;
}

static void look(void *arg)
{
    toasty__slot *slot = arg;
    toasty__pool *pool = slot->home->pool;
    toasty__borrower *movable[MOST_MOVED];
    uint32_t count = 0;
    slot->watched = false;
    toasty__lock_take(&pool->lock);
    slot->stalled = slot->answered == slot->answered_before;
    bool shared = slot->users > 1;
    if (slot->stalled && slot->group == slot->home && has_room_elsewhere(slot))
        count = find_movable(slot, movable);
    toasty__lock_give(&pool->lock);
    for (uint32_t i = 0; i < count; i++)
        movable[i]->calls->move(movable[i]);
    if (shared)
        watch(slot);
}
