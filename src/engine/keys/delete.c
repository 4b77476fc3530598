/* Deletes by key, and what becomes of the rows that refer to those which go: they go too, or their reference
 * is cleared, or nothing is deleted. */
#include "base/error.h"
#include "core/access.h"
#include "driver/blame.h"
#include "engine/keys/change.h"
#include "engine/keys/reached.h"
#include "engine/keys/write_set.h"

/* --- references --- */

/* Reference number i to a model, in all of the schema; NULL after the last. */
static const toasty_relation *reference_to(const toasty_schema *schema, const toasty_model *model, size_t i)
{
    for (size_t m = 0; m < schema->model_count; m++) {
        const toasty_model *other = schema->models[m];
        for (uint16_t r = 0; r < other->relation_count; r++) {
            const toasty_relation *relation = &other->relations[r];
            if (relation->kind == TOASTY_BELONGS_TO && relation->target == model && i-- == 0)
                return relation;
        }
    }
    return NULL;
}

/* Where a field stands in a reference; field_count when it is not part of it. */
static uint8_t place_in(const toasty_relation *reference, uint16_t field)
{
    uint8_t place = 0;
    while (place < reference->field_count && reference->own_fields[place] != field)
        place++;
    return place;
}

/* The index that finds the rows which refer: it begins with the fields of the reference, in any order. */
static const toasty_index *index_of(const toasty_relation *reference)
{
    const toasty_model *model = reference->owner;
    for (uint16_t i = 0; i < model->index_count; i++) {
        const toasty_index *index = &model->indexes[i];
        uint8_t same = 0;
        while (same < index->field_count && place_in(reference, index->fields[same]) < reference->field_count)
            same++;
        if (same >= reference->field_count && index->partition_count <= reference->field_count)
            return index;
    }
    return NULL;
}

/* The rows that refer to one row by a reference; none when what they would refer to is NULL. */
static int read_reference(toasty__running *run, const toasty_relation *reference, const char *row,
                          toasty__reached *found, toasty_error *err)
{
    const toasty_index *index = index_of(reference);
    if (!index)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s.%s does not have an index to find its rows by",
                            reference->owner->name, reference->name);
    uint8_t count = reference->field_count;
    toasty_value *values = toasty__arena_alloc(&run->execution->arena, count * sizeof(*values));
    if (!values)
        return toasty__fail_memory(err);
    for (uint8_t i = 0; i < count; i++) {
        uint16_t theirs = reference->their_fields[place_in(reference, index->fields[i])];
        values[i] = toasty__get(reference->target, row, &reference->target->fields[theirs]);
        if (values[i].kind == TOASTY_VALUE_NULL)
            return 0;
    }
    toasty_operation *operation =
        toasty__key_operation(run, TOASTY_OPERATION_QUERY, reference->owner, index, values, count);
    if (!operation)
        return toasty__fail_memory(err);
    operation->sink = &found->loaded.sink;
    return 0;
}

/* Asks for the rows that refer to newly reached rows which go. */
static int read_references(toasty__running *run, toasty_error *err)
{
    const toasty_schema *schema = run->execution->engine->schema;
    for (toasty__reached *rows = run->keys->first; rows; rows = rows->next) {
        size_t from = rows->followed, to = rows->loaded.count;
        const toasty_relation *reference;
        rows->followed = to;
        for (size_t r = 0; toasty__reached_go(rows) && from < to &&
                           (reference = reference_to(schema, rows->model, r)) != NULL;
             r++) {
            toasty__reached *found = toasty__new_reached(run, reference->owner, reference);
            if (!found)
                return toasty__fail_memory(err);
            for (size_t i = from; i < to; i++)
                if (read_reference(run, reference, rows->loaded.rows + i * rows->model->size, found, err) < 0)
                    return -1;
        }
    }
    return 0;
}

/* --- changing --- */

/* What refers to a row that goes was read before anything was changed. */
static int refuse_unseen(const toasty__running *run, const toasty_model *model, const char *row,
                         toasty_error *err)
{
    const toasty_schema *schema = run->execution->engine->schema;
    const toasty_relation *reference;
    for (size_t r = 0; run->first_operation && (reference = reference_to(schema, model, r)) != NULL; r++) {
        toasty_value values[TOASTY_MAX_KEYS];
        for (uint8_t i = 0; i < reference->field_count; i++)
            values[i] = toasty__get(model, row, &model->fields[reference->their_fields[i]]);
        if (toasty__refuse_unseen(run, reference->owner, reference->own_fields, values,
                                  reference->field_count, err) < 0)
            return -1;
    }
    return 0;
}

/* The reference of a row is cleared. */
static int clear_reference(toasty__running *run, const toasty_relation *reference, const char *row,
                           const toasty_value *key, toasty_error *err)
{
    static const toasty_value nulls[TOASTY_MAX_KEYS];
    static const uint8_t set[TOASTY_MAX_KEYS] = {TOASTY_CHANGE_SET, TOASTY_CHANGE_SET, TOASTY_CHANGE_SET,
                                                 TOASTY_CHANGE_SET};
    toasty_operation *operation =
        toasty__key_change_of(run, TOASTY_OPERATION_UPDATE, reference->owner, key, row, reference);
    if (!operation)
        return toasty__fail_memory(err);
    operation->fields = reference->own_fields;
    operation->changes = set;
    operation->values = nulls;
    operation->value_count = reference->field_count;
    return 0;
}

/* A row that refers to one which goes, but does not go with it. */
static int keep_row(toasty__running *run, const toasty__reached *rows, const char *row,
                    const toasty_value *key, toasty_error *err)
{
    size_t length;
    const char *name = toasty__reached_name(run, rows->model, row, &length);
    if (!name)
        return toasty__fail_memory(err);
    if (toasty__map_get(&run->keys->going, name, length))
        return 0; /* it goes on another way */
    if (rows->relation->on_delete == TOASTY_ON_DELETE_SET_NULL)
        return clear_reference(run, rows->relation, row, key, err);
    return toasty__refuse_removal(run->execution->engine->prefix, rows->relation, err);
}

static int change(toasty__running *run, const toasty__reached *rows, const char *row, const toasty_value *key,
                  toasty_sink *sink, toasty_error *err)
{
    if (rows && !toasty__reached_go(rows))
        return keep_row(run, rows, row, key, err);
    const toasty_model *model = rows ? rows->model : run->plan->steps[0].table;
    if (rows && refuse_unseen(run, model, row, err) < 0)
        return -1;
    toasty_operation *operation =
        toasty__key_change_of(run, TOASTY_OPERATION_DELETE, model, key, row, rows ? rows->relation : NULL);
    if (!operation)
        return toasty__fail_memory(err);
    operation->sink = sink;
    return 0;
}

/* Nothing refers to the rows of its model, or the database sees to what does, and the unique values that they
 * give up are known. */
static bool is_direct(const toasty__running *run)
{
    const toasty_model *model = run->plan->steps[0].table;
    const toasty_capability *can = run->execution->engine->driver->capability;
    return (can->foreign_keys || !reference_to(run->execution->engine->schema, model, 0)) &&
           (!toasty__claims_values(can, model, NULL, 0) || (run->request->record && can->expect));
}

const toasty__key_change toasty__deleting_by_key = {
    .is_direct = is_direct, .follow = read_references, .change = change, .removes = true};
