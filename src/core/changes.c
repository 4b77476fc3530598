/* Change lists: changes that are collected step by step and owned. A step that fails leaves the list as it
 * was. */
#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "core/copy.h"
#include "core/query.h"
#include "core/roots.h"

static void destroy(void *object)
{
    toasty_changes *changes = object;
    toasty__arena_done(&changes->arena);
    toasty__free(changes);
}

/* Room for `more` changes and the one that ends the list. */
static int reserve(toasty_changes *changes, size_t more)
{
    toasty_change *items = toasty__arena_grow(&changes->arena, changes->items, &changes->capacity,
                                              changes->count + more + 1, sizeof *items);
    if (!items)
        return -1;
    changes->items = items;
    return 0;
}

toasty_changes *toasty__changes_new(const toasty_model *model)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__error_clear(err);
    toasty_changes *changes = toasty__calloc(1, sizeof *changes);
    if (!changes) {
        toasty__fail_memory(err);
        return NULL;
    }
    changes->model = model;
    toasty__arena_init(&changes->arena, 0);
    if (reserve(changes, 0) < 0 || toasty__root_add(changes, destroy, changes) < 0) {
        destroy(changes);
        toasty__fail_memory(err);
        return NULL;
    }
    changes->items[0] = (toasty_change){.kind = TOASTY_CHANGE_END};
    return changes;
}

int toasty__changes_add(toasty_changes *changes, const toasty_change *change)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__error_clear(err);
    if (!changes || !change)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "changes_add: the list or the change is NULL");
    const toasty_change *added = change;
    size_t count = change->kind != TOASTY_CHANGE_ABSENT && change->kind != TOASTY_CHANGE_END;
    if (change->kind == TOASTY_CHANGE_LIST) {
        const toasty_changes *list = change->operand.as.bytes;
        added = list ? list->items : NULL;
        count = list ? list->count : 0;
        if (list == changes)
            return toasty__fail(err, TOASTY_INVALID_ARGUMENT,
                                "changes_add: a list cannot be added to itself");
    }
    if (reserve(changes, count) < 0)
        return toasty__fail_memory(err);
    toasty_change *at = changes->items + changes->count;
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++) {
        at[i] = added[i];
        status = toasty__copy_change(&changes->arena, changes->model, &at[i]);
    }
    if (status == 0)
        changes->count += count;
    changes->items[changes->count] = (toasty_change){.kind = TOASTY_CHANGE_END};
    return status < 0 ? toasty__fail_memory(err) : 0;
}
