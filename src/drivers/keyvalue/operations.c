/* Reads walk an index from one place to another, in pages. Writes go through the log, so that an atomic job
 * can be taken back as a whole and any other at least leaves no operation half done. */
#include "drivers/keyvalue/operations.h"

#include "base/arena.h"
#include "base/error.h"
#include "drivers/keyvalue/schema.h"
#include "drivers/keyvalue/value.h"

#include <string.h>
#include <toasty/codegen.h>

/* --- answers --- */

static int send_item(const toasty__kv_table *table, toasty_operation *operation, const toasty__kv_item *item,
                     toasty_error *err)
{
    toasty_sink *sink = operation->sink;
    operation->count++;
    if (!sink)
        return 0;
    void *row = toasty_sink_row(sink);
    if (!row)
        return toasty__fail_memory(err);
    for (uint16_t i = 0; i < sink->column_count; i++) {
        const toasty_field *field = sink->columns[i];
        ptrdiff_t number = field - operation->model->fields;
        if (number < 0 || number >= table->model->field_count)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                "%s does not have a field for a column of the answer",
                                operation->model->table);
        if (toasty__kv_value_store(sink, row, field, &item->values[number], err) < 0)
            return -1;
    }
    return 0;
}

static bool is_full(const toasty_operation *operation, uint32_t page)
{
    return operation->sink && page && operation->count >= page;
}

static bool is_enough(const toasty_operation *operation)
{
    return operation->key.limit && operation->count >= operation->key.limit;
}

/* --- get --- */

static int run_get(toasty__kv_table *table, uint32_t page, toasty_operation *operation, toasty_error *err)
{
    uint8_t fields = table->indexes[0].described->field_count;
    const uint32_t *after = operation->key.after;
    for (uint32_t i = after ? *after : 0; i < operation->key.key_count && !is_enough(operation); i++) {
        toasty__kv_item *item = toasty__kv_find(table, operation->key.values + (size_t)i * fields);
        if (!item)
            continue;
        if (is_full(operation, page)) {
            operation->continuation = toasty__arena_copy(operation->sink->arena, &i, sizeof(i));
            return operation->continuation ? 0 : toasty__fail_memory(err);
        }
        if (send_item(table, operation, item, err) < 0)
            return -1;
    }
    return 0;
}

/* --- query and scan --- */

/* What a walk goes over: from a first item to the end of a place. */
typedef struct range {
    toasty__kv_index *index;
    toasty_value low_values[TOASTY__KV_MAX_FIELDS], high_values[TOASTY__KV_MAX_FIELDS];
    toasty__kv_place low, high;  /* count 0: no bound */
    bool after_low, before_high; /* the bound itself is not meant */
} range;

static int range_of(toasty__kv_table *table, const toasty_operation *operation, range *out, toasty_error *err)
{
    const toasty_index *described = operation->key.index;
    ptrdiff_t number = described ? described - operation->model->indexes : 0;
    uint32_t count = operation->kind == TOASTY_OPERATION_SCAN ? 0 : operation->key.key_count;
    if (number < 0 || number >= table->model->index_count ||
        count > table->indexes[number].described->field_count)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s does not have that index",
                            operation->model->table);
    *out = (range){.index = &table->indexes[number]};
    for (uint32_t i = 0; i < count; i++)
        out->low_values[i] = out->high_values[i] = operation->key.values[i];
    out->low = (toasty__kv_place){out->low_values, (uint8_t)count};
    out->high = (toasty__kv_place){out->high_values, (uint8_t)count};
    if (operation->kind == TOASTY_OPERATION_SCAN || count == out->index->field_count)
        return 0;
    if (operation->key.low_bound != TOASTY_UNBOUNDED) {
        out->low_values[out->low.count++] = operation->key.low;
        out->after_low = operation->key.low_bound == TOASTY_EXCLUSIVE;
    }
    if (operation->key.high_bound != TOASTY_UNBOUNDED) {
        out->high_values[out->high.count++] = operation->key.high;
        out->before_high = operation->key.high_bound == TOASTY_EXCLUSIVE;
    }
    return 0;
}

static toasty__kv_node *step(const toasty__kv_node *node, bool descending)
{
    return descending ? node->previous : node->next[0];
}

