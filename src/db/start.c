/* Operations with a callback: the same session and execution as every call, on a loop, without a fiber.
 *
 * All that is borrowed was copied before anything starts. The callback runs in a task of the loop, so neither
 * inside toasty_start nor inside a driver. */
#include "base/alloc.h"
#include "base/container.h"
#include "base/context.h"
#include "base/error.h"
#include "core/ops.h"
#include "core/request_copy.h"
#include "db/batch.h"
#include "db/runner.h"

struct toasty_started {
    toasty__reactor *reactor; /* held */
    toasty_db *db;            /* held */
    toasty__runner runner;
    toasty_error error;
    toasty_callback callback;
    void *arg;
    toasty__timer *timer;
    bool executed, late;
    toasty__task task;
    toasty__arena arena;
    toasty__op_requests all;
};

static void started_free(toasty_started *started)
{
    toasty__timer_free(started->timer);
    toasty__arena_done(&started->arena);
    if (started->reactor)
        toasty__reactor_release(started->reactor);
    toasty__handle_release(started->db);
    toasty__free(started);
}

static void call_back(toasty__task *task)
{
    toasty_started *started = toasty__container(task, toasty_started, task);
    toasty_error *err = &started->error;
    int status = toasty__runner_end(&started->runner);
    if (err->code == TOASTY_CANCELLED && started->late)
        toasty__fail(err, TOASTY_TIMEOUT, "the operation did not end within %u ms", started->db->timeout_ms);
    if (status == 0)
        toasty__op_requests_give(&started->all);
    started->callback(status == 0 ? NULL : err, started->arg);
    started_free(started);
}

static void executed(toasty__execution *execution)
{
    toasty_started *started = toasty__container(execution, toasty_started, runner.execution);
    started->executed = true;
    toasty__reactor_defer(started->reactor, &started->task);
}

static void deadline_passed(void *arg)
{
    toasty_started *started = arg;
    if (started->executed)
        return;
    started->late = true;
    toasty__execution_cancel(&started->runner.execution);
}

static int copy_ops(toasty_started *started, const toasty_op *ops, size_t count)
{
    toasty_op *copies = toasty__arena_calloc(&started->arena, count + 1, sizeof *copies);
    if (!copies)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (!ops[i].request.model)
            continue;
        const toasty_request *copy = toasty__request_copy(&started->arena, &ops[i].request);
        if (!copy)
            return -1;
        copies[i] = (toasty_op){.request = *copy, .out = ops[i].out};
    }
    return toasty__op_requests_make(&started->all, &started->arena, copies, count);
}

static int prepare(toasty_started *started, uv_loop_t *loop, const toasty_op *ops, size_t count,
                   toasty_error *err)
{
    if (copy_ops(started, ops, count) < 0)
        return toasty__fail_memory(err);
    if (!(started->reactor = toasty__reactor_of_loop(loop, err)))
        return -1;
    if (started->db->timeout_ms &&
        !(started->timer = toasty__timer_new(started->reactor, deadline_passed, started, err)))
        return -1;
    return 0;
}

static void go(toasty_started *started)
{
    started->task.run = call_back;
    if (started->timer)
        toasty__timer_start(started->timer, started->db->timeout_ms);
    started->runner.execution.done = executed;
    started->runner.execution.error = &started->error;
    started->runner.execution.results = started->all.results;
    toasty__runner_start(&started->runner, started->db, started->reactor, NULL, started->all.requests,
                         started->all.count);
}

static toasty_started *start(uv_loop_t *loop, toasty_db *db, const toasty_op *ops, size_t count,
                             toasty_callback callback, void *arg)
{
    toasty__context *context = toasty__context_current();
    toasty_error *err = &context->error;
    if (toasty__handle_check(db, context) < 0)
        return NULL;
    if (!loop || !callback) {
        toasty__fail(err, TOASTY_INVALID_ARGUMENT, "toasty_start: the loop or the callback is NULL");
        return NULL;
    }
    if (toasty__ops_check(ops, count, err) < 0)
        return NULL;
    toasty_started *started = toasty__calloc(1, sizeof *started);
    if (!started) {
        toasty__fail_memory(err);
        return NULL;
    }
    toasty__handle_hold(db);
    started->db = db;
    started->callback = callback;
    started->arg = arg;
    toasty__arena_init(&started->arena, 0);
    if (prepare(started, loop, ops, count, err) < 0) {
        started_free(started);
        return NULL;
    }
    go(started);
    return started;
}

toasty_started *toasty_start(uv_loop_t *loop, toasty_db *db, toasty_op op, toasty_callback callback,
                             void *arg)
{
    return start(loop, db, &op, 1, callback, arg);
}

toasty_started *toasty_start_ops(uv_loop_t *loop, toasty_db *db, const toasty_ops *ops,
                                 toasty_callback callback, void *arg)
{
    if (!ops) {
        toasty_error *err = &toasty__context_current()->error;
        toasty__fail(err, TOASTY_INVALID_ARGUMENT, "toasty_start_ops: the list of operations is NULL");
        return NULL;
    }
    return start(loop, db, ops->items, ops->count, callback, arg);
}

/* The callback comes by the task, as always. */
void toasty_cancel_started(toasty_started *started)
{
    if (started && !started->executed)
        toasty__execution_cancel(&started->runner.execution);
}
