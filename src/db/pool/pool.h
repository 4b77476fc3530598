/* The pool of an opened database: its connections, who has them, and who waits for one.
 *
 * It lends to borrowers, and knows nothing of what they run.
 *
 * - A connection in use belongs to one reactor. Several borrowers of that reactor may share it when the
 * database can answer statements of several callers on one connection; a transaction, a raw statement and the
 * like have it alone.
 * - Connections stand in groups: one for all, or readers and one writer where the database has a single
 * writer. A lease (a transaction, a dedicated handle) is a group of its own with one connection, taken from
 * the pool until it ends.
 * - Each group serves in the order asked, over all threads: who comes while others wait, waits behind them.
 * - All that several threads see is guarded by the pool's one lock. A driver's attach, detach and disconnect
 * are called without it, on the thread of the connection's reactor, and never inside a driver's own call. */
#ifndef TOASTY_DB_POOL_POOL_H
#define TOASTY_DB_POOL_POOL_H

#include "base/lock.h"
#include "db/pool/borrower.h"
#include "db/pool/tally.h"
#include "engine/engine.h"

#include <pthread.h>
#include <stdatomic.h>
#include <toasty/driver/driver.h>

struct toasty__wait;
typedef struct toasty__pool toasty__pool;
typedef struct toasty__group toasty__group;

enum { TOASTY__USUAL_DEPTH = 64 }; /* borrowers that share a connection, unless the driver says how many */

typedef enum toasty__slot_state {
    TOASTY__SLOT_CONNECTING,
    TOASTY__SLOT_IDLE, /* of no reactor */
    TOASTY__SLOT_WARM, /* unused, still attached to its reactor, whose task will detach it */
    TOASTY__SLOT_BUSY
} toasty__slot_state;

/* The place of one connection. */
typedef struct toasty__slot {
    toasty__group *home, *group;   /* where it counts; where it serves: its home, or a lease */
    toasty__ring all;              /* among those of its home */
    toasty__ring unused;           /* among the idle ones of its home, latest first */
    toasty_connection *connection; /* NULL until connected */
    toasty__reactor *reactor;      /* NULL: idle */
    toasty__ring borrowers;        /* that have it */
    uint32_t users;
    uint8_t state; /* toasty__slot_state */
    bool exclusive;
    bool ping;     /* test it before its next use */
    bool lost;     /* it broke: nobody else gets it */
    bool cooling;  /* `cool` is queued on cooling_reactor */
    bool aborting; /* `abort` is posted to its reactor */
    bool gone;     /* closed; `cool` frees the slot */
    bool spoilt;   /* nobody may go on with its session once it is given back */
    bool attached; /* to its reactor, where the driver ties connections to one; of that thread alone */
    toasty__reactor *cooling_reactor;
    uint64_t opened_ms, idle_ms, losses; /* the pool's losses when it was last known to work */
    toasty__task cool, abort;
    toasty_connect connect;
    /* stall.c; of the reactor's thread alone, except `stalled` */
    toasty__timer *patience;
    uint64_t sent, answered, answered_before; /* jobs; answered when the timer was started */
    bool watched, stalled;
    /* Written by the thread that has the connection, read by any. */
    toasty__tally tally;
} toasty__slot;

struct toasty__group {
    toasty__pool *pool;
    toasty__ring slots, idle; /* all, and the unused ones */
    toasty__slot *leased;     /* a lease: its connection; NULL when it was lost or given back */
    pthread_t holder_thread;  /* …and where that runs */
    bool holder_on_loop;
    struct toasty__context *holder;             /* a lease: the fiber or thread that used it last */
    toasty__ring leased_beside;                 /* among the pool's leases */
    toasty__ring waiters;                       /* in the order asked */
    uint32_t max, open, idle_count, warm_count; /* open counts those that connect, too */
    bool writer, lease;
    bool over; /* a lease: it has ended */
};

typedef struct toasty__pool_options {
    uint32_t max_size, min_idle, wait_timeout_ms, connect_timeout_ms, max_lifetime_ms, idle_timeout_ms,
        ping_after_ms;
} toasty__pool_options;

struct toasty__pool {
    toasty__lock lock;
    const toasty_driver *driver;
    toasty_database database;
    bool database_open;
    toasty__engine engine;
    char *prefix;
    toasty__pool_options options;
    bool ages;      /* connections may die of age: not those of an embedded database */
    bool shares;    /* the database can share connections */
    uint32_t depth; /* and by so many borrowers */
    bool closed;
    uint32_t references; /* handles and slots */
    uint32_t open, waiting;
    toasty__group groups[2]; /* one for all or for reading; for writing */
    uint32_t group_count;
    toasty__ring leases;
    atomic_uint_fast64_t losses; /* connections that broke */
    uint64_t next_number;
    struct toasty__wait *closer; /* waits for the last connection to be closed */
    /* of connections that are closed */
    uint64_t counted[TOASTY__COUNTS];
};

