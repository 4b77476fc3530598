/* Several operations at once: all or nothing. */
#include "db/batch.h"

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "core/ops.h"
#include "core/request_check.h"
#include "db/call.h"
#include "engine/kinds/kinds.h"
#include <stdlib.h>

static void give_result(const toasty_op *op, const toasty__task_result *result)
{
    bool root = toasty__makes_root(&op->request);
    if (root && op->out)
        *(void **)op->out = result->root;
    else if (root)
        toasty__auto_free(&result->root);
    else if (op->out)
        *(int64_t *)op->out = result->count;
}

/* --- a variable for each result --- */

enum { FEW_OPS = 16 };

static int compare_variables(const void *a, const void *b)
{
    uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;
    return (x > y) - (x < y);
}

static bool some_are_equal(uintptr_t *variables, size_t count)
{
    qsort(variables, count, sizeof *variables, compare_variables);
    for (size_t i = 1; i < count; i++)
        if (variables[i] == variables[i - 1])
            return true;
    return false;
}

/* The later of two results would take the place of the earlier one, which nobody could free. */
static int check_variables(const toasty_op *ops, size_t count, toasty_error *err)
{
    uintptr_t few[FEW_OPS], *variables = few;
    size_t used = 0;
    if (count > FEW_OPS && !(variables = toasty__malloc(count * sizeof *variables)))
        return toasty__fail_memory(err);
    for (size_t i = 0; i < count; i++)
        if (ops[i].request.model && ops[i].out)
            variables[used++] = (uintptr_t)ops[i].out;
    bool shared = used > 1 && some_are_equal(variables, used);
    if (variables != few)
        toasty__free(variables);
    return shared ? toasty__fail(err, TOASTY_INVALID_ARGUMENT,
                                 "two operations have the same variable for their results")
                  : 0;
}

int toasty__ops_check(const toasty_op *ops, size_t count, toasty_error *err)
{
    if (count > 0 && !ops)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "the operations are NULL");
    for (size_t i = 0; i < count; i++) {
        const toasty_request *request = &ops[i].request;
        if (!request->model)
            continue; /* absent */
        if (toasty__makes_root(request) && !ops[i].out)
            return toasty__fail(err, TOASTY_INVALID_ARGUMENT,
                                "operation %zu (%s) needs the address of a variable for its result%s", i + 1,
                                request->model->name,
                                request->kind == TOASTY_REQUEST_PAGE ? ", and one that turns a page that page"
                                                                     : "");
        if (toasty__request_check(request, err) < 0)
            return -1;
    }
    return count > 1 ? check_variables(ops, count, err) : 0;
}

/* --- operations as requests --- */

/* What is done before a create that replaces a has_one: the row that is there is unlinked, or deleted where
 * it cannot do without its owner. */
static const toasty_request *making_room(toasty__arena *arena, const toasty_request *create)
{
    struct {
        toasty_request request;
        toasty_change changes[2];
    } *made = toasty__arena_calloc(arena, 1, sizeof *made);
    if (!made)
        return NULL;
    const toasty_relation *relation = create->relation;
    made->request = (toasty_request){
        .kind = TOASTY_REQUEST_DELETE, .model = create->model, .relation = relation, .owner = create->owner};
    if (relation->required)
        return &made->request;
    made->changes[0] = (toasty_change){.kind = TOASTY_CHANGE_LINK,
                                       .field = (uint16_t)(relation->pair - create->model->relations)};
    made->changes[1] = (toasty_change){.kind = TOASTY_CHANGE_END};
    made->request.kind = TOASTY_REQUEST_UPDATE;
    made->request.changes = made->changes;
    return &made->request;
}

int toasty__op_requests_make(toasty__op_requests *all, toasty__arena *arena, const toasty_op *ops,
                             size_t count)
{
    size_t room = 1;
    for (size_t i = 0; i < count; i++)
        room += ops[i].request.model ? 1 + ops[i].request.replaces : 0;
    all->ops = toasty__arena_calloc(arena, room, sizeof *all->ops);
    all->requests = toasty__arena_calloc(arena, room, sizeof *all->requests);
    all->results = toasty__arena_calloc(arena, room, sizeof *all->results);
    all->count = 0;
    if (!all->ops || !all->requests || !all->results)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const toasty_request *request = &ops[i].request;
        if (!request->model)
            continue;
        if (request->replaces && !(all->requests[all->count++] = making_room(arena, request)))
            return -1;
        all->ops[all->count] = &ops[i];
        all->requests[all->count++] = request;
    }
    return 0;
}

void toasty__op_requests_give(const toasty__op_requests *all)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->ops[i])
            give_result(all->ops[i], &all->results[i]);
}

/* --- batches --- */

static int run(toasty_db *db, toasty__context *context, const toasty_op *ops, size_t count)
{
    toasty__arena arena;
    toasty__op_requests all;
    toasty__arena_init(&arena, 0);
    int status = toasty__op_requests_make(&all, &arena, ops, count);
    if (status < 0)
        toasty__fail_memory(&context->error);
    else if (all.count)
        status = toasty__call(db, context, all.requests, all.count, all.results);
    if (status == 0)
        toasty__op_requests_give(&all);
    toasty__arena_done(&arena);
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
