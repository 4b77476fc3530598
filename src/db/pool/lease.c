/* Leases: a connection that leaves the pool's groups for a transaction or a dedicated handle, and comes back.
 *
 * It stays among its home's connections all the while, and counts there. */
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

void toasty__lease_spoil(toasty__group *lease)
{
    toasty__lock_take(&lease->pool->lock);
    if (lease->leased) {
        toasty__slot_part(lease->leased, true);
        close_broken(lease->leased);
    }
    toasty__lock_give(&lease->pool->lock);
}

static void go_home(toasty__slot *slot, bool unfit)
{
    const toasty_connection *connection = slot->connection;
    if (unfit || (connection->session && !connection->unclean))
        toasty__slot_part(slot, unfit);
    toasty__pool_move(slot, slot->home);
    if (!close_broken(slot))
        toasty__pool_dispatch(slot->home);
}

void toasty__lease_return(toasty__group *lease, bool unfit)
{
    toasty__pool *pool = lease->pool;
    toasty__lock_take(&pool->lock);
    toasty__slot *slot = lease->leased;
    lease->leased = NULL;
    if (slot)
        go_home(slot, unfit);
    toasty__pool_dispatch(lease);
    toasty__ring_remove(&lease->leased_beside);
    toasty__lock_give(&pool->lock);
}
