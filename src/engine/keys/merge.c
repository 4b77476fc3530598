/* Rows that are changed: where a store takes one operation a row, those of several requests become one.
 *
 * Merged operations do together what they would have done one after the other. What cannot be said in one is
 * refused before anything is sent. */
#include "base/error.h"
#include "base/map.h"
#include "core/access.h"
#include "core/evaluate.h"
#include "core/refusal.h"
#include "core/value_bytes.h"
#include "driver/blame.h"
#include "engine/keys/write_set.h"
#include <string.h>

/* --- values --- */

/* NULL is the same as NULL. */
static bool same(const toasty_model *model, uint16_t field, const toasty_value *a, const toasty_value *b)
{
    return toasty__compare_values(&model->fields[field], a, b) == 0;
}

/* Where a field stands in a list; `count` when it does not. */
static uint32_t place_of(const uint16_t *fields, uint32_t count, uint16_t field)
{
    uint32_t place = 0;
    while (place < count && fields[place] != field)
        place++;
    return place;
}

/* --- rows --- */

const toasty_value *toasty__key_values_of(toasty__write_set *set, const toasty_operation *operation)
{
    const toasty_index *primary = &operation->model->indexes[0];
    if (operation->kind != TOASTY_OPERATION_INSERT)
        return operation->key.values;
    toasty_value *key = toasty__arena_calloc(&set->execution->arena, primary->field_count, sizeof(*key));
    for (uint8_t i = 0; key && i < primary->field_count; i++) {
        uint32_t place = place_of(operation->fields, operation->value_count, primary->fields[i]);
        if (place < operation->value_count)
            key[i] = operation->values[place];
    }
    return key;
}

/* The bytes that name the row of an operation; NULL when out of memory. */
static const char *name_of(toasty__write_set *set, const toasty_operation *operation, size_t *length)
{
    const toasty_value *key = toasty__key_values_of(set, operation);
    uint8_t count = operation->model->indexes[0].field_count;
    size_t size, total = sizeof(operation->model);
    for (uint8_t i = 0; key && i < count; i++, total += sizeof(size) + size)
        toasty__value_bytes(&key[i], &size);
    char *name = key ? toasty__arena_alloc(&set->execution->arena, total) : NULL, *at = name;
    if (!name)
        return NULL;
    memcpy(at, &operation->model, sizeof(operation->model));
    at += sizeof(operation->model);
    for (uint8_t i = 0; i < count; i++) {
        const void *bytes = toasty__value_bytes(&key[i], &size);
        memcpy(at, &size, sizeof(size));
        memcpy(at + sizeof(size), bytes, size);
        at += sizeof(size) + size;
    }
    *length = total;
    return name;
}

/* --- merging --- */

/* What comes of merging an operation into the one of an item. */
typedef enum outcome {
    MERGED,
    COUNTS_NOTHING, /* after the first one there is no such row */
    REFUSED,        /* with the error */
    FAILED          /* out of memory */
} outcome;

typedef struct merging {
    toasty__write_set *set;
    toasty_operation *first;
    const toasty_operation *next;
    toasty_error *err;
} merging;

static outcome refuse(const merging *m)
{
    toasty__fail(m->err, TOASTY_INVALID_STATEMENT,
                 "a row of %s is changed twice in one atomic group, which %s does not allow: make two calls",
                 m->next->model->table, m->set->execution->engine->driver->name);
    return REFUSED;
}

/* A longer copy of a list that grows by at most `more`; NULL when out of memory. */
static void *longer(const merging *m, const void *list, uint32_t count, uint32_t more, size_t size)
{
    char *copy = toasty__arena_alloc(&m->set->execution->arena, ((size_t)count + more) * size + 1);
    if (copy && count)
        memcpy(copy, list, count * size);
    return copy;
}

/* What the second operation expects is met by what the first one writes, or has to be met before it. */
static outcome merge_expected(const merging *m)
{
    toasty_operation *first = m->first;
    const toasty_operation *next = m->next;
    uint16_t *fields =
        longer(m, first->key.expect_fields, first->key.expect_count, next->key.expect_count, sizeof(*fields));
    toasty_value *values =
        longer(m, first->key.expect_values, first->key.expect_count, next->key.expect_count, sizeof(*values));
    uint32_t count = first->key.expect_count;
    if (!fields || !values)
        return FAILED;
    if (next->key.filter) /* whether it would hold after the first is not known */
        return refuse(m);
    for (uint32_t i = 0; i < next->key.expect_count; i++) {
        uint16_t field = next->key.expect_fields[i];
        uint32_t place = place_of(first->fields, first->value_count, field);
        fields[count] = field;
        values[count] = next->key.expect_values[i];
        if (place == first->value_count)
            count++;
        else if (first->changes && first->changes[place] != TOASTY_CHANGE_SET)
            return refuse(m);
        else if (!same(next->model, field, &first->values[place], &values[count]))
            return COUNTS_NOTHING;
    }
    if (first->kind == TOASTY_OPERATION_INSERT)
        return MERGED;
    first->key.expect_fields = fields;
    first->key.expect_values = values;
    first->key.expect_count = count;
    return MERGED;
}

