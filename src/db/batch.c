/* Several operations at once: all or nothing. */
#include "db/batch.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/ops.h"
#include "db/call.h"

bool toasty__op_makes_root(const toasty_request *request)
{
    switch (request->kind) {
    case TOASTY_REQUEST_COUNT:
    case TOASTY_REQUEST_EXISTS:
        return false;
    case TOASTY_REQUEST_UPDATE:
    case TOASTY_REQUEST_DELETE:
        return request->returning;
    default:
        return true;
    }
}

void toasty__op_give_result(const toasty_op *op, const toasty__task_result *result)
{
    bool root = toasty__op_makes_root(&op->request);
    if (root && op->out)
        *(void **)op->out = result->root;
    else if (root)
        toasty__auto_free(&result->root);
    else if (op->out)
        *(int64_t *)op->out = result->count;
}

int toasty__ops_check(const toasty_op *ops, size_t count, toasty_error *err)
{
    if (count > 0 && !ops)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "the operations are NULL");
    for (size_t i = 0; i < count; i++)
        if (ops[i].request.model && toasty__op_makes_root(&ops[i].request) && !ops[i].out)
            return toasty__fail(err, TOASTY_INVALID_ARGUMENT,
                                "operation %zu (%s) has no variable for its result", i + 1,
                                ops[i].request.model->name);
    return 0;
}

static int run(toasty_db *db, toasty__context *context, const toasty_op *ops, size_t count)
{
    const toasty_request **requests = toasty__malloc((count + 1) * sizeof *requests);
    toasty__task_result *results = toasty__calloc(count + 1, sizeof *results);
    int status = -1;
    if (!requests || !results) {
        toasty__fail_memory(&context->error);
    } else {
        /* Absent operations are not there. */
        size_t present = 0, next = 0;
        for (size_t i = 0; i < count; i++)
            if (ops[i].request.model)
                requests[present++] = &ops[i].request;
        status = present ? toasty__call(db, context, requests, present, results) : 0;
        for (size_t i = 0; status == 0 && i < count; i++)
            if (ops[i].request.model)
                toasty__op_give_result(&ops[i], &results[next++]);
    }
    toasty__free(requests);
    toasty__free(results);
    return status;
}

int toasty_batch_(toasty_db *db, const toasty_op *ops, size_t count)
{
    toasty__context *context = toasty__context_current();
    if (toasty__handle_check(db, context) < 0 || toasty__ops_check(ops, count, &context->error) < 0)
        return -1;
    return run(db, context, ops, count);
}

int toasty_batch_ops(toasty_db *db, const toasty_ops *ops)
{
    toasty__context *context = toasty__context_current();
    if (toasty__handle_check(db, context) < 0)
        return -1;
    if (!ops)
        return toasty__fail(&context->error, TOASTY_INVALID_ARGUMENT, "the list of operations is NULL");
    return toasty_batch_(db, ops->items, ops->count);
}