/* The last item before a place, or at it. */
static toasty__kv_node *seek_back(const toasty__kv_index *index, toasty__kv_place place, bool before)
{
    toasty__kv_node *next = toasty__kv_seek(index, place, !before);
    return next ? next->previous : index->last;
}

/* Where the walk begins: at its end of the range, or after the item that an earlier answer ended with. */
static toasty__kv_node *first_of(const range *over, const toasty_operation *operation)
{
    const toasty_value *after = operation->key.after ? operation->key.after : operation->key.from;
    bool descending = operation->key.descending;
    toasty__kv_place place = {after, over->index->field_count};
    if (after)
        return descending ? seek_back(over->index, place, true) : toasty__kv_seek(over->index, place, true);
    return descending ? seek_back(over->index, over->high, over->before_high)
                      : toasty__kv_seek(over->index, over->low, over->after_low);
}

static bool is_in(const range *over, const toasty__kv_item *item, bool descending)
{
    if (descending) {
        int order = toasty__kv_compare_place(over->index, item, over->low);
        return over->after_low ? order > 0 : order >= 0;
    }
    int order = toasty__kv_compare_place(over->index, item, over->high);
    return over->before_high ? order < 0 : order <= 0;
}

/* The place of the last item that was sent, by its values: it may be gone when the walk goes on. */
static void *continuation_after(const range *over, const toasty__kv_item *item, toasty__arena *arena)
{
    toasty_value *values = toasty__arena_alloc(arena, over->index->field_count * sizeof(*values));
    for (uint8_t i = 0; values && i < over->index->field_count; i++) {
        values[i] = item->values[over->index->fields[i]];
        if (values[i].kind != TOASTY_VALUE_TEXT && values[i].kind != TOASTY_VALUE_BYTES)
            continue;
        if (!(values[i].as.text = toasty__arena_text(arena, values[i].as.text, values[i].len)))
            return NULL;
    }
    return values;
}

static int run_walk(toasty__kv_table *table, uint32_t page, toasty_operation *operation, toasty_error *err)
{
    range over;
    if (range_of(table, operation, &over, err) < 0)
        return -1;
    bool descending = operation->key.descending;
    const toasty__kv_item *last = NULL;
    for (const toasty__kv_node *node = first_of(&over, operation); node && !is_enough(operation);
         node = step(node, descending)) {
        if (!is_in(&over, node->item, descending))
            return 0;
        if (is_full(operation, page)) {
            operation->continuation = continuation_after(&over, last, operation->sink->arena);
            return operation->continuation ? 0 : toasty__fail_memory(err);
        }
        if (send_item(table, operation, node->item, err) < 0)
            return -1;
        last = node->item;
    }
    return 0;
}

/* --- writes --- */

enum { MAX_FIELDS = 256 };

static int check_values(const toasty__kv_table *table, const toasty_operation *operation, toasty_error *err)
{
    const toasty_model *model = table->model;
    bool fits = model->field_count <= MAX_FIELDS;
    for (uint32_t i = 0; i < operation->value_count; i++) {
        fits = fits && operation->fields[i] < model->field_count;
        if (fits &&
            toasty__kv_check(model, &model->fields[operation->fields[i]], &operation->values[i], err) < 0)
            return -1;
    }
    return fits ? 0
                : toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s does not have that many fields",
                               model->table);
}

static int put(toasty__kv_log *log, toasty__kv_table *table, toasty__kv_item *before,
               const toasty_value *values, toasty_operation *operation, toasty_error *err)
{
    toasty__kv_item *after = toasty__kv_item_new(table, values);
    if (!after)
        return toasty__fail_memory(err);
    return toasty__kv_change(log, table, before, after, err) < 0 ? -1
                                                                 : send_item(table, operation, after, err);
}

