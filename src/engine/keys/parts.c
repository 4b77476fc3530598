/* The jobs of a write set: what goes into the next one. All changes at once, as long as a group takes them,
 * and otherwise part by part. */
#include "base/error.h"
#include "engine/keys/reached.h"
#include "engine/keys/write_set.h"

/* The items in the order in which they are sent. In parts, what refers to others goes before those, and the
 * rows of the call go last. */
static toasty__row_change *item_at(const toasty__write_set *set, uint32_t n)
{
    const toasty__running *run = set->execution->runs;
    if (!set->in_parts || run->request->kind != TOASTY_REQUEST_DELETE)
        return &set->items[n];
    uint32_t others = set->item_count - run->keys->root_changes;
    return &set->items[n < others ? set->item_count - 1 - n : n - others];
}

/* --- the job under way --- */

toasty_operation *toasty__write_set_add(toasty__write_set *set, const toasty_operation *operation,
                                        toasty_operation *answer)
{
    toasty_job *job = &set->job;
    toasty__arena *arena = &set->execution->arena;
    toasty_operation *operations = toasty__arena_grow(arena, job->operations, &set->operation_capacity,
                                                      job->count + (size_t)1, sizeof(*operations));
    if (operations)
        job->operations = operations;
    toasty_operation **answers = toasty__arena_grow(arena, set->answers, &set->answer_capacity,
                                                    job->count + (size_t)1, sizeof(*answers));
    if (answers)
        set->answers = answers;
    if (!operations || !answers)
        return NULL;
    answers[job->count] = answer;
    operations[job->count] = *operation;
    return &operations[job->count++];
}

static int add_read(toasty__write_set *set, uint32_t place, toasty_error *err)
{
    toasty_operation *read = &set->asked->operations[place];
    return toasty__write_set_add(set, read, read) ? 0 : toasty__fail_memory(err);
}

/* Was its table changed before a read was asked for? */
static bool follows_change(const toasty__write_set *set, uint32_t place)
{
    for (uint32_t i = 0; i < place; i++)
        if (set->shares[i].item && set->asked->operations[i].model == set->asked->operations[place].model)
            return true;
    return false;
}

/* The reads beside a group: those that see its changes, or those that do not. */
static int add_reads(toasty__write_set *set, bool after, toasty_error *err)
{
    for (uint32_t i = 0; i < set->asked->count; i++)
        if (!set->shares[i].item && follows_change(set, i) == after && add_read(set, i, err) < 0)
            return -1;
    return 0;
}

/* Is the row looked at that is not as expected? Several requests may mean it, or one says whose it is. */
static bool wants_other(const toasty__write_set *set, const toasty__row_change *item)
{
    const toasty__running *run = toasty__run_of(set, item->place);
    return item->merged || (run->plan && run->plan->checks && run->request->owner);
}

static int add_item(toasty__write_set *set, toasty__row_change *item, toasty_error *err)
{
    if (item->left_out)
        return 0;
    toasty_operation change = item->operation;
    if ((wants_other(set, item) && toasty__find_other(set, &change, err) < 0) ||
        toasty__expect_values(set, &change, err) < 0)
        return -1;
    return toasty__write_set_add(set, &change, &item->operation) ? 0 : toasty__fail_memory(err);
}

static int add_claims(toasty__write_set *set, bool undo, toasty_error *err)
{
    set->first_claim = set->job.count;
    for (uint32_t i = set->done; i < set->sent; i++)
        if (!item_at(set, i)->left_out &&
            toasty__claim_values(set, &item_at(set, i)->operation, undo, err) < 0)
            return -1;
    return 0;
}

/* Changes and reads in the order in which they were asked: what the store does at once. */
static int add_all(toasty__write_set *set, toasty_error *err)
{
    for (uint32_t i = 0; i < set->asked->count; i++) {
        toasty__row_change *item = set->shares[i].item;
        if ((!item && add_read(set, i, err) < 0) ||
            (item && item->place == i && add_item(set, item, err) < 0))
            return -1;
    }
    return 0;
}

/* Are the reads in the group? */
static bool reads_within(const toasty__write_set *set)
{
    return toasty__group_gives_rows(set->can) && !set->in_parts;
}

