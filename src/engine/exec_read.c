/* Running reads: rows go from the driver's buffer into arrays of the block, one array a step, and relations
 * are then set from array to array.
 *
 * A child step asks once for all parents. Children find their parents by the key's value, so the order of the
 * answer decides nothing but the order within a parent. */
#include "base/error.h"
#include "core/access.h"
#include "core/decode.h"
#include "core/request_copy.h"
#include "core/type_size.h"
#include "engine/exec.h"
#include <string.h>

/* --- where rows go --- */

static void *array_row(toasty_sink *sink)
{
    toasty__loaded *loaded = (toasty__loaded *)sink;
    size_t size = sink->model->size;
    if (loaded->count == loaded->capacity) {
        size_t capacity = loaded->capacity ? loaded->capacity * 2 : 8;
        char *rows = toasty__arena_array(sink->arena, loaded->rows, capacity * size);
        if (!rows)
            return NULL;
        loaded->rows = rows;
        loaded->capacity = capacity;
    }
    return memset(loaded->rows + size * loaded->count++, 0, size);
}

static void expect_rows(toasty_sink *sink, size_t rows)
{
    toasty__loaded *loaded = (toasty__loaded *)sink;
    size_t size = sink->model->size;
    if (loaded->count + rows <= loaded->capacity)
        return;
    /* The first answer is taken at its word; when many answers follow, the array doubles. */
    size_t needed = loaded->count + rows;
    size_t capacity = needed > loaded->capacity * 2 ? needed : loaded->capacity * 2;
    char *larger = toasty__arena_array(sink->arena, loaded->rows, capacity * size);
    if (!larger)
        return; /* array_row will find out */
    loaded->rows = larger;
    loaded->capacity = capacity;
}

void toasty__loaded_init(toasty__loaded *loaded, toasty__running *run, const toasty__step *step)
{
    loaded->run = run;
    loaded->step = step;
    loaded->sink = (toasty_sink){.row = array_row,
                                 .expect = expect_rows,
                                 .model = step->model,
                                 .columns = step->columns,
                                 .column_count = step->column_count,
                                 .arena = run->block ? &run->block->arena : &run->execution->arena};
}

/* The record itself is the root. A second row, which only a `get` asks for, has nowhere to go and is only
 * counted. */
static void *record_row(toasty_sink *sink)
{
    toasty__loaded *loaded = (toasty__loaded *)sink;
    if (loaded->count++ == 0)
        return loaded->rows = loaded->run->block->root;
    return toasty__arena_calloc(sink->arena, 1, loaded->step->model->size);
}

/* A single integer: a count. */
static const toasty_field count_field = {.name = "count",
                                         .column = "count",
                                         .type = TOASTY_TYPE_I64,
                                         .embed = TOASTY_NO_EMBED,
                                         .set_offset = TOASTY_NO_OFFSET};
static const toasty_field *const count_columns[] = {&count_field};

static void *count_row(toasty_sink *sink)
{
    return &((toasty__loaded *)sink)->run->count;
}

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

int toasty__read_begin(toasty__running *run, toasty_error *err)
{
    const toasty_request *request = run->request;
    toasty__step *root = &run->plan->steps[0];
    run->stages = run->plan->depth;
    run->loaded = toasty__arena_calloc(&run->execution->arena, run->plan->step_count, sizeof(*run->loaded));
    if (!run->loaded)
        return toasty__fail_memory(err);
    if (request->kind == TOASTY_REQUEST_COUNT || request->kind == TOASTY_REQUEST_EXISTS) {
        toasty__loaded_init(&run->loaded[0], run, root);
        run->loaded[0].sink.row = count_row;
        run->loaded[0].sink.expect = NULL;
        run->loaded[0].sink.columns = count_columns;
        run->loaded[0].sink.column_count = 1;
        return 0;
    }
    bool single = request->kind == TOASTY_REQUEST_FIRST || request->kind == TOASTY_REQUEST_GET;
    size_t root_size = single                                 ? request->model->size
                       : request->kind == TOASTY_REQUEST_PAGE ? sizeof(toasty__page)
                                                              : sizeof(toasty__slice);
    bool nothing = refers_to_nothing(run);
    if (nothing)
        run->stages = 0; /* known without asking */
    if (nothing && single)
        return no_row(run, err);
    if (toasty__new_result(run, root_size, err) < 0)
        return -1;
    toasty__loaded_init(&run->loaded[0], run, root);
    if (nothing)
        *(bool *)((char *)run->block->root + offsetof(toasty__slice, loaded)) = true;
    if (single) {
        run->loaded[0].sink.row = record_row;
        run->loaded[0].sink.expect = NULL;
    }
    return 0;
}

