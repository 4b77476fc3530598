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

/* A single integer: a count. */
static const toasty_field count_field = {.name = "count",
                                         .column = "count",
                                         .type = TOASTY_TYPE_I64,
                                         .embed = TOASTY_NO_EMBED,
                                         .set_offset = TOASTY_NO_OFFSET};
static const toasty_field *const count_columns[] = {&count_field};

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

static int begin_count(toasty__running *run, toasty_error *err)
{
    if (toasty__loaded_new(run, err) < 0)
        return -1;
    toasty__loaded_one(&run->loaded[0], &run->count, sizeof(run->count));
    run->loaded[0].sink.columns = count_columns;
    run->loaded[0].sink.column_count = 1;
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

static uint32_t limit_of(const toasty__running *run, const toasty__step *step)
{
    if (step->limit_value == TOASTY__NO_PARAMETER)
        return step->most;
    bool one_more = run->request->kind == TOASTY_REQUEST_PAGE && !step->relation;
    return (uint32_t)run->shape.values[step->limit_value].as.integer + one_more;
}

/* The values that key number k of a step names. False when one of them is NULL, which no row is equal to. */
static bool key_values(const toasty__running *run, const toasty__step *step, const toasty__loaded *loaded,
                       size_t k, toasty_value *values)
{
    bool equal = true;
    for (uint8_t f = 0; f < step->key_count; f++) {
        toasty__bind bind = step->key_binds[f];
        values[f] = bind.source == TOASTY__BIND_KEYS ? toasty__list_item(&loaded->gathered->keys[bind.index], k)
                                                     : run->shape.values[bind.index];
        equal = equal && values[f].kind != TOASTY_VALUE_NULL;
    }
    return equal;
}

static toasty_operation *add_key_operation(toasty__running *run, const toasty__step *step,
                                           toasty__loaded *loaded, const toasty_value *values,
                                           uint32_t key_count)
{
    static const toasty_operation_kind kinds[] = {[TOASTY__ACCESS_GET] = TOASTY_OPERATION_GET,
                                    [TOASTY__ACCESS_QUERY] = TOASTY_OPERATION_QUERY,
                                    [TOASTY__ACCESS_SCAN] = TOASTY_OPERATION_SCAN};
    toasty_operation *operation = toasty__add_operation(run->execution, kinds[step->access]);
    if (!operation)
        return NULL;
    operation->model = step->model;
    operation->key.index = step->index;
    operation->key.values = values;
    operation->key.key_count = key_count;
    operation->key.limit = limit_of(run, step);
    operation->sink = &loaded->sink;
    return operation;
}

/* A scan, from its beginning or from the row that a page starts after. */
static int issue_scan(toasty__running *run, const toasty__step *step, toasty__loaded *loaded,
                      toasty_error *err)
{
    bool after = run->request->after != NULL;
    const toasty_value *values = after ? run->shape.values + step->cursor_value : NULL;
    toasty_operation *operation =
        add_key_operation(run, step, loaded, values, after ? step->model->indexes[0].field_count : 0);
    if (!operation)
        return toasty__fail_memory(err);
    operation->key.descending = run->request->backwards;
    return 0;
}

/* Asks a store without SQL: gets of as many keys as one takes, one query a key, or a scan. */
static int issue_keys(toasty__running *run, toasty__step *step, toasty__loaded *loaded, toasty_error *err)
{
    if (step->access == TOASTY__ACCESS_SCAN)
        return issue_scan(run, step, loaded, err);
    size_t asked = step->relation ? loaded->gathered->key_count : 1, keys = 0, width = step->key_count;
    toasty_value *values = toasty__arena_alloc(&run->execution->arena, asked * width * sizeof(*values) + 1);
    if (!values)
        return toasty__fail_memory(err);
    for (size_t k = 0; k < asked; k++)
        keys += key_values(run, step, loaded, k, values + keys * width);
    bool get = step->access == TOASTY__ACCESS_GET;
    size_t most = run->execution->engine->driver->capability->max_batch_keys;
    size_t together = !get ? 1 : most ? most : keys;
    for (size_t k = 0; k < keys; k += together) {
        size_t count = !get ? width : keys - k < together ? keys - k : together;
        if (!add_key_operation(run, step, loaded, values + k * width, (uint32_t)count))
            return toasty__fail_memory(err);
    }
    return 0;
}

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
                        : issue_keys(run, step, loaded, err);
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
    if (toasty__keep_rest(run, err) < 0)
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
