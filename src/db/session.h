/* A session: runs the jobs of one call, on connections of the pool or on the one of a lease.
 *
 * It keeps the connection that it got until it ends or needs another, so that a call of many stages asks the
 * pool once. It lives where its call lives, and everything about it happens on the thread of its reactor,
 * except that another thread may take it out of a queue and post its task. */
#ifndef TOASTY_DB_SESSION_H
#define TOASTY_DB_SESSION_H

#include "db/handle.h"
#include "db/pool.h"

typedef enum toasty__session_stage {
    TOASTY__SESSION_FREE,
    TOASTY__SESSION_QUEUED,
    TOASTY__SESSION_GRANTED,     /* slot is set, the task will run */
    TOASTY__SESSION_MAY_CONNECT, /* the task will make a connection */
    TOASTY__SESSION_REFUSED,     /* the pool was closed: the task will fail the job */
    TOASTY__SESSION_CONNECTING,
    TOASTY__SESSION_CONNECTED, /* or not: the task will see */
    TOASTY__SESSION_PINGING,
    TOASTY__SESSION_RUNNING
} toasty__session_stage;

typedef struct toasty__db_session {
    toasty__session base; /* first: what the engine sees */
    toasty_db *db;
    toasty__reactor *reactor;
    struct toasty__context *context;                      /* of the call; NULL: started with a callback */
    toasty__group *lease;                                 /* NULL: the pool */
    bool shares;                                          /* its statements may share a connection */
    bool kept;                                            /* alone on its connection until `finish` */
    bool given_up;                                        /* cancelled before its job reached the driver */
    bool aborted;                                         /* the handle was closed meanwhile */
    bool sent;                                            /* a job of it reached the driver */
    bool leaves;                                          /* with it the lease ends */
    bool settling;                                        /* a rollback of its own is under way */
    void (*settled)(struct toasty__db_session *session);  /* after that; may be NULL */
    toasty__slot *slot;                                   /* its connection */
    struct toasty__db_session *previous_user, *next_user; /* of the slot */
    /* the job under way */
    toasty_job *job;
    void (*done)(toasty_job *job);
    unsigned needs;
    uint64_t started_us; /* only with an event hook */
    /* waiting for a connection */
    uint8_t stage;        /* toasty__session_stage; of the queue: under the pool's lock */
    toasty__group *group; /* whose queue it stands in */
    struct toasty__db_session *previous_waiter, *next_waiter;
    toasty__task task;
    toasty__timer *timer;
    bool left;       /* a connection that it gave back has to be settled when it ends */
    bool beside;     /* it shares its connection with others */
    bool moving;     /* its job is taken back, to be sent on another connection */
    uint64_t number; /* of its job among those of the connection */
    /* a job of its own: a ping, a rollback */
    toasty_job own_job;
    toasty_operation own_operation;
} toasty__db_session;

/* context NULL: no fiber or thread stands behind it. The reactor is held by the caller until the session has
 * ended. */
void toasty__session_begin(toasty__db_session *session, toasty_db *db, toasty__reactor *reactor,
                           struct toasty__context *context);
/* Gives the connection back. Nothing is under way, and no driver's function is on the stack. */
void toasty__session_end(toasty__db_session *session);
/* Takes back a read that waits on its connection and sends it on another one. On the reactor's thread. */
void toasty__session_move(toasty__db_session *session);
/* The handle is closed: what is under way is cancelled. On the reactor's thread. */
void toasty__session_abort(toasty__db_session *session);
/* What a closed handle makes of an error. */
void toasty__session_explain(const toasty__db_session *session, toasty_error *err);

/* Tells the hook of the handle, if any, about the operations of a finished job (event.c). */
uint64_t toasty__event_clock(void);
void toasty__event_emit(const toasty__db_session *session, const toasty_job *job);

#endif