/* --- keys of parents --- */

const void *toasty__key_of(const toasty_model *model, const uint16_t *fields, uint32_t count,
                           const char *record, toasty__arena *arena, size_t *length)
{
    char *joined = NULL;
    size_t total = 0;
    for (uint32_t i = 0; i < count; i++) {
        const toasty_field *field = &model->fields[fields[i]];
        const char *at = record + field->offset;
        size_t size = toasty__field_size(field);
        if (field->set_offset != TOASTY_NO_OFFSET && !*(const bool *)(record + field->set_offset))
            return NULL;
        if (field->type == TOASTY_TYPE_TEXT) {
            memcpy(&at, record + field->offset, sizeof(at));
            if (!at)
                return NULL;
            size = strlen(at) + 1;
        } else if (field->type == TOASTY_TYPE_BYTES) {
            toasty_bytes bytes;
            memcpy(&bytes, at, sizeof(bytes));
            if (!bytes.data)
                return NULL;
            at = bytes.data;
            size = bytes.len;
        }
        if (count == 1) {
            *length = size;
            return at;
        }
        char *longer = toasty__arena_alloc(arena, total + sizeof(size) + size);
        if (!longer)
            return NULL;
        if (joined)
            memcpy(longer, joined, total);
        memcpy(longer + total, &size, sizeof(size));
        memcpy(longer + total + sizeof(size), at, size);
        joined = longer;
        total += sizeof(size) + size;
    }
    *length = total;
    return joined;
}

/* A placeholder in the map for a parent's key whose child is not there (yet). */
static char nobody;

/* An item of a list of keys: as the field has it, but enums as int, which is what lists of enums hold. */
static void copy_item(char *list, size_t i, const toasty_model *model, const toasty_field *field,
                      const char *record)
{
    size_t size = toasty__type_size(field->type, NULL);
    if (field->type == TOASTY_TYPE_ENUM)
        ((int *)list)[i] = (int)toasty__get(model, record, field).as.integer;
    else
        memcpy(list + i * size, record + field->offset, size);
}

/* Gathers the distinct keys of the parents as one list a field, and remembers them in the child's map. */
static int gather_keys(toasty__running *run, toasty__loaded *child, toasty_error *err)
{
    const toasty__loaded *parent = &run->loaded[child->step->parent];
    const toasty_relation *relation = child->step->relation;
    const toasty_model *model = parent->step->model;
    toasty__arena *arena = &run->execution->arena;
    char *lists[TOASTY_MAX_KEYS];
    for (uint32_t f = 0; f < relation->field_count; f++) {
        const toasty_field *field = &model->fields[relation->own_fields[f]];
        lists[f] = toasty__arena_alloc(arena, parent->count * toasty__type_size(field->type, NULL) + 1);
        if (!lists[f])
            return toasty__fail_memory(err);
    }
    for (size_t i = 0; i < parent->count; i++) {
        char *record = parent->rows + i * model->size;
        size_t length;
        const void *key =
            toasty__key_of(model, relation->own_fields, relation->field_count, record, arena, &length);
        if (!key || toasty__map_get(&child->by_key, key, length))
            continue;
        /* has_many, has_one: the parent itself; belongs_to: its row will take the place. */
        void *value = relation->kind == TOASTY_BELONGS_TO ? (void *)&nobody : record;
        if (toasty__map_set(&child->by_key, key, length, value) < 0)
            return toasty__fail_memory(err);
        for (uint32_t f = 0; f < relation->field_count; f++)
            copy_item(lists[f], child->key_count, model, &model->fields[relation->own_fields[f]], record);
        child->key_count++;
    }
    for (uint32_t f = 0; f < relation->field_count; f++)
        child->keys[f] = (toasty_value){.kind = TOASTY_VALUE_LIST,
                                        .element = model->fields[relation->own_fields[f]].type,
                                        .len = (uint32_t)child->key_count,
                                        .as.list = lists[f]};
    return 0;
}

