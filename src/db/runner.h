/* A runner: requests on their way, for whoever waits for them: an execution of the engine, and the session
 * that it runs on. */
#ifndef TOASTY_DB_RUNNER_H
#define TOASTY_DB_RUNNER_H

#include "base/error.h"
#include "db/session.h"

typedef struct toasty__runner {
    toasty__db_session session;
    toasty__execution execution; /* `done`, `error` and `results` are set by the caller */
} toasty__runner;

/* Starts the requests, all or nothing when more than one, for the fiber or thread of `context`, or for nobody
 * (NULL) on a loop. `done` is called once, perhaps inside this call: nothing is under way then. */
static inline void toasty__runner_start(toasty__runner *runner, toasty_db *db, toasty__reactor *reactor,
                                        struct toasty__context *context,
                                        const toasty_request *const *requests, size_t count)
{
    toasty__session_begin(&runner->session, db, reactor, context);
    runner->execution.job.deadline_ms = db->timeout_ms ? toasty__now_ms() + db->timeout_ms : 0;
    runner->execution.engine = &db->pool->engine;
    runner->execution.session = &runner->session.base;
    toasty__execute(&runner->execution, requests, count);
}
/* After `done`, and not inside a driver: gives the connection back. 0, or -1 when there is an error, which
 * then says whether the handle was closed meanwhile. */
static inline int toasty__runner_end(toasty__runner *runner)
{
    toasty_error *err = runner->execution.error;
    toasty__session_end(&runner->session);
    if (err->code == TOASTY_OK)
        return 0;
    toasty__session_explain(&runner->session, err);
    return -1;
}

#endif
