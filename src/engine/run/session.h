/* What runs the jobs of an execution. The db layer implements it over a pool or a transaction's connection.
 */
#ifndef TOASTY_ENGINE_RUN_SESSION_H
#define TOASTY_ENGINE_RUN_SESSION_H

#include <toasty/driver/driver.h>

/* How a job wants its connection. */
typedef enum toasty__need {
    TOASTY__NEED_READ = 0,
    TOASTY__NEED_WRITE = 1,
    TOASTY__NEED_KEEP = 2 /* stay on this connection, alone, to the end: the job begins a transaction */
} toasty__need;

typedef struct toasty__session toasty__session;

typedef struct toasty__session_calls {
    /* Runs a job on a connection and has job->done called once, on the caller's reactor or inside submit; a
     * connection that cannot be had fails the job. */
    void (*submit)(toasty__session *session, toasty_job *job, unsigned needs);
    /* Gives up the job that is under way or waits for a connection; job->done is still called. */
    void (*cancel)(toasty__session *session, toasty_job *job);
    /* Undoes the transaction of a kept connection, whatever state it is in, and then has job->done called:
     * what came of it is the session's business. */
    void (*roll_back)(toasty__session *session, toasty_job *job);
    /* Can a read lock rows here? 0, or -1 with err. NULL where none can. */
    int (*check_lock)(const toasty__session *session, toasty_error *err);
    /* From now on the caller's own transaction can only be rolled back. Called only in one. */
    void (*fail)(toasty__session *session);
} toasty__session_calls;

struct toasty__session {
    const toasty__session_calls *calls;
    bool in_transaction; /* the caller's own: no BEGIN of ours, nothing atomic by itself */
};

#endif