/* --- parts --- */

/* The end of the part that begins at `done`: with what goes with them, its items fit into one group. */
static uint32_t end_of_part(const toasty__write_set *set)
{
    uint32_t most = set->can->max_group, room = most, end = set->done;
    for (; end < set->item_count; end++) {
        uint32_t needed = 1 + toasty__count_claims(set, &item_at(set, end)->operation);
        if (most && needed > room)
            break;
        room -= needed;
    }
    return end > set->done ? end : end + 1;
}

/* May be done in parts: what can be undone, or finished by the same call. */
static bool may_be_in_parts(const toasty__write_set *set)
{
    const toasty__running *run = set->execution->runs;
    if (set->execution->run_count != 1 ||
        (run->request->kind == TOASTY_REQUEST_CREATE && !run->request->many))
        return false;
    for (uint16_t i = 0; run->request->kind == TOASTY_REQUEST_UPDATE && i < run->plan->assigned_count; i++)
        if (run->plan->assigned_kinds[i] != TOASTY_CHANGE_SET)
            return false;
    return true;
}

static int divide(toasty__write_set *set, uint32_t changes, toasty_error *err)
{
    if (!may_be_in_parts(set))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%u changes in one atomic group%s: %s allows %u",
                            (unsigned)changes, set->can->claims ? ", unique values counted" : "",
                            set->execution->engine->driver->name, (unsigned)set->can->max_group);
    set->in_parts = true;
    return 0;
}

uint32_t toasty__count_changes(const toasty_job *job)
{
    uint32_t changes = 0;
    for (uint32_t i = 0; i < job->count; i++)
        changes += toasty_operation_class_of(job->operations[i].kind) == TOASTY_OPERATION_CLASS_WRITE;
    return changes;
}

/* --- the next job --- */

static int fill_changes(toasty__write_set *set, toasty_error *err)
{
    set->sent = set->in_parts ? end_of_part(set) : set->item_count;
    if (reads_within(set) && add_all(set, err) < 0)
        return -1;
    for (uint32_t i = set->done; !reads_within(set) && i < set->sent; i++)
        if (add_item(set, item_at(set, i), err) < 0)
            return -1;
    if (add_claims(set, false, err) < 0)
        return -1;
    uint32_t changes = toasty__count_changes(&set->job);
    set->job.atomic = changes > 1;
    if (set->in_parts || !set->can->max_group || changes <= set->can->max_group)
        return 0;
    set->job.count = 0;
    return divide(set, changes, err) < 0 ? -1 : fill_changes(set, err);
}

/* Deletes of rows that were made; `done` goes back to the beginning. */
static int fill_undo(toasty__write_set *set, toasty_error *err)
{
    uint32_t most = set->can->max_group, room = most;
    set->sent = set->done;
    while (set->done) {
        const toasty_operation *made = &item_at(set, set->done - 1)->operation;
        uint32_t needed = 1 + toasty__count_claims(set, made);
        if (most && needed > room)
            break;
        room -= needed;
        set->done--;
        toasty_operation undo = {.kind = TOASTY_OPERATION_DELETE, .model = made->model};
        undo.key.prefix = made->key.prefix;
        undo.key.index = &made->model->indexes[0];
        undo.key.key_count = 1;
        if (!(undo.key.values = toasty__key_values_of(set, made)) || !toasty__write_set_add(set, &undo, NULL))
            return toasty__fail_memory(err);
    }
    if (add_claims(set, true, err) < 0)
        return -1;
    set->job.atomic = set->job.count > 1;
    return 0;
}

int toasty__write_set_fill(toasty__write_set *set, toasty_error *err)
{
    bool beside = !reads_within(set);
    switch ((toasty__phase)set->phase) {
    case TOASTY__PHASE_BEFORE:
        return beside ? add_reads(set, false, err) : 0;
    case TOASTY__PHASE_CHANGING:
        return fill_changes(set, err);
    case TOASTY__PHASE_AFTER:
        return beside ? add_reads(set, true, err) : 0;
    case TOASTY__PHASE_UNDOING:
        return fill_undo(set, err);
    default:
        return 0;
    }
}
