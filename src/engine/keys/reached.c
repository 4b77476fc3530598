/* The rows that a change by keys reaches: what is kept of them, and the operations about them. */
#include "engine/keys/reached.h"
#include "base/error.h"
#include "core/access.h"
#include "core/evaluate.h"
#include "engine/run/relate.h"
#include <string.h>

/* --- rows --- */

toasty__reached *toasty__new_reached(toasty__running *run, const toasty_model *model,
                                     const toasty_relation *relation)
{
    toasty__arena *arena = &run->execution->arena;
    toasty__reached *made = toasty__arena_calloc(arena, 1, sizeof(*made));
    const toasty_field **columns = toasty__arena_alloc(arena, model->field_count * sizeof(*columns));
    if (!made || !columns)
        return NULL;
    for (uint16_t i = 0; i < model->field_count; i++)
        columns[i] = &model->fields[i];
    toasty__loaded_init(&made->loaded, run, &run->plan->steps[0]);
    made->loaded.sink.stride = model->size;
    made->loaded.sink.model = model;
    made->loaded.sink.columns = columns;
    made->loaded.sink.column_count = model->field_count;
    made->loaded.sink.arena = arena;
    made->model = model;
    made->relation = relation;
    *run->keys->last = made;
    run->keys->last = &made->next;
    return made;
}

const char *toasty__reached_name(toasty__running *run, const toasty_model *model, const char *row,
                                 size_t *length)
{
    const toasty_index *primary = &model->indexes[0];
    toasty__arena *arena = &run->execution->arena;
    const void *key;
    int there = toasty__key_of(model, primary->fields, primary->field_count, row, arena, &key, length);
    char *name = there > 0 ? toasty__arena_alloc(arena, sizeof(model) + *length) : NULL;
    if (!name)
        return NULL;
    memcpy(name, &model, sizeof(model));
    memcpy(name + sizeof(model), key, *length);
    *length += sizeof(model);
    return name;
}

/* Values of some fields of a record, in the order of an index. */
static const toasty_value *values_of(toasty__running *run, const toasty_model *model, const uint16_t *fields,
                                     uint32_t count, const void *record)
{
    toasty_value *values = toasty__arena_alloc(&run->execution->arena, count * sizeof(*values));
    for (uint32_t i = 0; values && i < count; i++)
        values[i] = toasty__get(model, record, &model->fields[fields[i]]);
    return values;
}

const toasty_value *toasty__reached_key(toasty__running *run, const toasty__reached *rows, size_t i)
{
    const toasty_index *primary = &rows->model->indexes[0];
    return values_of(run, rows->model, primary->fields, primary->field_count,
                     rows->loaded.rows + i * rows->model->size);
}

/* How many values of a request say which rows it is about: its keys, its owner, its record. The last one of a
 * record with a version is that. Values of conditions come behind them. */
static uint32_t scope_values(const toasty__running *run)
{
    const toasty_request *request = run->request;
    uint32_t owner = request->owner ? request->relation->field_count : 0;
    bool versioned = run->plan->record_field_count > request->model->indexes[0].field_count;
    return toasty__key_values(request) + owner + run->plan->record_field_count - versioned;
}

bool toasty__has_values(const toasty__running *run, const char *row, bool as_known)
{
    const toasty__step *step = &run->plan->steps[0];
    for (uint8_t i = 0; i < step->also_count; i++) {
        const toasty_field *field = &step->table->fields[step->also[i]];
        toasty_value value = toasty__get(step->table, row, field);
        if (!as_known && step->also_binds[i].index >= scope_values(run))
            continue;
        if (value.kind == TOASTY_VALUE_NULL || /* it is equal to nothing */
            toasty__compare_values(field, &value, &run->shape.values[step->also_binds[i].index]) != 0)
            return false;
    }
    return true;
}

/* --- operations --- */

toasty_operation *toasty__key_operation(toasty__running *run, toasty_operation_kind kind,
                                        const toasty_model *model, const toasty_index *index,
                                        const toasty_value *values, uint32_t count)
{
    toasty_operation *operation = toasty__add_operation(run->execution, kind);
    if (operation) {
        operation->model = model;
        operation->key.current = true;
        operation->key.index = index;
        operation->key.values = values;
        operation->key.key_count = count;
    }
    return operation;
}

