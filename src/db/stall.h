/* Connections that stall: one statement takes long, and others of the same loop wait behind it.
 *
 * What shares a connection is answered in order. When nothing was answered for a moment, the connection takes no more
 * statements, and reads that wait behind the slow one move to another connection as soon as there is one. A write stays
 * where it was sent: it may have happened. On the thread of the connection's reactor. */
#ifndef TOASTY_DB_STALL_H
#define TOASTY_DB_STALL_H

#include "db/session.h"

/* A job of the session is on its way on its connection. */
void toasty__stall_sent(toasty__db_session *session);
/* One of the connection's jobs was answered. */
static inline void toasty__stall_answered(toasty__slot *slot)
{
    slot->answered++;
    slot->stalled = false;
}
/* The connection leaves its reactor. */
void toasty__stall_end(toasty__slot *slot);

#endif