/* Two sums of one field are one. */
static bool add_sums(uint8_t *kind, toasty_value *value, uint8_t next_kind, const toasty_value *next)
{
    if (*kind == TOASTY_CHANGE_SET || value->kind != TOASTY_VALUE_INT || next->kind != TOASTY_VALUE_INT)
        return false;
    return *kind == next_kind
               ? !__builtin_add_overflow(value->as.integer, next->as.integer, &value->as.integer)
               : !__builtin_sub_overflow(value->as.integer, next->as.integer, &value->as.integer);
}

/* The first operation, an update or an insert, does what the second one, an update, would do after it. */
static outcome merge_assigned(const merging *m)
{
    toasty_operation *first = m->first;
    const toasty_operation *next = m->next;
    uint32_t count = first->value_count;
    uint16_t *fields = longer(m, first->fields, count, next->value_count, sizeof(*fields));
    toasty_value *values = longer(m, first->values, count, next->value_count, sizeof(*values));
    uint8_t *kinds = longer(m, first->changes, first->changes ? count : 0, count + next->value_count, 1);
    if (!fields || !values || !kinds)
        return FAILED;
    if (!first->changes)
        memset(kinds, TOASTY_CHANGE_SET, count);
    for (uint32_t i = 0; i < next->value_count; i++) {
        uint32_t place = place_of(fields, count, next->fields[i]);
        count += place == count;
        if (next->changes[i] != TOASTY_CHANGE_SET && place < first->value_count) {
            if (!add_sums(&kinds[place], &values[place], next->changes[i], &next->values[i]))
                return refuse(m);
            continue;
        }
        fields[place] = next->fields[i];
        values[place] = next->values[i];
        kinds[place] = next->changes[i];
    }
    first->fields = fields;
    first->values = values;
    first->changes = first->changes ? kinds : NULL;
    first->value_count = count;
    return MERGED;
}

static outcome merge_update(const merging *m)
{
    outcome expected = merge_expected(m);
    if (expected != MERGED)
        return expected;
    if (!m->first->key.before)
        m->first->key.before = m->next->key.before;
    return merge_assigned(m);
}

/* A row that was updated is deleted. */
static outcome merge_delete(const merging *m)
{
    outcome expected = merge_expected(m);
    if (expected != MERGED)
        return expected;
    toasty_operation made = *m->next;
    made.key.expect_fields = m->first->key.expect_fields;
    made.key.expect_values = m->first->key.expect_values;
    made.key.expect_count = m->first->key.expect_count;
    made.key.filter = m->first->key.filter;
    made.key.filter_values = m->first->key.filter_values;
    made.key.before = m->first->key.before ? m->first->key.before : m->next->key.before;
    *m->first = made;
    return MERGED;
}

static outcome refuse_second(const merging *m)
{
    const toasty_model *model = m->next->model;
    toasty__refuse_index(m->next->key.prefix, model, &model->indexes[0], m->err);
    return REFUSED;
}

static outcome merge(const merging *m)
{
    bool inserts = m->first->kind == TOASTY_OPERATION_INSERT,
         updates = m->first->kind == TOASTY_OPERATION_UPDATE;
    switch ((toasty_operation_kind)m->next->kind) {
    case TOASTY_OPERATION_INSERT:
        return inserts ? refuse_second(m) : refuse(m);
    case TOASTY_OPERATION_UPDATE:
        return inserts || updates                          ? merge_update(m)
               : m->first->kind == TOASTY_OPERATION_DELETE ? COUNTS_NOTHING
                                                           : refuse(m);
    case TOASTY_OPERATION_DELETE:
        return updates                                     ? merge_delete(m)
               : m->first->kind == TOASTY_OPERATION_DELETE ? COUNTS_NOTHING
                                                           : refuse(m);
    default:
        return refuse(m);
    }
}

/* --- all of a job --- */

/* Is a field named before in the list that it stands in? */
static bool is_again(const toasty_operation *operation, uint32_t i)
{
    return place_of(operation->fields, i, operation->fields[i]) < i;
}

