/* What the parts of the pool do with the place of a connection. For the pool alone.
 *
 * All under the pool's lock, unless it is said otherwise. */
#ifndef TOASTY_DB_SLOT_H
#define TOASTY_DB_SLOT_H

#include "db/session.h"

/* Milliseconds of a clock that costs little to read, for the age of connections. No lock needed. */
uint64_t toasty__pool_clock(void);

void toasty__slot_set_state(toasty__slot *slot, toasty__slot_state state);
void toasty__slot_add_user(toasty__slot *slot, toasty__db_session *session);
void toasty__slot_remove_user(toasty__slot *slot, toasty__db_session *session);

/* True when the session's job may run beside those of others. */
static inline bool toasty__session_shares(const toasty__db_session *session)
{
    return session->shares && !session->lease && !(session->needs & TOASTY__NEED_KEEP);
}

/* Not under the lock; on the thread of the slot's reactor, and nobody else can have the slot meanwhile. */
void toasty__slot_detach(toasty__slot *slot);
/* Detaches an unused connection from its reactor, which is of this thread, if it still is attached: the lock
 * is left meanwhile, and nobody else gets the slot. */
void toasty__slot_leave_reactor(toasty__slot *slot);
/* Makes an unused connection, attached to no reactor, free for all. */
void toasty__slot_make_idle(toasty__slot *slot);

/* Not under the lock: closes the connection of a slot that nobody can find any more, and frees the slot. */
void toasty__slot_close(toasty__slot *slot);
/* The same under the lock, which is left meanwhile. The pool is held by somebody. */
void toasty__slot_close_locked(toasty__slot *slot);
/* Not under the lock: a closed slot whose task has come. */
void toasty__slot_free(toasty__slot *slot);

#endif