static int run_insert(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                      toasty_error *err)
{
    toasty_value values[MAX_FIELDS], key[TOASTY__KV_MAX_FIELDS];
    if (check_values(table, operation, err) < 0)
        return -1;
    memset(values, 0, table->model->field_count * sizeof(*values));
    for (uint32_t i = 0; i < operation->value_count; i++)
        values[operation->fields[i]] = operation->values[i];
    const toasty__kv_index *primary = &table->indexes[0];
    for (uint8_t i = 0; i < primary->field_count; i++)
        key[i] = values[primary->fields[i]];
    /* With must_not_exist the key's own index finds the item that is in the way. */
    toasty__kv_item *before = operation->must_not_exist ? NULL : toasty__kv_find(table, key);
    return put(log, table, before, values, operation, err);
}

static int run_update(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                      toasty_error *err)
{
    toasty_value values[MAX_FIELDS];
    if (check_values(table, operation, err) < 0)
        return -1;
    toasty__kv_item *before = toasty__kv_find(table, operation->key.values);
    if (!before && operation->must_exist)
        return 0;
    memset(values, 0, table->model->field_count * sizeof(*values));
    const toasty__kv_index *primary = &table->indexes[0];
    for (uint8_t i = 0; i < primary->field_count; i++)
        values[primary->fields[i]] = operation->key.values[i];
    if (before)
        memcpy(values, before->values, table->model->field_count * sizeof(*values));
    for (uint32_t i = 0; i < operation->value_count; i++) {
        uint16_t field = operation->fields[i];
        uint8_t change = operation->changes[i];
        toasty_value sum;
        if (change != TOASTY_CHANGE_SET &&
            toasty__kv_add(table->model, &table->model->fields[field], &values[field], &operation->values[i],
                           change == TOASTY_CHANGE_SUBTRACT, &sum, err) < 0)
            return -1;
        values[field] = change == TOASTY_CHANGE_SET ? operation->values[i] : sum;
    }
    return put(log, table, before, values, operation, err);
}

static int run_delete(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                      toasty_error *err)
{
    toasty__kv_item *before = toasty__kv_find(table, operation->key.values);
    if (!before)
        return 0;
    if (send_item(table, operation, before, err) < 0)
        return -1;
    return toasty__kv_change(log, table, before, NULL, err);
}

/* --- jobs --- */

static int run_operation(toasty__kv_store *store, uint32_t page, const toasty_capability *can,
                         toasty__kv_log *log, toasty_operation *operation, toasty_error *err)
{
    if (!can->returning && operation->kind >= TOASTY_OPERATION_INSERT)
        operation->sink = NULL;
    operation->count = 0;
    operation->continuation = NULL;
    if (operation->kind == TOASTY_OPERATION_PING)
        return 0;
    if (operation->kind < TOASTY_OPERATION_GET)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "keyvalue does not support %s",
                            operation->kind == TOASTY_OPERATION_SQL ? "SQL" : "transactions");
    if (operation->kind == TOASTY_OPERATION_DESCRIBE)
        return toasty__kv_describe(store, operation, err);
    if (operation->kind == TOASTY_OPERATION_CHANGE)
        return toasty__kv_change_schema(store, operation, err);
    toasty__kv_table *table = toasty__kv_table_of(store, operation->key.prefix, operation->model, err);
    if (!table)
        return -1;
    switch ((toasty_operation_kind)operation->kind) {
    case TOASTY_OPERATION_GET:
        return run_get(table, page, operation, err);
    case TOASTY_OPERATION_INSERT:
        return run_insert(log, table, operation, err);
    case TOASTY_OPERATION_UPDATE:
        return run_update(log, table, operation, err);
    case TOASTY_OPERATION_DELETE:
        return run_delete(log, table, operation, err);
    default:
        return run_walk(table, page, operation, err);
    }
}

void toasty__kv_run(toasty__kv_store *store, uint32_t page, const toasty_capability *can, toasty_job *job)
{
    toasty__kv_log log = {0};
    job->error.code = TOASTY_OK;
    pthread_mutex_lock(&store->lock);
    for (uint32_t i = 0; i < job->count; i++) {
        if (run_operation(store, page, can, &log, &job->operations[i], &job->error) < 0) {
            job->failed = i;
            break;
        }
        if (!job->atomic)
            toasty__kv_log_keep(&log);
    }
    if (job->error.code == TOASTY_OK)
        toasty__kv_log_keep(&log);
    else
        toasty__kv_log_take_back(&log);
    pthread_mutex_unlock(&store->lock);
}
