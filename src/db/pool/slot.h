/* What the parts of the pool do with the place of a connection. For the pool alone.
 *
 * All under the pool's lock, unless it is said otherwise. */
#ifndef TOASTY_DB_POOL_SLOT_H
#define TOASTY_DB_POOL_SLOT_H

#include "db/pool/pool.h"

/* Milliseconds of a clock that costs little to read, for the age of connections. No lock needed. */
uint64_t toasty__pool_clock(void);

/* --- state and users; in the header, since every call passes here twice --- */

static inline void toasty__idle_add(toasty__slot *slot)
{
    toasty__ring_add_after(&slot->home->idle, &slot->unused);
    slot->home->idle_count++;
}

static inline void toasty__idle_remove(toasty__slot *slot)
{
    toasty__ring_remove(&slot->unused);
    slot->home->idle_count--;
}

static inline void toasty__slot_set_state(toasty__slot *slot, toasty__slot_state state)
{
    toasty__slot_state before = (toasty__slot_state)slot->state;
    bool at_home = slot->group == slot->home;
    slot->state = (uint8_t)state;
    if (before == state)
        return;
    if (before == TOASTY__SLOT_WARM)
        slot->group->warm_count--;
    else if (before == TOASTY__SLOT_IDLE && at_home)
        toasty__idle_remove(slot);
    if (state == TOASTY__SLOT_WARM)
        slot->group->warm_count++;
    else if (state == TOASTY__SLOT_IDLE && at_home)
        toasty__idle_add(slot);
}

static inline void toasty__slot_add_user(toasty__slot *slot, toasty__borrower *borrower)
{
    borrower->slot = slot;
    toasty__ring_add_after(&slot->borrowers, &borrower->having);
    slot->users++;
}

static inline void toasty__slot_remove_user(toasty__slot *slot, toasty__borrower *borrower)
{
    toasty__ring_remove(&borrower->having);
    borrower->slot = NULL;
    slot->users--;
}

/* Not under the lock; on the thread of the slot's reactor, and nobody else can have the slot meanwhile. */
void toasty__slot_detach(toasty__slot *slot);
/* Detaches an unused connection from its reactor, which is of this thread, if it still is attached: the lock
 * is left meanwhile, and nobody else gets the slot. */
void toasty__slot_leave_reactor(toasty__slot *slot);
/* Makes an unused connection, attached to no reactor, free for all. */
static inline void toasty__slot_make_idle(toasty__slot *slot)
{
    slot->reactor = NULL;
    slot->idle_ms = slot->home->pool->ages ? toasty__pool_clock() : 0;
    toasty__slot_set_state(slot, TOASTY__SLOT_IDLE);
}

/* The connection goes to somebody else, who must not meet what its session holds: it will be cleaned, or
 * closed where that cannot be. unfit: nobody knows what it holds. Nobody uses it meanwhile. No lock needed.
 */
void toasty__slot_part(toasty__slot *slot, bool unfit);
/* Not under the lock: closes the connection of a slot that nobody can find any more, and frees the slot. */
void toasty__slot_close(toasty__slot *slot);
/* The same under the lock, which is left meanwhile. The pool is held by somebody. */
void toasty__slot_close_locked(toasty__slot *slot);
/* Not under the lock: a closed slot whose task has come. */
void toasty__slot_free(toasty__slot *slot);

#endif
