/* What each operation does, and the reads themselves: they walk an index from one place to another, in pages.
 */
#include "drivers/keyvalue/operations.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/evaluate.h"
#include "core/value_bytes.h"
#include "drivers/keyvalue/claims.h"
#include "drivers/keyvalue/schema.h"
#include "drivers/keyvalue/value.h"
#include "drivers/keyvalue/writes.h"

#include <string.h>
#include <toasty/codegen.h>

/* --- answers --- */

static int send_item(const toasty__kv_table *table, toasty_operation *operation, const toasty__kv_item *item,
                     toasty_error *err)
{
    operation->count++;
    return toasty__kv_send(table, operation, operation->sink, item, err);
}

static bool is_full(const toasty_operation *operation, uint32_t page, int64_t looked)
{
    return operation->sink && page && looked >= page;
}

static bool is_enough(const toasty_operation *operation)
{
    return operation->key.limit && operation->count >= operation->key.limit;
}

/* What was just made is missed once, where reads are late. */
static bool is_missed(const toasty_operation *operation, toasty__kv_item *item)
{
    bool missed = item->late && !operation->key.current;
    item->late &= !missed;
    return missed;
}

/* --- get --- */

static int run_get(toasty__kv_table *table, uint32_t page, toasty_operation *operation, toasty_error *err)
{
    uint8_t fields = table->indexes[0].described->field_count;
    const uint32_t *after = operation->key.after;
    for (uint32_t i = after ? *after : 0; i < operation->key.key_count && !is_enough(operation); i++) {
        toasty__kv_item *item = toasty__kv_find(table, operation->key.values + (size_t)i * fields);
        if (!item || is_missed(operation, item))
            continue;
        if (is_full(operation, page, operation->count)) {
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
        if (!toasty__value_points(&values[i]))
            continue;
        if (!(values[i].as.text = toasty__arena_text(arena, values[i].as.text, values[i].len)))
            return NULL;
    }
    return values;
}

/* --- filters --- */

static bool has_field(const toasty_index *index, uint16_t field)
{
    for (uint8_t i = 0; i < index->field_count; i++)
        if (index->fields[i] == field)
            return true;
    return false;
}

static toasty__visit_next see_key(const toasty__visited *visited, void *arg)
{
    const toasty__kv_index *index = arg;
    const toasty__expr *expr = visited->expr;
    bool key = expr->tag == TOASTY__EXPR_COLUMN &&
               (has_field(index->described, expr->field) || has_field(index->model->indexes, expr->field));
    return key ? TOASTY__VISIT_STOP : TOASTY__VISIT_CONTINUE;
}

/* What the interface promises of a filter, and what this store can evaluate. */
static int check_filter(const toasty_capability *can, const range *over, const toasty_operation *operation,
                        toasty_error *err)
{
    const toasty__expr *filter = operation->key.filter;
    bool query = operation->kind == TOASTY_OPERATION_QUERY;
    int known = filter ? toasty__can_evaluate(filter) : 1;
    int key = filter && query ? toasty__visit_expr(filter, see_key, over->index) : 0;
    if (known < 0 || key < 0)
        return toasty__fail_memory(err);
    if (filter && !can->filter)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "keyvalue does not support filters");
    if (key)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "a filter names the key that its query goes by");
    return known ? 0 : toasty__fail(err, TOASTY_UNSUPPORTED, "a filter that keyvalue cannot evaluate");
}

static bool matches(const toasty_operation *operation, const toasty__kv_item *item)
{
    toasty__row row = toasty__row_of_values(operation->model, item->values);
    return !operation->key.filter ||
           toasty__evaluate(operation->key.filter, &row, operation->key.filter_values) == TOASTY__TRUE;
}

/* A page is as many items as were looked at, whether they matched or not; a limit is of those that match. */
static int run_walk(toasty__kv_table *table, uint32_t page, const toasty_capability *can,
                    toasty_operation *operation, toasty_error *err)
{
    range over;
    int64_t looked = 0;
    if (operation->kind == TOASTY_OPERATION_SCAN && operation->key.descending && !can->scan_back)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "a scan does not go back");
    if (range_of(table, operation, &over, err) < 0 || check_filter(can, &over, operation, err) < 0)
        return -1;
    bool descending = operation->key.descending;
    const toasty__kv_item *last = NULL;
    for (const toasty__kv_node *node = first_of(&over, operation); node && !is_enough(operation);
         node = step(node, descending)) {
        if (!is_in(&over, node->item, descending))
            return 0;
        if (is_full(operation, page, looked++)) {
            operation->continuation = continuation_after(&over, last, operation->sink->arena);
            return operation->continuation ? 0 : toasty__fail_memory(err);
        }
        if (!is_missed(operation, node->item) && matches(operation, node->item) &&
            send_item(table, operation, node->item, err) < 0)
            return -1;
        last = node->item;
    }
    return 0;
}