/* The values that a row which the request means has besides its key. NULL when out of memory. */
static const toasty_value *also_values(toasty__running *run, const toasty__step *step)
{
    toasty_value *values =
        toasty__arena_alloc(&run->execution->arena, step->also_count * sizeof(*values) + 1);
    for (uint8_t i = 0; values && i < step->also_count; i++)
        values[i] = run->shape.values[step->also_binds[i].index];
    return values;
}

/* What is read before is compared in memory; where the store can, it is compared once more when it changes.
 */
static int expect(toasty__running *run, toasty_operation *operation, const char *row,
                  const toasty_relation *reference)
{
    const toasty__step *step = &run->plan->steps[0];
    if (!run->execution->engine->driver->capability->expect)
        return 0;
    operation->key.filter = reference ? NULL : step->kept;
    operation->key.filter_values = run->keys->parameters;
    operation->key.expect_fields = reference ? reference->own_fields : step->also;
    operation->key.expect_count = reference ? reference->field_count : step->also_count;
    operation->key.expect_values =
        reference ? values_of(run, operation->model, reference->own_fields, reference->field_count, row)
                  : also_values(run, step);
    return operation->key.expect_values ? 0 : -1;
}

toasty_operation *toasty__key_change_of(toasty__running *run, toasty_operation_kind kind,
                                        const toasty_model *model, const toasty_value *key, const char *row,
                                        const toasty_relation *reference)
{
    toasty_operation *operation = toasty__key_operation(run, kind, model, &model->indexes[0], key, 1);
    if (!operation || expect(run, operation, row, reference) < 0)
        return NULL;
    operation->must_exist = true;
    operation->key.before = row ? row : run->request->record;
    return operation;
}

/* --- what is changed before, in the same batch --- */

/* Does a change give its row values in all of these fields that are equal to the given ones? What an update
 * leaves alone may be so. */
static bool gives_values(const toasty_operation *change, const uint16_t *fields, const toasty_value *values,
                         uint32_t count)
{
    uint32_t given = 0, left = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = 0;
        while (at < change->value_count && change->fields[at] != fields[i])
            at++;
        const toasty_value *value = at < change->value_count ? &change->values[at] : NULL;
        left += !value;
        given += value && value->kind != TOASTY_VALUE_NULL &&
                 toasty__compare_values(&change->model->fields[fields[i]], value, &values[i]) == 0;
    }
    return given && given + (change->kind == TOASTY_OPERATION_UPDATE ? left : 0) == count;
}

/* Is the row of an update among those that were read? */
static bool is_reached(const toasty__running *run, const toasty_operation *update)
{
    const toasty_model *model = update->model;
    const toasty_index *primary = &model->indexes[0];
    for (const toasty__reached *rows = run->keys->first; rows; rows = rows->next)
        for (size_t i = 0; rows->model == model && i < rows->loaded.count; i++) {
            uint8_t same = 0;
            for (; same < primary->field_count; same++) {
                const toasty_field *field = &model->fields[primary->fields[same]];
                toasty_value value = toasty__get(model, rows->loaded.rows + i * model->size, field);
                if (toasty__compare_values(field, &value, &update->key.values[same]) != 0)
                    break;
            }
            if (same == primary->field_count)
                return true;
        }
    return false;
}

int toasty__refuse_unseen(const toasty__running *run, const toasty_model *model, const uint16_t *fields,
                          const toasty_value *values, uint32_t count, toasty_error *err)
{
    for (uint32_t i = 0; i < run->first_operation; i++) {
        const toasty_operation *change = &run->execution->job.operations[i];
        bool inserts = change->kind == TOASTY_OPERATION_INSERT;
        if ((inserts || change->kind == TOASTY_OPERATION_UPDATE) && change->model == model &&
            gives_values(change, fields, values, count) && (inserts || !is_reached(run, change)))
            return toasty__fail(
                err, TOASTY_INVALID_STATEMENT,
                "a row of %s is changed twice at once, and %s finds what is to be changed before "
                "anything is: do it in two calls",
                model->table, run->execution->engine->driver->name);
    }
    return 0;
}
