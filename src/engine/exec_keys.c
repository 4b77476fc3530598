/* Updates and deletes by key: what is meant is read first, then what refers to it, then all is changed at
 * once. */
#include "engine/exec_keys.h"
#include "base/error.h"
#include "core/access.h"
#include "engine/relate.h"
#include <string.h>

/* Rows of one model that a request reaches: those that it means, or those that refer to others which go. */
typedef struct reached {
    toasty__loaded loaded; /* first: its sink finds it */
    const toasty_model *model;
    const toasty_relation *relation; /* by which they refer; NULL: the rows of the call */
    size_t followed;                 /* rows whose own references were asked for */
    bool settled;                    /* no more rows come */
    struct reached *next;
} reached;

typedef struct toasty__keys {
    reached *first, **last;
    toasty__map going; /* rows that go: references may form a circle */
    bool direct;       /* the key is given and nothing is read first */
    bool sent;         /* the changes themselves were sent */
    /* the operations of that job which change the rows of the call */
    uint32_t first_change, root_changes;
} toasty__keys;

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

/* Where a field stands in a reference; field_count when it is no part of it. */
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

/* --- reading what is meant --- */

static reached *new_reached(toasty__running *run, const toasty_model *model, const toasty_relation *relation)
{
    toasty__arena *arena = &run->execution->arena;
    reached *made = toasty__arena_calloc(arena, 1, sizeof(*made));
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

int toasty__keys_begin(toasty__running *run, toasty_error *err)
{
    const toasty__step *step = &run->plan->steps[0];
    run->keys = toasty__arena_calloc(&run->execution->arena, 1, sizeof(*run->keys));
    if (!run->keys)
        return toasty__fail_memory(err);
    run->keys->last = &run->keys->first;
    run->keys->direct = step->access == TOASTY__ACCESS_GET && !step->also_count &&
                        (run->request->kind == TOASTY_REQUEST_UPDATE ||
                         !reference_to(run->execution->engine->schema, step->table, 0));
    run->stages = run->keys->direct ? 1 : 2;
    return 0;
}

static toasty_operation *key_operation(toasty__running *run, toasty_operation_kind kind,
                                       const toasty_model *model, const toasty_index *index,
                                       const toasty_value *values, uint32_t count)
{
    toasty_operation *operation = toasty__add_operation(run->execution, kind);
    if (operation) {
        operation->model = model;
        operation->key.index = index;
        operation->key.values = values;
        operation->key.key_count = count;
    }
    return operation;
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

static int read_meant(toasty__running *run, toasty_error *err)
{
    const toasty__step *step = &run->plan->steps[0];
    reached *rows = new_reached(run, step->table, NULL);
    toasty_value *values =
        toasty__arena_alloc(&run->execution->arena, (step->key_count + 1u) * sizeof(*values));
    if (!rows || !values)
        return toasty__fail_memory(err);
    for (uint8_t i = 0; i < step->key_count; i++) {
        values[i] = run->shape.values[step->key_binds[i].index];
        if (values[i].kind == TOASTY_VALUE_NULL)
            return 0; /* no row is equal to NULL */
    }
    toasty_operation *operation = key_operation(
        run,
        step->access == TOASTY__ACCESS_GET     ? TOASTY_OPERATION_GET
        : step->access == TOASTY__ACCESS_QUERY ? TOASTY_OPERATION_QUERY
                                               : TOASTY_OPERATION_SCAN,
        step->table, step->index, values, step->access == TOASTY__ACCESS_GET ? 1 : step->key_count);
    if (!operation)
        return toasty__fail_memory(err);
    operation->sink = &rows->loaded.sink;
    return 0;
}

/* The rows that refer to one row by a reference; none when what they would refer to is NULL. */
static int read_reference(toasty__running *run, const toasty_relation *reference, const char *row,
                          reached *found, toasty_error *err)
{
    const toasty_index *index = index_of(reference);
    if (!index)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s.%s has no index that finds the rows by it",
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
        key_operation(run, TOASTY_OPERATION_QUERY, reference->owner, index, values, count);
    if (!operation)
        return toasty__fail_memory(err);
    operation->sink = &found->loaded.sink;
    return 0;
}

static bool goes(const reached *rows)
{
    return !rows->relation || rows->relation->on_delete == TOASTY_ON_DELETE_CASCADE;
}

/* Asks for the rows that refer to newly reached rows which go. */
static int read_references(toasty__running *run, toasty_error *err)
{
    const toasty_schema *schema = run->execution->engine->schema;
    for (reached *rows = run->keys->first; rows; rows = rows->next) {
        size_t from = rows->followed, to = rows->loaded.count;
        const toasty_relation *reference;
        rows->followed = to;
        for (size_t r = 0;
             goes(rows) && from < to && (reference = reference_to(schema, rows->model, r)) != NULL; r++) {
            reached *found = new_reached(run, reference->owner, reference);
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

/* Where the rows of the call go that the change gives back; NULL: none are wanted. */
static toasty_sink *wanted_rows(toasty__running *run)
{
    return run->plan->steps[0].column_count ? &run->loaded[0].sink : NULL;
}

/* Where a driver's changes give nothing back, rows are read in the same group: before they go, or after their
 * update. */
static bool reads_back(toasty__running *run)
{
    return wanted_rows(run) && !run->execution->engine->driver->capability->returning;
}

static int read_back(toasty__running *run, const toasty_value *key, toasty_error *err)
{
    const toasty_model *model = run->request->model;
    toasty_operation *operation =
        key ? key_operation(run, TOASTY_OPERATION_GET, model, &model->indexes[0], key, 1) : NULL;
    if (!operation)
        return toasty__fail_memory(err);
    operation->sink = wanted_rows(run);
    return 0;
}

static int set_assignments(toasty__running *run, toasty_operation *operation, toasty_error *err)
{
    const toasty__plan *plan = run->plan;
    toasty_value *values =
        toasty__arena_alloc(&run->execution->arena, plan->assigned_count * sizeof(*values));
    if (!values)
        return toasty__fail_memory(err);
    for (uint16_t i = 0; i < plan->assigned_count; i++)
        values[i] = run->shape.values[plan->assigned_values[i]];
    operation->must_exist = true;
    operation->fields = plan->assigned;
    operation->changes = plan->assigned_kinds;
    operation->values = values;
    operation->value_count = plan->assigned_count;
    operation->sink = reads_back(run) ? NULL : wanted_rows(run);
    return 0;
}

static int update_by_key(toasty__running *run, const toasty_value *key, toasty_error *err)
{
    const toasty_model *model = run->request->model;
    toasty_operation *operation =
        key ? key_operation(run, TOASTY_OPERATION_UPDATE, model, &model->indexes[0], key, 1) : NULL;
    return operation ? set_assignments(run, operation, err) : toasty__fail_memory(err);
}

/* The reference of a row is cleared. */
static int clear_reference(toasty__running *run, const toasty_relation *reference, const toasty_value *key,
                           toasty_error *err)
{
    static const toasty_value nulls[TOASTY_MAX_KEYS];
    static const uint8_t set[TOASTY_MAX_KEYS] = {TOASTY_CHANGE_SET, TOASTY_CHANGE_SET, TOASTY_CHANGE_SET,
                                                 TOASTY_CHANGE_SET};
    toasty_operation *operation =
        key_operation(run, TOASTY_OPERATION_UPDATE, reference->owner, &reference->owner->indexes[0], key, 1);
    if (!operation)
        return toasty__fail_memory(err);
    operation->must_exist = true;
    operation->fields = reference->own_fields;
    operation->changes = set;
    operation->values = nulls;
    operation->value_count = reference->field_count;
    return 0;
}

/* sink: of the row that goes; NULL when it is not wanted. */
static int delete_by_key(toasty__running *run, const toasty_model *model, const toasty_value *key,
                         toasty_sink *sink, toasty_error *err)
{
    toasty_operation *operation =
        key ? key_operation(run, TOASTY_OPERATION_DELETE, model, &model->indexes[0], key, 1) : NULL;
    if (!operation)
        return toasty__fail_memory(err);
    operation->must_exist = true;
    operation->sink = sink;
    return 0;
}

/* The name of a row in the map of those that go. NULL when out of memory. */
static const char *name_of(toasty__running *run, const toasty_model *model, const char *row, size_t *length)
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

/* A row that refers to one which goes, but does not go with it. */
static int keep_row(toasty__running *run, const reached *rows, const char *row, const toasty_value *key,
                    toasty_error *err)
{
    size_t length;
    const char *name = name_of(run, rows->model, row, &length);
    if (!name)
        return toasty__fail_memory(err);
    if (toasty__map_get(&run->keys->going, name, length))
        return 0; /* it goes on another way */
    if (rows->relation->on_delete == TOASTY_ON_DELETE_SET_NULL)
        return clear_reference(run, rows->relation, key, err);
    toasty__fail(err, TOASTY_FOREIGN_KEY_VIOLATION, "rows of %s refer to what would be deleted",
                 rows->model->table);
    toasty__error_set(err, constraint, rows->relation->constraint);
    toasty__error_set(err, table, rows->model->table);
    toasty__error_set(err, field, rows->model->fields[rows->relation->own_fields[0]].name);
    return -1;
}

static const toasty_value *key_of(toasty__running *run, const reached *rows, size_t i)
{
    const toasty_index *primary = &rows->model->indexes[0];
    return values_of(run, rows->model, primary->fields, primary->field_count,
                     rows->loaded.rows + i * rows->model->size);
}

static int change_row(toasty__running *run, const reached *rows, size_t i, toasty_error *err)
{
    const toasty_value *key = key_of(run, rows, i);
    if (!key)
        return toasty__fail_memory(err);
    if (run->request->kind == TOASTY_REQUEST_UPDATE)
        return update_by_key(run, key, err);
    if (!goes(rows))
        return keep_row(run, rows, rows->loaded.rows + i * rows->model->size, key, err);
    return delete_by_key(run, rows->model, key, rows->relation || reads_back(run) ? NULL : wanted_rows(run),
                         err);
}

static int read_back_all(toasty__running *run, const reached *rows, toasty_error *err)
{
    for (size_t i = 0; i < rows->loaded.count; i++)
        if (read_back(run, key_of(run, rows, i), err) < 0)
            return -1;
    return 0;
}

/* One row, whose key is given. */
static int change_direct(toasty__running *run, bool before, bool after, toasty_error *err)
{
    const toasty__step *step = &run->plan->steps[0];
    toasty_value *key = toasty__arena_alloc(&run->execution->arena, step->key_count * sizeof(*key));
    for (uint8_t i = 0; key && i < step->key_count; i++)
        key[i] = run->shape.values[step->key_binds[i].index];
    run->keys->first_change = before;
    run->keys->root_changes = 1;
    if (before && read_back(run, key, err) < 0)
        return -1;
    int changed = run->request->kind == TOASTY_REQUEST_UPDATE
                      ? update_by_key(run, key, err)
                      : delete_by_key(run, step->table, key, before ? NULL : wanted_rows(run), err);
    return changed == 0 && after ? read_back(run, key, err) : changed;
}

/* The rows of the call are the first that were reached. */
static int change_all(toasty__running *run, toasty_error *err)
{
    bool update = run->request->kind == TOASTY_REQUEST_UPDATE, back = reads_back(run);
    const reached *meant = run->keys->first;
    run->keys->sent = true;
    if (run->keys->direct)
        return change_direct(run, back && !update, back && update, err);
    run->keys->root_changes = (uint32_t)meant->loaded.count;
    run->keys->first_change = back && !update ? run->keys->root_changes : 0;
    if (back && !update && read_back_all(run, meant, err) < 0)
        return -1;
    for (const reached *rows = meant; rows; rows = rows->next)
        for (size_t i = 0; i < rows->loaded.count; i++)
            if (change_row(run, rows, i, err) < 0)
                return -1;
    return back && update ? read_back_all(run, meant, err) : 0;
}

/* --- stages --- */

int toasty__keys_issue(toasty__running *run, toasty_error *err)
{
    uint32_t before = run->execution->job.count;
    if (run->rest_count)
        return toasty__issue_rest(run, err);
    if (!run->keys->direct && !run->keys->first)
        return read_meant(run, err);
    if (run->request->kind == TOASTY_REQUEST_DELETE && !run->keys->direct && !run->keys->sent) {
        if (read_references(run, err) < 0)
            return -1;
        if (run->execution->job.count > before)
            return 0;
    }
    return run->keys->sent || !run->execution->writing ? 0 : change_all(run, err);
}

static bool equal(const toasty_value *a, const toasty_value *b)
{
    if (a->kind != b->kind)
        return false;
    switch ((toasty_value_kind)a->kind) {
    case TOASTY_VALUE_NULL:
        return false; /* NULL is equal to nothing */
    case TOASTY_VALUE_FLOAT:
        return a->as.real == b->as.real;
    case TOASTY_VALUE_TEXT:
    case TOASTY_VALUE_BYTES:
        return a->len == b->len && memcmp(a->as.bytes, b->as.bytes, a->len) == 0;
    case TOASTY_VALUE_UUID:
        return memcmp(a->as.uuid, b->as.uuid, sizeof(a->as.uuid)) == 0;
    default:
        return a->as.unsigned_integer == b->as.unsigned_integer;
    }
}

/* Is a row that the key found what the request means? */
static bool is_meant(const toasty__running *run, const reached *rows, const char *row)
{
    const toasty__step *step = &run->plan->steps[0];
    for (uint8_t i = 0; !rows->relation && i < step->also_count; i++) {
        toasty_value value = toasty__get(step->table, row, &step->table->fields[step->also[i]]);
        if (!equal(&value, &run->shape.values[step->also_binds[i].index]))
            return false;
    }
    return true;
}

/* Drops rows that are not meant, and those that go already on another way. */
static int drop_going(toasty__running *run, toasty_error *err)
{
    for (reached *rows = run->keys->first; rows; rows = rows->next) {
        if (!rows->settled)
            toasty__loaded_settle(&rows->loaded);
        rows->settled = true;
        size_t kept = rows->followed, size = rows->model->size;
        for (size_t i = rows->followed; goes(rows) && i < rows->loaded.count; i++) {
            char *row = rows->loaded.rows + i * size;
            size_t length;
            const char *name = name_of(run, rows->model, row, &length);
            if (!name)
                return toasty__fail_memory(err);
            if (!is_meant(run, rows, row) || toasty__map_get(&run->keys->going, name, length))
                continue;
            if (toasty__map_set(&run->keys->going, name, length, run) < 0)
                return toasty__fail_memory(err);
            memmove(rows->loaded.rows + kept++ * size, row, size);
        }
        if (goes(rows))
            rows->loaded.count = kept;
    }
    return 0;
}

int toasty__keys_absorb(toasty__running *run, toasty_error *err)
{
    if (toasty__keep_rest(run, err) < 0)
        return -1;
    if (run->rest_count)
        return 0;
    run->stage++;
    if (!run->keys->sent) {
        run->stages = (uint16_t)(run->stage + 1);
        return drop_going(run, err);
    }
    run->stages = run->stage;
    const toasty_operation *operations = toasty__run_operations(run);
    for (uint32_t i = 0; i < run->keys->root_changes; i++)
        run->count += operations[run->keys->first_change + i].count;
    return 0;
}

void toasty__keys_done(toasty__running *run)
{
    if (run->keys)
        toasty__map_done(&run->keys->going);
}
