/* What runs the jobs of an execution. The db layer implements it over a pool or a transaction's connection.
 */
#ifndef TOASTY_ENGINE_RUN_SESSION_H
#define TOASTY_ENGINE_RUN_SESSION_H

#include <toasty/driver/driver.h>

/* How a job wants its connection. */
typedef enum toasty__need {
    TOASTY__NEED_READ = 0,
    TOASTY__NEED_WRITE = 1,
    TOASTY__NEED_KEEP = 2 /* stay on this connection, alone, until `finish`: the job begins a transaction */
} toasty__need;

typedef struct toasty__session {
    /* Runs a job on a connection and has job->done called once, on the caller's reactor or inside submit; a
     * connection that cannot be had fails the job. */
    void (*submit)(struct toasty__session *session, toasty_job *job, unsigned needs);
    /* Gives up the job that is under way or waits for a connection; job->done is still called. */
    void (*cancel)(struct toasty__session *session, toasty_job *job);
    /* Gives back a kept connection. ok: its transaction ended as it should; otherwise it is rolled back
     * first. */
    void (*finish)(struct toasty__session *session, bool ok);
    bool in_transaction; /* the caller's own: no BEGIN of ours, nothing atomic by itself */
} toasty__session;

#endif