/* What an application asked for; a value of 0 stays 0. The driver's database is open. */
void toasty__pool_start(toasty__pool *pool, const toasty__pool_options *options);
void toasty__pool_hold(toasty__pool *pool);
/* Closes the driver's database and frees the pool with the last hold; no handle and no connection is left
 * then. */
void toasty__pool_release_hold(toasty__pool *pool);

/* An empty group that may have so many connections. */
void toasty__group_init(toasty__group *group, toasty__pool *pool, uint32_t max);
/* The group that serves a need. */
static inline toasty__group *toasty__pool_group(toasty__pool *pool, unsigned needs)
{
    return &pool->groups[(needs & TOASTY__NEED_WRITE) && pool->group_count == 2];
}

/* A connection for a borrower, or a place in the queue of the group. */
toasty__grant toasty__pool_acquire(toasty__group *group, toasty__borrower *borrower, toasty_error *err);
/* Takes a borrower out of the queue; false when its turn came meanwhile. */
bool toasty__pool_leave(toasty__borrower *borrower);
/* Makes a connection that the borrower shares its own; false when others use it. */
bool toasty__pool_take_alone(toasty__slot *slot);
/* A connection that was exclusive while it was tested may be shared again. */
void toasty__pool_share(toasty__slot *slot);
/* The borrower is done with its connection. inside_driver: called from a driver's `done`. True when something
 * is left that it has to settle when it ends. */
bool toasty__pool_give_back(toasty__borrower *borrower, bool inside_driver);
/* Detaches or closes what was left to this reactor, which does not turn by itself when it is a plain one. */
void toasty__pool_settle_left(toasty__pool *pool, toasty__reactor *reactor);
/* The connection broke: whoever has it still is to be answered, and nobody gets it any more. */
void toasty__pool_lost(toasty__slot *slot);
/* Why a borrower of this group is refused. Returns TOASTY__REFUSED. */
toasty__grant toasty__pool_refuse(const toasty__group *group, toasty_error *err);

/* A place for the connection that the borrower may make; NULL when out of memory: the permission is gone
 * then.
 */
toasty__slot *toasty__pool_add_slot(toasty__group *group, toasty__borrower *borrower);
/* Gives back the permission to connect. */
void toasty__pool_drop_permission(toasty__group *group);
/* Its connection was made: attached to the reactor of the borrower. */
void toasty__pool_connected(toasty__slot *slot);
/* Removes the place of a connection that was not made. True as with toasty__pool_give_back. */
bool toasty__pool_drop_slot(toasty__slot *slot);

/* The borrower's exclusive connection becomes that of a lease, which it goes to when the borrower gives it
 * back. */
void toasty__lease_open(toasty__group *lease, toasty__pool *pool, toasty__borrower *borrower);
/* Remembers who used it last. */
void toasty__lease_held_by(toasty__group *lease, const toasty__borrower *borrower);
/* What the session of its connection holds: toasty_session_state. */
uint8_t toasty__lease_session(toasty__group *lease);
/* Nobody knows what its session holds: the handle has lost its connection, unless the data is in it. */
void toasty__lease_spoil(toasty__group *lease);
/* The lease ends: its connection, if it still has one, goes back to the pool. unfit: nobody knows what its
 * session holds. */
void toasty__lease_return(toasty__group *lease, bool unfit);

/* Refuses all further use, fails who waits and what is in flight, closes what is idle. */
void toasty__pool_close(toasty__pool *pool);
/* Has a wait end when no connection is left; false when there is none already. */
bool toasty__pool_await_closed(toasty__pool *pool, struct toasty__wait *closer);
/* True when a connection is in use by a loop of this thread, so that a plain call cannot wait for it. */
bool toasty__pool_is_used_here(toasty__pool *pool);

/* Has a connection serve another group: its home, or a lease. Under the lock. */
void toasty__pool_move(toasty__slot *slot, toasty__group *group);
/* Serves those that wait in a group, in order, as far as it goes. Under the lock. */
void toasty__pool_dispatch(toasty__group *group);
/* Rule of the pool: true when the borrower could only be served by what itself keeps from going on. Called
 * with the lock held, when nothing is free. */
bool toasty__would_deadlock(const toasty__group *group, const toasty__borrower *borrower);

#endif