/* Several sums of one field, which one request may have, are one. 0, or -1 with err. */
static int join_sums(toasty__write_set *set, toasty_operation *operation, toasty_error *err)
{
    const merging m = {set, operation, operation, err};
    uint32_t count = 0, all = operation->changes ? operation->value_count : 0, first = 1;
    while (first < all && !is_again(operation, first))
        first++;
    if (first >= all)
        return 0;
    uint16_t *fields = longer(&m, operation->fields, all, 0, sizeof(*fields));
    toasty_value *values = longer(&m, operation->values, all, 0, sizeof(*values));
    uint8_t *kinds = longer(&m, operation->changes, all, 0, 1);
    if (!fields || !values || !kinds)
        return toasty__fail_memory(err);
    for (uint32_t i = 0; i < all; i++) {
        toasty_value next = values[i];
        uint32_t place = place_of(fields, count, fields[i]);
        bool adds = place < count, same = adds && kinds[place] == kinds[i];
        if (adds && next.kind == TOASTY_VALUE_FLOAT)
            values[place].as.real += same ? next.as.real : -next.as.real;
        else if (adds && !add_sums(&kinds[place], &values[place], kinds[i], &next))
            return toasty__refuse_value(operation->model->table, operation->model->fields[fields[i]].name,
                                        "out of the range of int64_t", err);
        fields[place] = fields[i];
        values[place] = adds ? values[place] : next;
        kinds[place] = adds ? kinds[place] : kinds[i];
        count += !adds;
    }
    operation->fields = fields;
    operation->values = values;
    operation->changes = kinds;
    operation->value_count = count;
    return 0;
}

static toasty__row_change *new_item(toasty__write_set *set, uint32_t place)
{
    toasty__row_change *item = &set->items[set->item_count++];
    *item = (toasty__row_change){.operation = set->asked->operations[place], .place = place};
    return item;
}

/* A further operation of an item. */
static int add(toasty__write_set *set, toasty__write_share *share, const toasty_operation *operation,
               toasty_error *err)
{
    outcome merged = merge(&(merging){set, &share->item->operation, operation, err});
    share->counts = merged == MERGED;
    const toasty__plan *plan = toasty__run_of(set, (uint32_t)(share - set->shares))->plan;
    if (merged == COUNTS_NOTHING && plan && plan->checks) /* the row must be as the request knows it */
        return toasty__refuse_change(operation->model, share->item->operation.kind != TOASTY_OPERATION_DELETE,
                                     err);
    return merged == FAILED ? toasty__fail_memory(err) : merged == REFUSED ? -1 : 0;
}

static int take(toasty__write_set *set, toasty__map *rows, uint32_t place, toasty_error *err)
{
    toasty_operation *operation = &set->asked->operations[place];
    toasty__write_share *share = &set->shares[place];
    size_t length;
    *share = (toasty__write_share){NULL, true};
    if (toasty_operation_class_of(operation->kind) != TOASTY_OPERATION_CLASS_WRITE)
        return 0;
    if (join_sums(set, operation, err) < 0)
        return -1;
    bool merges = !set->can->group_repeats && set->asked->count > 1;
    const char *name = merges ? name_of(set, operation, &length) : NULL;
    if (merges && !name)
        return toasty__fail_memory(err);
    share->item = name ? toasty__map_get(rows, name, length) : NULL;
    if (!share->item) {
        share->item = new_item(set, place);
        return name && toasty__map_set(rows, name, length, share->item) < 0 ? toasty__fail_memory(err) : 0;
    }
    share->item->merged = true;
    return add(set, share, operation, err);
}

int toasty__write_set_take(toasty__write_set *set, toasty_error *err)
{
    toasty__arena *arena = &set->execution->arena;
    uint32_t count = set->asked->count;
    toasty__map rows;
    set->shares = toasty__arena_alloc(arena, count * sizeof(*set->shares));
    set->items = toasty__arena_alloc(arena, count * sizeof(*set->items));
    set->item_count = 0;
    if (!set->shares || !set->items)
        return toasty__fail_memory(err);
    toasty__map_init(&rows);
    int status = 0;
    for (uint32_t i = 0; status == 0 && i < count; i++)
        status = take(set, &rows, i, err);
    toasty__map_done(&rows);
    return status;
}

/* --- once the row is known --- */

bool toasty__is_meant(const toasty_operation *change, const toasty_operation *first, const void *row)
{
    const toasty_model *model = change->model;
    for (uint32_t i = 0; i < change->key.expect_count; i++) {
        uint16_t field = change->key.expect_fields[i];
        toasty_value value = toasty__get(model, row, &model->fields[field]);
        bool assigned = first && place_of(first->fields, first->value_count, field) < first->value_count;
        if (!assigned && !same(model, field, &value, &change->key.expect_values[i]))
            return false;
    }
    toasty__row as_values = toasty__row_of_record(model, row);
    return !change->key.filter ||
           toasty__evaluate(change->key.filter, &as_values, change->key.filter_values) == TOASTY__TRUE;
}

int toasty__merge_for_row(toasty__write_set *set, toasty__row_change *item, const void *row,
                          toasty_error *err)
{
    item->left_out = true;
    for (uint32_t i = 0; i < set->asked->count; i++) {
        toasty__write_share *share = &set->shares[i];
        const toasty_operation *operation = &set->asked->operations[i];
        if (share->item != item)
            continue;
        share->counts = toasty__is_meant(operation, item->left_out ? NULL : &item->operation, row);
        if (share->counts && item->left_out)
            item->operation = *operation;
        else if (share->counts && add(set, share, operation, err) < 0)
            return -1;
        item->left_out = item->left_out && !share->counts;
    }
    return 0;
}
