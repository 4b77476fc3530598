/* Conditions among changes: see narrow.h. They are found here and put where all conditions stand; the walk
 * over the changes passes them over. */
#include "engine/plan/narrow.h"
#include "base/error.h"
#include "core/query.h"
#include "engine/plan/limits.h"

bool toasty__means_one_row(const toasty_request *request)
{
    return request->record || (request->owner && request->relation->kind == TOASTY_HAS_ONE) ||
           (request->by && request->by->unique && request->key_count == request->by->field_count);
}

/* The conditions of a request: how many there are and, once there is room, themselves. */
typedef struct conditions {
    toasty_condition *items;
    size_t count;
    bool others; /* changes that are none */
} conditions;

static void find(conditions *found, const toasty_change *at, size_t count)
{
    for (; count && at->kind != TOASTY_CHANGE_END; count--, at++) {
        const toasty_changes *list = at->operand.as.bytes;
        if (at->kind == TOASTY_CHANGE_LIST) {
            if (list)
                find(found, list->items, list->count);
        } else if (at->kind != TOASTY_CHANGE_ONLY_IF) {
            found->others = found->others || at->kind != TOASTY_CHANGE_ABSENT;
        } else {
            if (found->items)
                found->items[found->count] = *(const toasty_condition *)at->operand.as.bytes;
            found->count++;
        }
    }
}

bool toasty__has_conditions(const toasty_request *request)
{
    conditions found = {.count = 0};
    find(&found, request->changes, SIZE_MAX);
    return found.count;
}

/* The condition that the request has besides comes first. */
static toasty_condition *join(conditions *found, const toasty_request *request, const toasty_change *changes,
                              size_t count, toasty__arena *arena)
{
    size_t room = found->count + 2;
    toasty_condition *joined = toasty__arena_calloc(arena, room + 1, sizeof(*joined));
    if (!joined)
        return NULL;
    found->items = joined + 1;
    found->count = request->find.where != NULL;
    if (request->find.where)
        found->items[0] = *request->find.where;
    find(found, changes, count);
    for (size_t i = 0; i < found->count; i++)
        found->items[i].last = 0;
    found->items[found->count].last = 1;
    toasty__join(joined, TOASTY_AND, found->items, sizeof(*joined));
    return joined;
}

int toasty__narrow(const toasty_request **request, toasty__arena *arena, toasty_error *err)
{
    const toasty_request *given = *request;
    const toasty_change *changes = given->changes ? given->changes : given->find.set;
    size_t count = given->changes ? SIZE_MAX : given->find.set_max;
    bool updates = given->kind == TOASTY_REQUEST_UPDATE;
    conditions found = {.count = 0};
    if (!changes || !(updates || given->kind == TOASTY_REQUEST_DELETE))
        return 0;
    find(&found, changes, count);
    bool limited =
        updates && given->model->rule_count && toasty__has_limited_sums(given->model, changes, count);
    if (!updates && found.others)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "a delete of %s takes conditions that the row must meet, and no changes",
                            given->model->name);
    if (!found.count && !limited)
        return 0;
    toasty_request *narrowed = toasty__arena_alloc(arena, sizeof(*narrowed));
    if (!narrowed)
        return toasty__fail_memory(err);
    *narrowed = *given;
    if (found.count && !(narrowed->find.where = join(&found, given, changes, count, arena)))
        return toasty__fail_memory(err);
    /* Where one row is meant the request has no query object of its own. */
    const toasty_query *limits = NULL;
    if (limited && toasty__keep_limits(given, changes, count, arena, &limits, err) < 0)
        return -1;
    if (limits)
        narrowed->find.query = limits;
    if (!updates)
        narrowed->changes = NULL;
    *request = narrowed;
    return 0;
}
