/* Requests on a session: see runner.h. */
#include "db/runner.h"

#include "base/error.h"

void toasty__runner_start(toasty__runner *runner, toasty_db *db, toasty__reactor *reactor,
                          struct toasty__context *context, const toasty_request *const *requests,
                          size_t count)
{
    toasty__execution *execution = &runner->execution;
    toasty__session_begin(&runner->session, db, reactor, context);
    execution->engine = &db->pool->engine;
    execution->session = &runner->session.base;
    toasty__execute(execution, requests, count);
}

int toasty__runner_end(toasty__runner *runner)
{
    toasty_error *err = runner->execution.error;
    toasty__session_end(&runner->session);
    if (err->code == TOASTY_OK)
        return 0;
    toasty__session_explain(&runner->session, err);
    return -1;
}
