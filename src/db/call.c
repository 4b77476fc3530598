/* A call that waits: see call.h.
 *
 * What is on this path runs in every call: no allocation, no timer unless the call really waits. */
#include "db/call.h"

#include "base/container.h"
#include "base/context.h"
#include "db/runner.h"
#include "fiber/wait.h"

typedef struct call {
    toasty__wait wait;
    toasty__runner runner;
} call;

static void executed(toasty__execution *execution)
{
    toasty__wait_done(&toasty__container(execution, call, runner.execution)->wait);
}

static void give_up(toasty__wait *wait)
{
    toasty__execution_cancel(&toasty__container(wait, call, wait)->runner.execution);
}

int toasty__call(toasty_db *db, toasty__context *context, const toasty_request *const *requests, size_t count,
                 toasty__task_result *results)
{
    toasty_error *err = &context->error;
    uint32_t timeout_ms = db->timeout_ms;
    call call;
    if (toasty__wait_begin(&call.wait, context, err) < 0)
        return -1;
    call.wait.give_up = give_up;
    call.runner.execution.done = executed;
    call.runner.execution.error = err;
    call.runner.execution.results = results;
    toasty__runner_start(&call.runner, db, call.wait.reactor, context, requests, count);
    toasty__wait_until_done(&call.wait, timeout_ms);
    int status = toasty__runner_end(&call.runner);
    toasty__wait_end(&call.wait);
    if (status < 0)
        toasty__wait_explain(&call.wait, timeout_ms, err);
    return status;
}
