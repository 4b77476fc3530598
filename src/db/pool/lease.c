/* Leases: a connection that leaves the pool's groups for a transaction or a dedicated handle, and comes back.
 *
 * It stays among its home's connections all the while, and counts there. */
#include "base/container.h"
#include "db/pool/slot.h"

void toasty__lease_held_by(toasty__group *lease, const toasty__borrower *borrower)
{
    lease->holder = borrower->context;
    lease->holder_on_loop = borrower->on_loop;
    lease->holder_thread = pthread_self();
}

void toasty__lease_open(toasty__group *lease, toasty__pool *pool, toasty__borrower *borrower)
{
    toasty__slot *slot = borrower->slot;
    toasty__group_init(lease, pool, 1);
    lease->leased = slot;
    lease->open = 1;
    lease->lease = true;
    toasty__lease_held_by(lease, borrower);
    toasty__lock_take(&pool->lock);
    toasty__pool_move(slot, lease);
    toasty__ring_add_after(&pool->leases, &lease->leased_beside);
    toasty__lock_give(&pool->lock);
}

uint8_t toasty__lease_session(toasty__group *lease)
{
    toasty__lock_take(&lease->pool->lock);
    uint8_t session = lease->leased ? lease->leased->connection->session : 0;
    toasty__lock_give(&lease->pool->lock);
    return session;
}

/* Under the lock: what a broken connection holds may block others, so an idle one is closed at once; where a
 * loop has it, the loop does so. */
static bool close_broken(toasty__slot *slot)
{
    bool closes = slot->connection->broken && slot->state == TOASTY__SLOT_IDLE;
    if (closes)
        toasty__slot_close_locked(slot);
    return closes;
}

/* Under the lock: its session goes to somebody else, now or as soon as it is given back. */
static void part(toasty__slot *slot, bool unfit)
{
    if (slot->users > 0)
        slot->spoilt = slot->spoilt || unfit;
    else if (unfit || (slot->connection->session && !slot->connection->unclean))
        toasty__slot_part(slot, unfit);
}

void toasty__lease_spoil(toasty__group *lease)
{
    toasty__lock_take(&lease->pool->lock);
    if (lease->leased) {
        part(lease->leased, true);
        close_broken(lease->leased);
    }
    toasty__lock_give(&lease->pool->lock);
}

static void go_home(toasty__slot *slot, bool unfit)
{
    part(slot, unfit);
    toasty__pool_move(slot, slot->home);
    if (!close_broken(slot))
        toasty__pool_dispatch(slot->home);
}

/* What still runs on the connection of a lease that is over, on a loop of this thread, would keep it. */
static void abort_users(toasty__slot *slot)
{
    for (toasty__ring *at = slot->borrowers.next, *next; at != &slot->borrowers; at = next) {
        next = at->next;
        toasty__borrower *borrower = toasty__container(at, toasty__borrower, having);
        borrower->calls->abort(borrower);
    }
}

void toasty__lease_return(toasty__group *lease, bool unfit)
{
    toasty__pool *pool = lease->pool;
    toasty__lock_take(&pool->lock);
    toasty__slot *slot = lease->leased;
    bool used_here = slot && slot->users > 0 && toasty__reactor_is_here(slot->reactor);
    lease->leased = NULL;
    lease->over = true;
    if (slot)
        go_home(slot, unfit);
    toasty__pool_dispatch(lease);
    toasty__ring_remove(&lease->leased_beside);
    toasty__lock_give(&pool->lock);
    if (used_here)
        abort_users(slot);
}
