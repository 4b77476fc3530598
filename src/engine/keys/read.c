/* How a read asks a store without SQL: gets of full keys, queries of partitions, scans.
 *
 * A step asks for each of its keys once: those of its parents' rows, those of a list in the request, or the
 * one that the request names. No row is equal to NULL, so such a key is not asked for. */
#include "engine/keys/read.h"
#include "base/error.h"
#include "core/access.h"
#include "core/decode.h"
#include "core/value_bytes.h"
#include "engine/keys/kept.h"
#include "engine/run/relate.h"
#include "engine/run/run.h"

typedef struct asking {
    toasty__running *run;
    const toasty__step *step;
    toasty__loaded *loaded;
    const toasty_value *bound; /* of the step's parameters, for the ends of a range and for conditions */
    const toasty_value *from;  /* where a page begins */
} asking;

/* --- operations --- */

/* A limit of four thousand millions is none. */
uint32_t toasty__read_limit(const toasty__running *run, const toasty__step *step)
{
    if (step->limit_value == TOASTY__NO_PARAMETER)
        return step->most;
    bool one_more = run->request->kind == TOASTY_REQUEST_PAGE && !step->relation;
    int64_t limit = run->shape.values[step->limit_value].as.integer;
    return limit < UINT32_MAX ? (uint32_t)limit + one_more : 0;
}

bool toasty__has_null_end(const toasty__step *step, const toasty_value *values)
{
    return (step->low != TOASTY__NO_PARAMETER && values[step->low].kind == TOASTY_VALUE_NULL) ||
           (step->high != TOASTY__NO_PARAMETER && values[step->high].kind == TOASTY_VALUE_NULL);
}

toasty_operation_kind toasty__operation_of(const toasty__step *step)
{
    static const uint8_t kinds[] = {[TOASTY__ACCESS_SQL] = TOASTY_OPERATION_SQL,
                                    [TOASTY__ACCESS_GET] = TOASTY_OPERATION_GET,
                                    [TOASTY__ACCESS_QUERY] = TOASTY_OPERATION_QUERY,
                                    [TOASTY__ACCESS_SCAN] = TOASTY_OPERATION_SCAN};
    return (toasty_operation_kind)kinds[step->access];
}

void toasty__ask_for(toasty_operation *operation, const toasty__step *step, const toasty_value *values)
{
    operation->key.filter = step->filter;
    operation->key.filter_values = values;
    operation->key.low_bound = (toasty_bound)step->low_bound;
    operation->key.high_bound = (toasty_bound)step->high_bound;
    if (step->low != TOASTY__NO_PARAMETER)
        operation->key.low = values[step->low];
    if (step->high != TOASTY__NO_PARAMETER)
        operation->key.high = values[step->high];
}

static int add_operation(const asking *a, const toasty_value *values, uint32_t key_count, toasty_error *err)
{
    const toasty__step *step = a->step;
    toasty_operation *operation = toasty__add_operation(a->run->execution, toasty__operation_of(step));
    if (!operation)
        return toasty__fail_memory(err);
    operation->model = step->table;
    operation->key.index = step->index;
    operation->key.values = values;
    operation->key.key_count = key_count;
    operation->key.limit = step->kept ? 0 : toasty__read_limit(a->run, step);
    operation->key.from = a->from;
    operation->key.descending = a->run->request->backwards && !step->relation;
    toasty__ask_for(operation, step, a->bound);
    operation->sink = &a->loaded->sink;
    return 0;
}

/* --- keys --- */

/* The list of keys that the request gives, or NULL. */
static const toasty_value *given_list(const asking *a)
{
    for (uint8_t f = 0; !a->step->relation && f < a->step->key_count; f++) {
        const toasty_value *value = &a->run->shape.values[a->step->key_binds[f].index];
        if (value->kind == TOASTY_VALUE_LIST)
            return value;
    }
    return NULL;
}

/* The values that key number k names, of keys that stand side by side. False when one of them is NULL. */
static bool key_values(const asking *a, size_t k, toasty_value *values)
{
    bool equal = true;
    for (uint8_t f = 0; f < a->step->key_count; f++) {
        toasty__bind bind = a->step->key_binds[f];
        values[f] = bind.source == TOASTY__BIND_KEYS ? a->loaded->gathered->keys[bind.index]
                                                     : a->run->shape.values[bind.index];
        if (values[f].kind == TOASTY_VALUE_LIST)
            values[f] = toasty__list_item(&values[f], k);
        equal = equal && values[f].kind != TOASTY_VALUE_NULL;
    }
    return equal;
}

/* The items of a list without those that stand in it before. NULL when out of memory. */
static const toasty_value *distinct(const asking *a, const toasty_value *list, size_t *count)
{
    toasty_value *items =
        toasty__arena_alloc(&a->run->execution->arena, (list->len + (size_t)1) * sizeof(*items));
    toasty__map seen;
    int added = items ? 0 : -1;
    *count = 0;
    toasty__map_init(&seen);
    for (uint32_t i = 0; i < list->len && added >= 0; i++) {
        toasty_value *item = &items[*count];
        *item = toasty__list_item(list, i);
        if (item->kind == TOASTY_VALUE_NULL)
            continue;
        size_t length;
        const void *bytes = toasty__value_bytes(item, &length);
        added = toasty__map_add(&seen, bytes, length, items);
        *count += added > 0;
    }
    toasty__map_done(&seen);
    return added < 0 ? NULL : items;
}