/* One item by all values of a unique index: whoever claimed them has it. */
static int run_claimed(const toasty__kv_table *table, toasty_operation *operation, toasty_error *err)
{
    toasty__kv_item *item;
    uint16_t number = (uint16_t)(operation->key.index - operation->model->indexes);
    if (toasty__kv_claimed(table, number, operation->key.values, &item, err) < 0)
        return -1;
    return item && matches(operation, item) ? send_item(table, operation, item, err) : 0;
}

static bool is_by_claim(const toasty_capability *can, const toasty_operation *operation)
{
    const toasty_index *index = operation->key.index;
    return can->claims && operation->kind == TOASTY_OPERATION_QUERY && index && index->unique &&
           !index->primary && operation->key.key_count == index->field_count && !operation->key.after &&
           !operation->key.from;
}

/* --- all of them --- */

/* How many values of keys the operation has. */
static uint32_t key_values(const toasty_operation *operation, const toasty_index *index)
{
    switch ((toasty_operation_kind)operation->kind) {
    case TOASTY_OPERATION_GET:
        return operation->key.key_count * index->field_count;
    case TOASTY_OPERATION_QUERY:
        return operation->key.key_count;
    case TOASTY_OPERATION_UPDATE:
    case TOASTY_OPERATION_DELETE:
        return index->field_count;
    default:
        return 0;
    }
}

int toasty__kv_check_key(const toasty_operation *operation, toasty_error *err)
{
    const toasty_model *model = operation->model;
    const toasty_index *index = operation->key.index ? operation->key.index : &model->indexes[0];
    uint32_t count = operation->key.values ? key_values(operation, index) : 0;
    for (uint32_t i = 0; i < count; i++)
        if (toasty__kv_check(model, &model->fields[index->fields[i % index->field_count]],
                             &operation->key.values[i], err) < 0)
            return -1;
    if (operation->kind != TOASTY_OPERATION_QUERY || operation->key.key_count >= index->field_count)
        return 0;
    const toasty_field *ranged = &model->fields[index->fields[operation->key.key_count]];
    bool low = operation->key.low_bound != TOASTY_UNBOUNDED,
         high = operation->key.high_bound != TOASTY_UNBOUNDED;
    return (low && toasty__kv_check(model, ranged, &operation->key.low, err) < 0) ||
                   (high && toasty__kv_check(model, ranged, &operation->key.high, err) < 0)
               ? -1
               : 0;
}

int toasty__kv_operate(toasty__kv_store *store, uint32_t page, const toasty_capability *can,
                       toasty__kv_log *log, toasty_operation *operation, toasty_error *err)
{
    toasty_operation_class class = toasty_operation_class_of(operation->kind);
    if (!can->returning && class == TOASTY_OPERATION_CLASS_WRITE)
        operation->sink = NULL;
    operation->count = 0;
    operation->continuation = NULL;
    operation->met = TOASTY_MET_APPLIED;
    operation->created = false;
    if (operation->kind == TOASTY_OPERATION_PING)
        return 0;
    if (class == TOASTY_OPERATION_CLASS_TEXT || class == TOASTY_OPERATION_CLASS_CONTROL)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "keyvalue does not support %s",
                            class == TOASTY_OPERATION_CLASS_TEXT ? "SQL" : "transactions");
    if (operation->kind == TOASTY_OPERATION_DESCRIBE)
        return toasty__kv_describe(store, operation, err);
    if (operation->kind == TOASTY_OPERATION_CHANGE)
        return toasty__kv_change_schema(store, operation, err);
    toasty__kv_table *table = toasty__kv_table_of(store, operation->key.prefix, operation->model, err);
    if (!table || toasty__kv_check_key(operation, err) < 0)
        return -1;
    switch ((toasty_operation_kind)operation->kind) {
    case TOASTY_OPERATION_GET:
        return run_get(table, page, operation, err);
    case TOASTY_OPERATION_INSERT:
        return toasty__kv_insert(log, table, operation, err);
    case TOASTY_OPERATION_UPDATE:
        return toasty__kv_update(log, table, operation, err);
    case TOASTY_OPERATION_DELETE:
        return toasty__kv_delete(log, table, operation, err);
    case TOASTY_OPERATION_UPSERT:
        return toasty__kv_upsert(log, table, operation, err);
    case TOASTY_OPERATION_CLAIM:
        return toasty__kv_claims_take(log, table, operation, err);
    case TOASTY_OPERATION_UNCLAIM:
        return toasty__kv_claims_give_up(log, table, operation, err);
    default:
        return is_by_claim(can, operation) ? run_claimed(table, operation, err)
                                           : run_walk(table, page, can, operation, err);
    }
}
