/* Operations with a callback: the same session and execution as every call, on a loop, without a fiber.
 *
 * All that is borrowed was copied before anything starts. The callback runs in a task of the loop, so neither
 * inside toasty_start nor inside a driver. */
#include "base/alloc.h"
#include "base/error.h"
#include "core/ops.h"
#include "core/request_copy.h"
#include "db/batch.h"
#include "db/call.h"

typedef struct started {
    toasty__reactor *reactor; /* held */
    toasty_db *db;
    toasty__db_session session;
    toasty_error error;
    toasty_callback callback;
    void *arg;
    toasty__timer *timer;
    bool executed, late;
    toasty__task task;
    toasty__arena arena;
    toasty_op *ops;
    const toasty_request **requests;
    toasty__task_result *results;
    size_t count;
    toasty__execution execution;
} started;

static void started_free(started *started)
{
    toasty__timer_free(started->timer);
    toasty__arena_done(&started->arena);
    if (started->reactor)
        toasty__reactor_release(started->reactor);
    toasty__free(started);
}

static void call_back(toasty__task *task)
{
    started *started = (struct started *)((char *)task - offsetof(struct started, task));
    toasty_error *err = &started->error;
    toasty__session_end(&started->session);
    toasty__session_explain(&started->session, err);
    if (err->code == TOASTY_CANCELLED && started->late)
        toasty__fail(err, TOASTY_TIMEOUT, "the operation did not end within %u ms", started->db->timeout_ms);
    if (err->code == TOASTY_OK)
        for (size_t i = 0; i < started->count; i++)
            toasty__op_give_result(&started->ops[i], &started->results[i]);
    started->callback(err->code == TOASTY_OK ? NULL : err, started->arg);
    started_free(started);
}

static void ended(started *started)
{
    if (started->executed && !started->session.settling)
        toasty__reactor_defer(started->reactor, &started->task);
}

static void executed(toasty__execution *execution)
{
    started *started = execution->user;
    started->executed = true;
    ended(started);
}

static void settled(toasty__db_session *session)
{
    ended((started *)((char *)session - offsetof(started, session)));
}

static void deadline_passed(void *arg)
{
    started *started = arg;
    if (started->executed)
        return;
    started->late = true;
    toasty__execution_cancel(&started->execution);
}

/* Copies what is not absent. */
static int copy_ops(started *started, const toasty_op *ops, size_t count)
{
    started->ops = toasty__arena_calloc(&started->arena, count + 1, sizeof *started->ops);
    started->requests = toasty__arena_calloc(&started->arena, count + 1, sizeof *started->requests);
    started->results = toasty__arena_calloc(&started->arena, count + 1, sizeof *started->results);
    if (!started->ops || !started->requests || !started->results)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (!ops[i].request.model)
            continue;
        const toasty_request *copy = toasty__request_copy(&started->arena, &ops[i].request);
        if (!copy)
            return -1;
        started->ops[started->count] = (toasty_op){.request = *copy, .out = ops[i].out};
        started->requests[started->count++] = copy;
    }
    return 0;
}

static int prepare(started *started, uv_loop_t *loop, const toasty_op *ops, size_t count, toasty_error *err)
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

static void go(started *started)
{
    toasty__session_begin(&started->session, started->db, started->reactor, NULL);
    started->session.settled = settled;
    started->task.run = call_back;
    if (started->timer)
        toasty__timer_start(started->timer, started->db->timeout_ms);
    started->execution.engine = &started->db->pool->engine;
    started->execution.session = &started->session.base;
    started->execution.done = executed;
    started->execution.user = started;
    started->execution.error = &started->error;
    started->execution.results = started->results;
    if (started->count > 0)
        toasty__execute(&started->execution, started->requests, started->count);
    else
        executed(&started->execution);
}

static int start(uv_loop_t *loop, toasty_db *db, const toasty_op *ops, size_t count, toasty_callback callback,
                 void *arg)
{
    toasty__context *context = toasty__context_current();
    toasty_error *err = &context->error;
    if (toasty__handle_check(db, context) < 0)
        return -1;
    if (!loop || !callback)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "toasty_start: the loop or the callback is NULL");
    if (toasty__ops_check(ops, count, err) < 0)
        return -1;
    started *started = toasty__calloc(1, sizeof *started);
    if (!started)
        return toasty__fail_memory(err);
    started->db = db;
    started->callback = callback;
    started->arg = arg;
    toasty__arena_init(&started->arena, 0);
    if (prepare(started, loop, ops, count, err) < 0) {
        started_free(started);
        return -1;
    }
    go(started);
    return 0;
}

int toasty_start(uv_loop_t *loop, toasty_db *db, toasty_op op, toasty_callback callback, void *arg)
{
    return start(loop, db, &op, 1, callback, arg);
}

int toasty_start_ops(uv_loop_t *loop, toasty_db *db, const toasty_ops *ops, toasty_callback callback,
                     void *arg)
{
    if (!ops) {
        toasty_error *err = &toasty__context_current()->error;
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "toasty_start_ops: the list of operations is NULL");
    }
    return start(loop, db, ops->items, ops->count, callback, arg);
}
