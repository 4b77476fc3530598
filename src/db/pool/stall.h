/* Connections that stall: one statement takes long, and others of the same loop wait behind it.
 *
 * What shares a connection is answered in order, and where it is not (capability.unordered) nobody watches.
 * When nothing was answered for a moment, the connection takes no more statements, and reads that wait behind
 * the slow one move to another connection as soon as there is one. A write stays where it was sent: it may
 * have happened. On the thread of the connection's reactor; `stalled` is written under the pool's lock, since
 * whoever serves the queue reads it. */
#ifndef TOASTY_DB_POOL_STALL_H
#define TOASTY_DB_POOL_STALL_H

#include "db/pool/pool.h"

/* A job of the borrower is on its way on its connection. */
void toasty__stall_sent(toasty__borrower *borrower);
void toasty__stall_ended(toasty__slot *slot);
/* It was answered. */
static inline void toasty__stall_answered(toasty__borrower *borrower)
{
    toasty__slot *slot = borrower->slot;
    borrower->number = 0;
    slot->answered++;
    if (slot->stalled)
        toasty__stall_ended(slot);
}
/* The connection leaves its reactor. */
void toasty__stall_unwatch(toasty__slot *slot);

#endif
