/* Running reads: stage by stage, what each step asks, and what becomes of its rows.
 *
 * Rows go from the driver's buffer into arrays of the block, one array a step (loaded.c), and relations are
 * then set from array to array (relate.c). A child step asks once for all parents. */
#include "base/error.h"
#include "core/decode.h"
#include "core/request_copy.h"
#include "engine/exec.h"
#include "engine/relate.h"
#include <string.h>

/* A relation of a record whose key is NULL. */
static bool refers_to_nothing(const toasty__running *run)
{
    const toasty_request *request = run->request;
    bool nothing = false;
    for (uint32_t i = 0; request->owner && i < request->relation->field_count; i++)
        nothing = nothing || run->shape.values[request->key_count + i].kind == TOASTY_VALUE_NULL;
    return nothing;
}

/* In a batch, what is not there is no failure. */
static int no_row(const toasty__running *run, toasty_error *err)
{
    return run->execution->run_count > 1
               ? 0
               : toasty__fail(err, TOASTY_NOT_FOUND, "no row of %s matches", run->request->model->table);
}

/* A store that does not count in its answers: each row does, and nothing of it is wanted. */
static void *counted_row(toasty_sink *sink)
{
    toasty__running *run = ((toasty__loaded *)sink)->run;
    run->count++;
    return &run->count;
}

static int begin_count(toasty__running *run, toasty_error *err)
{
    if (toasty__loaded_new(run, err) < 0)
        return -1;
    if (!run->execution->engine->driver->capability->count) {
        run->loaded[0].sink.row = counted_row;
        run->loaded[0].sink.expect = NULL;
        run->loaded[0].sink.column_count = 0;
        return 0;
    }
    toasty__loaded_one(&run->loaded[0], &run->count, sizeof(run->count));
    return 0;
}

static int begin_record(toasty__running *run, toasty_error *err)
{
    size_t size = run->request->model->size;
    if (toasty__new_result(run, size, err) < 0 || toasty__loaded_new(run, err) < 0)
        return -1;
    toasty__loaded_one(&run->loaded[0], run->block->root, size);
    return 0;
}

static int begin_list(toasty__running *run, size_t root_size, toasty_error *err)
{
    return toasty__new_result(run, root_size, err) < 0 ? -1 : toasty__loaded_new(run, err);
}

/* What is related to nothing is known without asking. */
static int begin_nothing(toasty__running *run, bool single, size_t root_size, toasty_error *err)
{
    run->stages = 0;
    if (single)
        return no_row(run, err);
    if (toasty__new_result(run, root_size, err) < 0)
        return -1;
    *(bool *)((char *)run->block->root + offsetof(toasty__slice, loaded)) = true;
    return 0;
}

static int begin(toasty__running *run, toasty_error *err)
{
    toasty_request_kind kind = (toasty_request_kind)run->request->kind;
    bool single = kind == TOASTY_REQUEST_FIRST || kind == TOASTY_REQUEST_GET;
    size_t root_size = kind == TOASTY_REQUEST_PAGE ? sizeof(toasty__page) : sizeof(toasty__slice);
    run->stages = run->plan->depth;
    if (kind == TOASTY_REQUEST_COUNT || kind == TOASTY_REQUEST_EXISTS)
        return begin_count(run, err);
    if (refers_to_nothing(run))
        return begin_nothing(run, single, root_size, err);
    return single ? begin_record(run, err) : begin_list(run, root_size, err);
}

/* --- stages --- */

/* Answers that did not come in one piece: asks for the rest. */
int toasty__issue_rest(toasty__running *run, toasty_error *err)
{
    uint32_t count = run->rest_count;
    toasty_operation *rest = run->rest;
    run->rest_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        toasty_operation *operation =
            toasty__add_operation(run->execution, (toasty_operation_kind)rest[i].kind);
        if (!operation)
            return toasty__fail_memory(err);
        *operation = rest[i];
    }
    return 0;
}

static int issue(toasty__running *run, toasty_error *err)
{
    if (run->rest_count)
        return toasty__issue_rest(run, err);
    for (uint16_t i = 0; i < run->plan->step_count; i++) {
        toasty__step *step = &run->plan->steps[i];
        toasty__loaded *loaded = &run->loaded[i];
        if (step->depth != run->stage)
            continue;
        if (step->relation) {
            toasty__loaded *parent = &run->loaded[step->parent];
            if (toasty__gather_keys(loaded, parent, err) < 0)
                return -1;
            if (!loaded->gathered->key_count) {
                /* No parent refers to anything: that is an answer too. */
                if (toasty__relate(loaded, parent, err) < 0)
                    return -1;
                continue;
            }
        }
        int added = step->access == TOASTY__ACCESS_SQL
                        ? toasty__add_sql(run, step, loaded->gathered, &loaded->sink, err)
                        : toasty__read_keys(run, step, loaded, err);
        if (added < 0)
            return -1;
    }
    return 0;
}