/* --- relations --- */

/* Nothing grows any more: gives back what the array had in store. */
static void trim(toasty__loaded *loaded)
{
    if (loaded->count == loaded->capacity || !loaded->rows || loaded->sink.row != array_row)
        return;
    size_t size = loaded->step->model->size;
    char *rows = toasty__arena_array(&loaded->run->block->arena, loaded->rows,
                                     (loaded->count ? loaded->count : 1) * size);
    if (rows)
        loaded->rows = rows;
    loaded->capacity = loaded->count;
}

static int link_to_one(toasty__loaded *child, toasty__loaded *parent, toasty_error *err)
{
    const toasty_relation *relation = child->step->relation;
    const toasty_model *model = child->step->model;
    toasty__arena *arena = &child->run->execution->arena;
    size_t length;
    for (size_t i = 0; i < child->count; i++) {
        char *row = child->rows + i * model->size;
        const void *key =
            toasty__key_of(model, relation->their_fields, relation->field_count, row, arena, &length);
        if (key && toasty__map_set(&child->by_key, key, length, row) < 0)
            return toasty__fail_memory(err);
    }
    for (size_t i = 0; i < parent->count; i++) {
        char *record = parent->rows + i * parent->step->model->size;
        const void *key = toasty__key_of(parent->step->model, relation->own_fields, relation->field_count,
                                         record, arena, &length);
        char *row = key ? toasty__map_get(&child->by_key, key, length) : NULL;
        /* What is still in the map from the gathering is no child. */
        if (!child->count || row < child->rows || row >= child->rows + child->count * model->size)
            row = NULL;
        memcpy(record + relation->offset, &row, sizeof(row));
        *(bool *)(record + relation->loaded_offset) = true;
    }
    return 0;
}

/* The list that a row belongs to, with the key of the row before it remembered. */
typedef struct list_finder {
    toasty__loaded *child;
    const void *last;
    size_t last_length;
    toasty__slice *slice;
} list_finder;

static toasty__slice *find_list(list_finder *finder, const char *row)
{
    toasty__loaded *child = finder->child;
    const toasty_relation *relation = child->step->relation;
    size_t length;
    const void *key = toasty__key_of(child->step->model, relation->their_fields, relation->field_count, row,
                                     &child->run->execution->arena, &length);
    if (!key)
        return NULL;
    if (!finder->last || length != finder->last_length || memcmp(key, finder->last, length) != 0) {
        char *record = toasty__map_get(&child->by_key, key, length);
        finder->slice = record ? (toasty__slice *)(record + relation->offset) : NULL;
        finder->last = key;
        finder->last_length = length;
    }
    return finder->slice;
}

/* Rows of one parent came apart, because answers came in pieces: moves them together, in the order in which
 * they came. The lists know their lengths. */
static int gather_lists(toasty__loaded *child, toasty__loaded *parent, toasty_error *err)
{
    size_t size = child->step->model->size, count = 0;
    const char *rows = toasty__arena_copy(&child->run->execution->arena, child->rows, child->count * size);
    if (!rows)
        return toasty__fail_memory(err);
    for (size_t i = 0; i < parent->count; i++) {
        toasty__slice *slice =
            (toasty__slice *)(parent->rows + i * parent->step->model->size + child->step->relation->offset);
        slice->items = slice->len ? child->rows + count * size : NULL;
        count += slice->len;
        slice->len = 0;
    }
    list_finder finder = {.child = child};
    for (size_t i = 0; i < child->count; i++) {
        toasty__slice *slice = find_list(&finder, rows + i * size);
        if (slice)
            memcpy((char *)slice->items + slice->len++ * size, rows + i * size, size);
    }
    child->count = count;
    return 0;
}