/* The keys that a list makes with what else is given: those of its items. NULL when out of memory. */
static const toasty_value *keys_of_list(const asking *a, const toasty_value *list, size_t *count)
{
    size_t width = a->step->key_count;
    const toasty_value *items = distinct(a, list, count);
    if (width == 1 || !items)
        return items;
    toasty_value *values =
        toasty__arena_alloc(&a->run->execution->arena, *count * width * sizeof(*values) + 1);
    bool equal = true;
    for (size_t k = 0; values && equal && k < *count; k++)
        for (size_t f = 0; f < width; f++) {
            const toasty_value *value = &a->run->shape.values[a->step->key_binds[f].index];
            values[k * width + f] = value->kind == TOASTY_VALUE_LIST ? items[k] : *value;
            equal = equal && value->kind != TOASTY_VALUE_NULL;
        }
    *count = equal ? *count : 0;
    return values;
}

/* All keys, one after the other. NULL when out of memory. */
static const toasty_value *all_keys(const asking *a, size_t *count)
{
    const toasty__step *step = a->step;
    const toasty_value *list = given_list(a);
    if (list)
        return keys_of_list(a, list, count);
    size_t asked = step->relation ? a->loaded->gathered->key_count : 1, width = step->key_count;
    toasty_value *values =
        toasty__arena_alloc(&a->run->execution->arena, asked * width * sizeof(*values) + 1);
    *count = 0;
    for (size_t k = 0; values && k < asked; k++)
        *count += key_values(a, k, values + *count * width);
    return values;
}

static int ask_all(const asking *a, toasty_error *err)
{
    const toasty_driver *driver = a->run->execution->engine->driver;
    if (a->run->request->backwards && !driver->capability->scan_back)
        return toasty__fail(
            err, TOASTY_UNSUPPORTED,
            "%s reads a whole table forwards only: keep the pages that were read, or page what "
            "a key or an index finds",
            driver->name);
    return add_operation(a, NULL, 0, err);
}

static int ask_keys(const asking *a, toasty_error *err)
{
    size_t keys, width = a->step->key_count;
    const toasty_value *values = all_keys(a, &keys);
    if (!values)
        return toasty__fail_memory(err);
    bool get = a->step->access == TOASTY__ACCESS_GET;
    size_t most = a->run->execution->engine->driver->capability->max_batch_keys;
    size_t together = !get ? 1 : most ? most : keys;
    for (size_t k = 0; k < keys; k += together) {
        size_t count = !get ? width : keys - k < together ? keys - k : together;
        if (add_operation(a, values + k * width, (uint32_t)count, err) < 0)
            return -1;
    }
    return 0;
}

/* --- pages and ranges --- */

/* The place in an index of the row that a page starts after. NULL when out of memory. */
static const toasty_value *place_of(const asking *a, const void *row)
{
    const toasty_model *model = a->step->table;
    const toasty_index *primary = &model->indexes[0], *index = a->step->index ? a->step->index : primary;
    toasty_value *values = toasty__arena_alloc(&a->run->execution->arena,
                                               (index->field_count + primary->field_count) * sizeof(*values));
    uint8_t count = 0;
    for (uint8_t i = 0; values && i < index->field_count; i++)
        values[count++] = toasty__get(model, row, &model->fields[index->fields[i]]);
    for (uint8_t i = 0; values && index != primary && i < primary->field_count; i++)
        values[count++] = toasty__get(model, row, &model->fields[primary->fields[i]]);
    return values;
}

static int start_keeping(const asking *a, toasty_error *err)
{
    a->loaded->keeping = toasty__arena_calloc(&a->run->execution->arena, 1, sizeof(*a->loaded->keeping));
    if (!a->loaded->keeping)
        return toasty__fail_memory(err);
    a->loaded->keeping->parameters = a->bound;
    return 0;
}

int toasty__read_keys(toasty__running *run, const toasty__step *step, toasty__loaded *loaded,
                      toasty_error *err)
{
    asking a = {.run = run, .step = step, .loaded = loaded};
    const void *after = step->relation ? NULL : run->request->after;
    if (after && !(a.from = place_of(&a, after)))
        return toasty__fail_memory(err);
    bool binds = step->low_bound || step->high_bound || step->filter || step->kept;
    if (binds && !(a.bound = toasty__bind_values(run, step, loaded->gathered)))
        return toasty__fail_memory(err);
    if (binds && toasty__has_null_end(step, a.bound))
        return 0;
    if (step->kept && start_keeping(&a, err) < 0)
        return -1;
    return step->access == TOASTY__ACCESS_SCAN ? ask_all(&a, err) : ask_keys(&a, err);
}
