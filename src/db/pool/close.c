/* Closing a pool: who waits is refused, what is idle is closed here, and what is in use is given up on the
 * thread that uses it. */
#include "base/container.h"
#include "db/pool/slot.h"
#include "fiber/wait.h"

/* On the slot's reactor: fails what is in flight there. */
static void abort_users(toasty__task *task)
{
    toasty__slot *slot = toasty__container(task, toasty__slot, abort);
    toasty__reactor *reactor = slot->reactor;
    toasty__lock *lock = &slot->home->pool->lock;
    toasty__lock_take(lock);
    slot->aborting = false;
    bool unused = slot->users == 0;
    toasty__lock_give(lock);
    if (unused) {
        toasty__slot_close(slot);
        toasty__reactor_release(reactor);
        return;
    }
    /* Nobody joins a closed pool's connection, and who leaves does so on this thread, each for itself. */
    for (toasty__ring *at = slot->borrowers.next, *next; at != &slot->borrowers; at = next) {
        next = at->next;
        toasty__borrower *borrower = toasty__container(at, toasty__borrower, having);
        borrower->calls->abort(borrower);
    }
}

static void close_group(toasty__group *group)
{
    for (toasty__ring *at = group->slots.next, *next; at != &group->slots; at = next) {
        toasty__slot *slot = toasty__container(at, toasty__slot, all);
        next = at->next;
        bool here = slot->state == TOASTY__SLOT_WARM && toasty__reactor_is_here(slot->reactor);
        if (slot->users > 0 && !slot->aborting) {
            slot->aborting = true;
            slot->abort.run = abort_users;
            toasty__reactor_post(slot->reactor, &slot->abort);
        } else if (slot->state == TOASTY__SLOT_IDLE || here) {
            toasty__slot_close_locked(slot);
            next = group->slots
                       .next; /* the list may have changed meanwhile; what was seen is busy or aborting */
        }
    }
}

void toasty__pool_close(toasty__pool *pool)
{
    toasty__pool_hold(pool);
    toasty__lock_take(&pool->lock);
    pool->closed = true;
    for (uint32_t i = 0; i < pool->group_count; i++)
        toasty__pool_dispatch(&pool->groups[i]);
    toasty__ring_each(toasty__group, lease, &pool->leases, leased_beside)
        toasty__pool_dispatch(lease);
    for (uint32_t i = 0; i < pool->group_count; i++)
        close_group(&pool->groups[i]);
    toasty__lock_give(&pool->lock);
    toasty__pool_release_hold(pool);
}

bool toasty__pool_await_closed(toasty__pool *pool, toasty__wait *closer)
{
    toasty__lock_take(&pool->lock);
    pool->closer = pool->open > 0 ? closer : NULL;
    bool waits = pool->closer;
    toasty__lock_give(&pool->lock);
    return waits;
}
