/* Waits that could only be ended by the one who waits.
 *
 * A connection is out of reach when it is held in a transaction (or a dedicated handle) by the fiber or
 * thread that asks, or by one that waits in the same queue; and, for a call on a plain thread, when a loop of
 * that same thread uses it: the loop cannot go on before the call returns. When every connection of the group
 * is out of reach, the wait would be for ever. */
#include "db/pool/pool.h"

static bool waits(const toasty__group *group, const struct toasty__context *context)
{
    toasty__ring_each(const toasty__borrower, other, &group->waiters, waiting)
        if (other->context == context)
            return true;
    return false;
}

/* The fiber or thread that has the lease cannot go on before the borrower was served. */
static bool is_stuck(const toasty__group *lease, const toasty__group *group, const toasty__borrower *borrower)
{
    bool plain = !borrower->on_loop;
    if (plain && lease->holder_on_loop && pthread_equal(lease->holder_thread, pthread_self()))
        return true;
    return lease->holder && (lease->holder == borrower->context || waits(group, lease->holder));
}

static bool out_of_reach(const toasty__slot *slot, const toasty__group *group,
                         const toasty__borrower *borrower)
{
    if (slot->group != group && slot->users == 0 && is_stuck(slot->group, group, borrower))
        return true;
    return !borrower->on_loop && slot->reactor && toasty__reactor_is_loop(slot->reactor) &&
           toasty__reactor_is_here(slot->reactor);
}

bool toasty__would_deadlock(const toasty__group *group, const toasty__borrower *borrower)
{
    if (group->lease)
        return group->leased && out_of_reach(group->leased, group, borrower);
    uint32_t seen = 0;
    toasty__ring_each(const toasty__slot, slot, &group->slots, all) {
        if (!out_of_reach(slot, group, borrower))
            return false;
        seen++;
    }
    /* The group also counts connections that are only about to be made. */
    return seen > 0 && seen == group->open;
}
