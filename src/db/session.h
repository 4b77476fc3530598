/* A session: runs the jobs of one call, on connections of the pool or on the one of a lease.
 *
 * It keeps the connection that it got until it ends or needs another, so that a call of many stages asks the
 * pool once. It lives where its call lives, counts on the handle of the call, and everything about it happens
 * on the thread of its reactor, except what the pool does with a borrower. */
#ifndef TOASTY_DB_SESSION_H
#define TOASTY_DB_SESSION_H

#include "db/handle.h"

typedef enum toasty__session_stage {
    TOASTY__SESSION_FREE,
    TOASTY__SESSION_WAITING, /* for its turn: the task will see what the pool grants */
    TOASTY__SESSION_CONNECTING,
    TOASTY__SESSION_CONNECTED, /* or not: the task will see */
    TOASTY__SESSION_PINGING,
    TOASTY__SESSION_RUNNING,
    TOASTY__SESSION_ROLLING_BACK
} toasty__session_stage;

/* What a session is to the transaction of its handle. */
typedef enum toasty__session_role {
    TOASTY__SESSION_CALLS,  /* it runs in it: what was ended meanwhile refuses it */
    TOASTY__SESSION_BEGINS, /* it begins one there, which refuses others by now */
    TOASTY__SESSION_ENDS    /* it ends it, and judges what came of that itself */
} toasty__session_role;

typedef struct toasty__db_session {
    toasty__session base; /* first: what the engine sees */
    toasty_db *db;        /* held */
    toasty__borrower borrower;
    uint8_t stage;   /* toasty__session_stage */
    bool shares;     /* its statements may share a connection */
    uint8_t role;    /* toasty__session_role */
    bool kept;       /* alone on its connection to the end */
    bool given_up;   /* cancelled before its job reached the driver */
    bool aborted;    /* the handle was closed meanwhile */
    bool sent;       /* a job of it reached the driver */
    bool left;       /* a connection that it gave back has to be settled when it ends */
    bool raw;        /* its job began in a transaction of the user's own text */
    bool moving;     /* its job is taken back, to be sent on another connection */
    uint8_t needs;   /* toasty__need of the job */
    toasty_job *job; /* under way */
    void (*done)(toasty_job *job);
    toasty__timer *timer;
    /* what is set when it is needed */
    toasty__observed observed; /* only where the handle is observed */
    /* a job of its own: a ping, a rollback */
    toasty_job own_job;
    toasty_operation own_operation;
} toasty__db_session;

/* context NULL: no fiber or thread stands behind it, but a loop. The reactor is held by the caller until the
 * session has ended. */
void toasty__session_begin(toasty__db_session *session, toasty_db *db, toasty__reactor *reactor,
                           struct toasty__context *context);
/* Gives the connection back. Nothing is under way, and no driver's function is on the stack. */
void toasty__session_end(toasty__db_session *session);
/* What a closed handle makes of an error. */
void toasty__session_explain(const toasty__db_session *session, toasty_error *err);

#endif