static int link_to_many(toasty__loaded *child, toasty__loaded *parent, toasty_error *err)
{
    const toasty_relation *relation = child->step->relation;
    for (size_t i = 0; i < parent->count; i++)
        memcpy(parent->rows + i * parent->step->model->size + relation->offset,
               &(toasty__slice){.loaded = true}, sizeof(toasty__slice));
    list_finder finder = {.child = child};
    toasty__slice *last = NULL;
    bool apart = false;
    for (size_t i = 0; i < child->count; i++) {
        char *row = child->rows + i * child->step->model->size;
        toasty__slice *slice = find_list(&finder, row);
        if (slice && !slice->len++)
            slice->items = row;
        else if (slice != last)
            apart = true;
        last = slice;
    }
    return apart ? gather_lists(child, parent, err) : 0;
}

/* The relation of all parents, from the rows of the child step. */
static int link_child(toasty__running *run, toasty__loaded *child, toasty_error *err)
{
    toasty__loaded *parent = &run->loaded[child->step->parent];
    return child->step->relation->kind == TOASTY_HAS_MANY ? link_to_many(child, parent, err)
                                                          : link_to_one(child, parent, err);
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
        values[f] = bind.source == TOASTY__BIND_KEYS ? toasty__list_item(&loaded->keys[bind.index], k)
                                                     : run->shape.values[bind.index];
        equal = equal && values[f].kind != TOASTY_VALUE_NULL;
    }
    return equal;
}

static toasty_operation *add_key_operation(toasty__running *run, const toasty__step *step,
                                           toasty__loaded *loaded, const toasty_value *values,
                                           uint32_t key_count)
{
    static const uint8_t kinds[] = {[TOASTY__ACCESS_GET] = TOASTY_OPERATION_GET,
                                    [TOASTY__ACCESS_QUERY] = TOASTY_OPERATION_QUERY,
                                    [TOASTY__ACCESS_SCAN] = TOASTY_OPERATION_SCAN};
    toasty_operation *operation = toasty__add_operation(run->execution);
    if (!operation)
        return NULL;
    operation->kind = kinds[step->access];
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
    size_t asked = step->relation ? loaded->key_count : 1, keys = 0, width = step->key_count;
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
        toasty_operation *operation = toasty__add_operation(run->execution);
        if (!operation)
            return toasty__fail_memory(err);
        *operation = rest[i];
    }
    return 0;
}

int toasty__read_issue(toasty__running *run, toasty_error *err)
{
    if (run->rest_count)
        return toasty__issue_rest(run, err);
    for (uint16_t i = 0; i < run->plan->step_count; i++) {
        toasty__step *step = &run->plan->steps[i];
        toasty__loaded *loaded = &run->loaded[i];
        if (step->depth != run->stage)
            continue;
        if (step->relation) {
            toasty__loaded_init(loaded, run, step);
            if (gather_keys(run, loaded, err) < 0)
                return -1;
            if (!loaded->key_count) {
                /* No parent refers to anything: that is an answer too. */
                if (link_child(run, loaded, err) < 0)
                    return -1;
                continue;
            }
        }
        int added = step->access == TOASTY__ACCESS_SQL
                        ? toasty__add_sql(run, step, loaded, &loaded->sink, loaded->key_count, err)
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
        bool enough = operation->key.limit && operation->count >= (int64_t)operation->key.limit;
        if (!operation->continuation || enough)
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

void toasty__list_root(toasty__running *run, toasty__loaded *loaded)
{
    trim(loaded);
    toasty__slice *list = run->block->root;
    *list = (toasty__slice){loaded->rows, loaded->count, true};
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

int toasty__read_absorb(toasty__running *run, toasty_error *err)
{
    if (toasty__keep_rest(run, err) < 0)
        return -1;
    if (run->rest_count)
        return 0;
    uint16_t stage = run->stage++;
    if (stage == 0)
        return root_read(run, err);
    for (uint16_t i = 0; i < run->plan->step_count; i++) {
        toasty__loaded *child = &run->loaded[i];
        if (run->plan->steps[i].depth != stage)
            continue;
        trim(child);
        if (child->key_count && link_child(run, child, err) < 0)
            return -1;
    }
    return 0;
}

void toasty__read_done(toasty__running *run)
{
    for (uint16_t i = 0; run->loaded && i < run->plan->step_count; i++)
        toasty__map_done(&run->loaded[i].by_key);
}
