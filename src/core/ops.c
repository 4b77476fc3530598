/* Operation lists. A step that fails leaves the list as it was. */
#include "ops.h"

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "core/copy.h"
#include "core/request_check.h"
#include "core/request_copy.h"
#include "core/roots.h"

static void destroy(void *object)
{
    toasty_ops *ops = object;
    toasty__arena_done(&ops->arena);
    toasty__free(ops);
}

toasty_ops *toasty_ops_new(void)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__error_clear(err);
    toasty_ops *ops = toasty__calloc(1, sizeof *ops);
    if (ops)
        toasty__arena_init(&ops->arena, 0);
    if (!ops || toasty__root_add(ops, destroy, ops) < 0) {
        toasty__free(ops);
        toasty__fail_memory(err);
        return NULL;
    }
    return ops;
}

int toasty_ops_add(toasty_ops *ops, toasty_op op)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__error_clear(err);
    if (!ops)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "toasty_ops_add: the list is NULL");
    if (!op.request.model)
        return 0; /* absent */
    if (toasty__request_check(&op.request, err) < 0)
        return -1;
    toasty_op *items = toasty__arena_grow(&ops->arena, ops->items, &ops->capacity, ops->count + 1, sizeof op);
    if (!items)
        return toasty__fail_memory(err);
    ops->items = items;
    const toasty_request *copy = toasty__request_copy(&ops->arena, &op.request);
    if (!copy)
        return toasty__fail_memory(err);
    ops->items[ops->count++] = (toasty_op){.request = *copy, .out = op.out};
    return 0;
}
