/* Writes: each finds its item, compares it with what is expected, and puts another in its place. */
#include "drivers/keyvalue/writes.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/evaluate.h"
#include "drivers/keyvalue/value.h"

#include <string.h>
#include <toasty/codegen.h>

static int check_values(const toasty__kv_table *table, const uint16_t *fields, const toasty_value *values,
                        uint32_t count, toasty_error *err)
{
    const toasty_model *model = table->model;
    for (uint32_t i = 0; i < count; i++) {
        if (fields[i] >= model->field_count)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s does not have a field for a value",
                                model->table);
        if (toasty__kv_check(model, &model->fields[fields[i]], &values[i], err) < 0)
            return -1;
    }
    return 0;
}

static int put(toasty__kv_log *log, toasty__kv_table *table, toasty__kv_item *before,
               const toasty_value *values, toasty_operation *operation, toasty_error *err)
{
    toasty__kv_item *after = toasty__kv_item_new(table, values);
    if (!after)
        return toasty__fail_memory(err);
    if (toasty__kv_change(log, table, before, after, err) < 0)
        return -1;
    operation->count = 1;
    return toasty__kv_send(table, operation, operation->sink, after, err);
}

/* --- what is expected --- */

static bool is_as_expected(const toasty__kv_table *table, const toasty_operation *operation,
                           const toasty__kv_item *item)
{
    for (uint32_t i = 0; i < operation->key.expect_count; i++) {
        uint16_t field = operation->key.expect_fields[i];
        if (toasty__compare_values(&table->model->fields[field], &item->values[field],
                                   &operation->key.expect_values[i]) != 0)
            return false;
    }
    toasty__row row = toasty__row_of_values(table->model, item->values);
    return !operation->key.filter ||
           toasty__evaluate(operation->key.filter, &row, operation->key.filter_values) == TOASTY__TRUE;
}

/* The item is in the way of what was asked. */
static int meet_other(const toasty__kv_table *table, toasty_operation *operation, const toasty__kv_item *item,
                      toasty_error *err)
{
    operation->met = TOASTY_MET_OTHER;
    return toasty__kv_send(table, operation, operation->key.found, item, err);
}

/* Finds the item that an operation changes, and says what it met. */
static int find(const toasty__kv_table *table, toasty_operation *operation, toasty__kv_item **item,
                toasty_error *err)
{
    *item = toasty__kv_find(table, operation->key.values);
    if (!*item && (operation->must_exist || operation->key.expect_count || operation->key.filter))
        operation->met = TOASTY_MET_ABSENT;
    else if (*item && !is_as_expected(table, operation, *item))
        return meet_other(table, operation, *item, err);
    return 0;
}

/* --- writes --- */

/* NULL for each field, to be freed with toasty__free. NULL with err. */
static toasty_value *values_new(const toasty__kv_table *table, toasty_error *err)
{
    toasty_value *values = toasty__calloc(table->model->field_count, sizeof(*values));
    if (!values)
        toasty__fail_memory(err);
    return values;
}

static int insert(toasty__kv_log *log, toasty__kv_table *table, const toasty_value *values,
                  toasty_operation *operation, toasty_error *err)
{
    toasty_value key[TOASTY__KV_MAX_FIELDS];
    const toasty__kv_index *primary = &table->indexes[0];
    for (uint8_t i = 0; i < primary->field_count; i++)
        key[i] = values[primary->fields[i]];
    toasty__kv_item *before = toasty__kv_find(table, key);
    if (before && operation->must_not_exist)
        return operation->ignores ? meet_other(table, operation, before, err)
                                  : toasty__kv_refuse(table, primary->described, err);
    return put(log, table, before, values, operation, err);
}

int toasty__kv_insert(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                      toasty_error *err)
{
    if (check_values(table, operation->fields, operation->values, operation->value_count, err) < 0)
        return -1;
    toasty_value *values = values_new(table, err);
    if (!values)
        return -1;
    for (uint32_t i = 0; i < operation->value_count; i++)
        values[operation->fields[i]] = operation->values[i];
    int status = insert(log, table, values, operation, err);
    toasty__free(values);
    return status;
}

/* The key of an item of which nothing else is known. */
static void begin_item(const toasty__kv_table *table, const toasty_operation *operation, toasty_value *values)
{
    const toasty__kv_index *primary = &table->indexes[0];
    for (uint8_t i = 0; i < primary->field_count; i++)
        values[primary->fields[i]] = operation->key.values[i];
}

static int assign(const toasty__kv_table *table, const toasty_operation *operation, toasty_value *values,
                  toasty_error *err)
{
    const toasty_model *model = table->model;
    for (uint32_t i = 0; i < operation->value_count; i++) {
        uint16_t field = operation->fields[i];
        uint8_t change = operation->changes[i];
        toasty_value sum;
        if (change != TOASTY_CHANGE_SET &&
            toasty__kv_add(model, &model->fields[field], &values[field], &operation->values[i],
                           change == TOASTY_CHANGE_SUBTRACT, &sum, err) < 0)
            return -1;
        values[field] = change == TOASTY_CHANGE_SET ? operation->values[i] : sum;
    }
    return 0;
}

/* Changes an item, or one of nothing but a key when there is none. */
static int change(toasty__kv_log *log, toasty__kv_table *table, toasty__kv_item *before,
                  toasty_operation *operation, toasty_error *err)
{
    if (check_values(table, operation->fields, operation->values, operation->value_count, err) < 0)
        return -1;
    toasty_value *values = values_new(table, err);
    if (!values)
        return -1;
    if (before)
        memcpy(values, before->values, table->model->field_count * sizeof(*values));
    else
        begin_item(table, operation, values);
    int status =
        assign(table, operation, values, err) < 0 ? -1 : put(log, table, before, values, operation, err);
    toasty__free(values);
    return status;
}

int toasty__kv_update(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                      toasty_error *err)
{
    toasty__kv_item *before;
    if (find(table, operation, &before, err) < 0)
        return -1;
    return operation->met == TOASTY_MET_APPLIED ? change(log, table, before, operation, err) : 0;
}

int toasty__kv_delete(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                      toasty_error *err)
{
    toasty__kv_item *before;
    if (find(table, operation, &before, err) < 0)
        return -1;
    if (!before || operation->met != TOASTY_MET_APPLIED)
        return 0;
    operation->count = 1;
    if (toasty__kv_send(table, operation, operation->sink, before, err) < 0)
        return -1;
    return toasty__kv_change(log, table, before, NULL, err);
}

int toasty__kv_upsert(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                      toasty_error *err)
{
    toasty__kv_item *before = toasty__kv_find(table, operation->key.values);
    if (before)
        return change(log, table, before, operation, err);
    if (check_values(table, operation->key.create_fields, operation->key.create_values,
                     operation->key.create_count, err) < 0)
        return -1;
    toasty_value *values = values_new(table, err);
    if (!values)
        return -1;
    operation->created = true;
    begin_item(table, operation, values);
    for (uint32_t i = 0; i < operation->key.create_count; i++)
        values[operation->key.create_fields[i]] = operation->key.create_values[i];
    int status = put(log, table, NULL, values, operation, err);
    toasty__free(values);
    return status;
}
