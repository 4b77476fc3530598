/* The entries of generated code: a request in, its result out.
 *
 * What is on this path runs in every call: no allocation, no timer unless the call really waits. */
#include "db/call.h"

#include "base/container.h"
#include "base/context.h"
#include "base/error.h"
#include "core/block.h"
#include "core/request_check.h"
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

static int run(toasty_db *db, const toasty_request *request, toasty__task_result *result)
{
    toasty__context *context = toasty__context_current();
    if (toasty__handle_check(db, context) < 0 || toasty__request_check(request, &context->error) < 0)
        return -1;
    return toasty__call(db, context, &request, 1, result);
}

/* A create that makes room for itself is more than one request. */
static void *run_replacing(toasty_db *db, const toasty_request *request)
{
    void *root = NULL;
    toasty_op op = {.out = &root, .request = *request};
    return toasty_batch_(db, &op, 1) < 0 ? NULL : root;
}

void *toasty__run(toasty_db *db, const toasty_request *request)
{
    toasty__task_result result = {0};
    if (request->replaces)
        return run_replacing(db, request);
    return run(db, request, &result) < 0 ? NULL : result.root;
}

int64_t toasty__run_count(toasty_db *db, const toasty_request *request)
{
    toasty__task_result result = {0};
    return run(db, request, &result) < 0 ? -1 : result.count;
}

/* --- records --- */

int toasty__update(toasty_db *db, const toasty_model *model, void *record, const toasty_change *changes)
{
    return (int)toasty__run_count(
        db, &(const toasty_request){
                .kind = TOASTY_REQUEST_UPDATE, .model = model, .record = record, .changes = changes});
}

int toasty__delete(toasty_db *db, const toasty_model *model, void *record)
{
    return (int)toasty__run_count(
        db, &(const toasty_request){.kind = TOASTY_REQUEST_DELETE, .model = model, .record = record});
}

void *toasty__create_array(toasty_db *db, const toasty_model *model, const void *rows, size_t count)
{
    return toasty__run(
        db,
        &(const toasty_request){
            .kind = TOASTY_REQUEST_CREATE, .model = model, .many = true, .rows = rows, .row_count = count});
}

/* --- pages --- */

/* The request for the page before or after one: that page's own, from the record at its end. 1; 0: there is
 * none; -1: it is not a page. */
static int turn(const void *page, bool backwards, toasty_request *request)
{
    const toasty__block *block = page ? toasty__block_of(page) : NULL;
    if (!block || !block->page)
        return -1;
    const toasty__page *root = page;
    if (backwards ? !root->has_prev : !root->has_next)
        return 0;
    *request = *(const toasty_request *)block->page;
    size_t last = root->len ? root->len - 1 : 0;
    request->after =
        root->len ? (const char *)root->items + (backwards ? 0 : last) * request->model->size : NULL;
    request->backwards = backwards;
    return 1;
}

static void *neighbour(toasty_db *db, const void *page, bool backwards)
{
    toasty__context *context = toasty__context_current();
    if (toasty__handle_check(db, context) < 0)
        return NULL;
    toasty_request request;
    int turned = turn(page, backwards, &request);
    if (turned < 0)
        toasty__fail(&context->error, TOASTY_INVALID_ARGUMENT,
                     "not a page that a call returned, or already freed");
    return turned > 0 ? toasty__run(db, &request) : NULL;
}

void *toasty__page_next(toasty_db *db, const void *page)
{
    return neighbour(db, page, false);
}

void *toasty__page_previous(toasty_db *db, const void *page)
{
    return neighbour(db, page, true);
}

toasty_op toasty__page_op(const toasty_model *model, void *out, const void *page, bool backwards)
{
    toasty_op op = {.out = out};
    int turned = turn(page, backwards, &op.request);
    if (out)
        *(void **)out = NULL;
    if (turned < 0) /* without a variable for its result it is refused where it is run */
        op = (toasty_op){.request = {.kind = TOASTY_REQUEST_PAGE, .model = model}};
    return op;
}