/* --- after the answers --- */

/* Keeps the operations whose answer goes on, for the next job of the same stage. */
int toasty__keep_rest(toasty__running *run, toasty_error *err)
{
    const toasty_operation *operations = toasty__run_operations(run);
    for (uint32_t i = 0; i < run->operation_count; i++) {
        const toasty_operation *operation = &operations[i];
        if (!operation->continuation ||
            (operation->key.limit && operation->count >= (int64_t)operation->key.limit))
            continue;
        if (!run->rest || run->rest_count == run->rest_capacity) {
            uint32_t capacity = run->rest_capacity ? run->rest_capacity * 2 : 4;
            toasty_operation *larger =
                toasty__arena_alloc(&run->execution->arena, capacity * sizeof(*larger));
            if (!larger)
                return toasty__fail_memory(err);
            if (run->rest_count)
                memcpy(larger, run->rest, run->rest_count * sizeof(*larger));
            run->rest = larger;
            run->rest_capacity = capacity;
        }
        toasty_operation *rest = &run->rest[run->rest_count++];
        *rest = *operation;
        rest->key.after = operation->continuation;
        if (rest->key.limit)
            rest->key.limit -= (uint32_t)operation->count;
        rest->continuation = NULL;
        rest->count = 0;
    }
    return 0;
}

static void reverse(toasty__loaded *loaded)
{
    size_t size = loaded->step->model->size;
    char spare[64];
    for (size_t i = 0, j = loaded->count; i + 1 < j--; i++)
        for (size_t at = 0; at < size; at += sizeof(spare)) {
            size_t part = size - at < sizeof(spare) ? size - at : sizeof(spare);
            memcpy(spare, loaded->rows + i * size + at, part);
            memcpy(loaded->rows + i * size + at, loaded->rows + j * size + at, part);
            memcpy(loaded->rows + j * size + at, spare, part);
        }
}

static int page_root(toasty__running *run, toasty__loaded *loaded, toasty_error *err)
{
    const toasty_request *request = run->request;
    size_t size = (size_t)toasty__find_limit(&request->find);
    bool more = loaded->count > size;
    if (more)
        loaded->count = size;
    if (request->backwards)
        reverse(loaded);
    toasty__page *page = run->block->root;
    toasty__list_root(run, loaded);
    page->has_next = request->backwards ? true : more;
    page->has_prev = request->backwards ? more : request->after != NULL;
    run->block->page = toasty__request_copy(&run->block->arena, request);
    return run->block->page ? 0 : toasty__fail_memory(err);
}

static int root_read(toasty__running *run, toasty_error *err)
{
    toasty__loaded *root = &run->loaded[0];
    const toasty_request *request = run->request;
    switch ((toasty_request_kind)request->kind) {
    case TOASTY_REQUEST_COUNT:
        return 0;
    case TOASTY_REQUEST_EXISTS:
        run->count = run->count != 0;
        return 0;
    case TOASTY_REQUEST_FIRST:
    case TOASTY_REQUEST_GET:
        if (root->count > 1 && request->kind == TOASTY_REQUEST_GET)
            return toasty__fail(err, TOASTY_TOO_MANY_ROWS,
                                "more than one row of %s matches: ask for all, or for the first",
                                request->model->table);
        if (root->count > 1)
            root->count = 1;
        if (root->count)
            return 0;
        toasty__drop_result(run);
        run->stages = 0;
        return no_row(run, err);
    case TOASTY_REQUEST_PAGE:
        return page_root(run, root, err);
    default:
        toasty__list_root(run, root);
        return 0;
    }
}

static int absorb(toasty__running *run, toasty_error *err)
{
    bool pieces = run->plan->steps[0].access != TOASTY__ACCESS_SQL;
    if (pieces && toasty__keep_rest(run, err) < 0)
        return -1;
    if (run->rest_count)
        return 0;
    uint16_t stage = run->stage++;
    if (stage == 0) {
        toasty__loaded_settle(&run->loaded[0]);
        return root_read(run, err);
    }
    for (uint16_t i = 0; i < run->plan->step_count; i++) {
        toasty__loaded *child = &run->loaded[i];
        if (run->plan->steps[i].depth != stage)
            continue;
        toasty__loaded_settle(child);
        if (child->gathered->key_count && toasty__relate(child, &run->loaded[child->step->parent], err) < 0)
            return -1;
    }
    return 0;
}

static void done(toasty__running *run, bool worked)
{
    (void)worked;
    for (uint16_t i = 0; run->loaded && i < run->plan->step_count; i++)
        if (run->loaded[i].gathered)
            toasty__map_done(&run->loaded[i].gathered->by_key);
}

const toasty__kind toasty__reading = {.begin = begin, .issue = issue, .absorb = absorb, .done = done};
