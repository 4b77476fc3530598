/* Upserts of one row: what is found by all of a key or of a unique value is changed, and made where it is not
 * there.
 *
 * The row that may be made is filled as that of a create is, from the key and the changes of that side; what
 * it lacks is an error before anything is sent, whether it would be made or not. The record that comes back
 * is as the database has it. A create that ignores what is there is the same without changes: it gives the
 * row that it made, or none. */
#include "engine/kinds/upsert.h"
#include "base/error.h"
#include "core/access.h"
#include "core/decode.h"
#include "core/refusal.h"
#include "core/types.h"
#include "driver/encode.h"
#include "engine/keys/write_set.h"
#include "engine/kinds/change.h"
#include "engine/kinds/graph.h"
#include "engine/kinds/kinds.h"
#include "engine/plan/assign.h"
#include "engine/plan/limits.h"
#include "engine/plan/lower.h"
#include "engine/plan/verify.h"
#include <string.h>

/* Is a row given, which is not changed when it is there? */
static bool only_creates(const toasty_request *request)
{
    return !request->changes;
}

/* The same request with the changes of one side. 0, or -1 with err. */
static int take_side(const toasty_request *request, toasty_change_kind side, toasty__arena *arena,
                     toasty_request *out, toasty_error *err)
{
    *out = *request;
    out->changes = toasty__changes_of_side(request->changes, side, arena, err);
    return out->changes ? 0 : -1;
}

/* --- making its plan --- */

int toasty__verify_upsert(const toasty_request *request, toasty_error *err)
{
    const toasty_model *model = request->model;
    const toasty_index *by = request->by;
    bool whole = by && (request->rows || request->key_count == by->field_count);
    if (!whole || !by->unique)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "an upsert of %s needs all of a key or of a unique value", model->name);
    for (uint8_t i = 0; i < by->field_count; i++)
        if (model->fields[by->fields[i]].on_create == TOASTY_SOURCE_SEQUENCE)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                "%s.%s is counted up by the database: no new row can be meant by it",
                                model->name, model->fields[by->fields[i]].name);
    return 0;
}

static int verify(const toasty__engine *engine, const toasty_request *request, toasty_error *err)
{
    if (toasty__verify_upsert(request, err) < 0)
        return -1;
    return engine->driver->capability->sql || request->by->primary
               ? 0
               : toasty__unsupported(engine, "an upsert by another value than the key", err);
}

static int shape(toasty__shape *shape, const toasty_request *request, toasty_error *err)
{
    toasty_request found;
    if (toasty__shape_number(shape, only_creates(request), err) < 0)
        return -1;
    if (only_creates(request))
        return 0;
    return take_side(request, TOASTY_CHANGE_ON_UPDATE, shape->arena, &found, err) < 0
               ? -1
               : toasty__change_shape(shape, &found, err);
}

int toasty__check_upsert_change(const toasty_request *request, const toasty__assign *assign,
                                toasty_error *err)
{
    for (uint8_t i = 0; i < request->by->field_count; i++)
        if (request->by->fields[i] == assign->field)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                "%s.%s is what the row is found by: an upsert does not change it",
                                request->model->name, request->model->fields[assign->field].name);
    bool incoming = assign->kind == TOASTY_CHANGE_ADD_INCOMING;
    if (request->model->rule_count &&
        (incoming ? toasty__has_limits(request->model, assign->field)
                  : toasty__may_leave_limits(request->model, assign->field, assign->kind, &assign->value)))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "%s.%s has limits: what an upsert adds to it must not lead beyond them",
                            request->model->name, request->model->fields[assign->field].name);
    return toasty__check_assign(request->model, assign, err);
}

static int check_changes(toasty__lowering *l, const toasty_request *side, uint32_t *count)
{
    toasty__change_walk walk = {.request = side, .arena = l->arena};
    toasty__assign assign;
    int more;
    for (*count = 0; (more = toasty__next_assign(&walk, &assign, l->err)) > 0; ++*count)
        if (toasty__check_upsert_change(side, &assign, l->err) < 0 ||
            (assign.kind == TOASTY_CHANGE_MULTIPLY && !l->engine->driver->capability->sql &&
             toasty__unsupported(l->engine, "a multiplication", l->err) < 0))
            return -1;
    return more;
}

static int lower(toasty__lowering *l, const toasty_request *request)
{
    toasty_request found = *request;
    uint32_t count = 0;
    if (!only_creates(request) &&
        (take_side(request, TOASTY_CHANGE_ON_UPDATE, l->arena, &found, l->err) < 0 ||
         check_changes(l, &found, &count) < 0))
        return -1;
    l->first_incoming = request->key_count + count;
    return toasty__lower_upsert(l, &found, only_creates(request));
}

/* --- the row that may be made --- */

/* What a field begins with before it is calculated with. */
static int begin_sum(const toasty_model *model, const toasty_field *field, toasty_value *value,
                     toasty_error *err)
{
    if (field->on_create == TOASTY_SOURCE_VALUE)
        *value = field->create_value;
    else if (field->flags & TOASTY_FIELD_NULLABLE)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "%s.%s has no value in a new row that could be calculated with: say it with %s",
                            model->name, field->name, "what is done on create");
    else
        *value = (toasty_value){.kind = field->type == TOASTY_TYPE_F32 || field->type == TOASTY_TYPE_F64
                                            ? TOASTY_VALUE_FLOAT
                                            : TOASTY_VALUE_INT};
    return 0;
}

/* *value becomes what comes of what the field begins with and the change. */
static int change_default(const toasty_model *model, const char *row, const toasty__assign *assign,
                          toasty_value *value, toasty_error *err)
{
    const toasty_field *field = &model->fields[assign->field];
    if (assign->again) /* the sum so far */
        *value = toasty__get_new(model, row, field);
    else if (begin_sum(model, field, value, err) < 0)
        return -1;
    bool fits = toasty__calculate(assign->kind, &assign->value, value);
    return fits ? 0 : toasty__refuse_value(model->table, field->name, "out of the range of int64_t", err);
}

static bool sets_null(const toasty__assign *assign)
{
    return assign->kind == TOASTY_CHANGE_SET && assign->value.kind == TOASTY_VALUE_NULL;
}

/* A sum of what a field can hold may be an integer that it cannot. */
static bool is_kept(const toasty_model *model, const char *row, const toasty_field *field,
                    const toasty_value *value)
{
    toasty_value kept = toasty__get_new(model, row, field);
    return !toasty__is_integer(value) || (kept.kind == value->kind && kept.as.integer == value->as.integer);
}

static int put_change(const toasty_model *model, char *row, const toasty__assign *assign, toasty_error *err)
{
    const toasty_field *field = &model->fields[assign->field];
    toasty_value value = assign->value;
    if (assign->kind == TOASTY_CHANGE_INCOMING || assign->kind == TOASTY_CHANGE_ADD_INCOMING)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "%s.%s: what is incoming is known when a row is there already: say it on update",
                            model->name, field->name);
    if (value.kind == TOASTY_VALUE_INVALID)
        return toasty__refuse_value(model->table, field->name, value.as.text, err);
    if (assign->kind != TOASTY_CHANGE_SET && change_default(model, row, assign, &value, err) < 0)
        return -1;
    toasty__put_new(model, row, field, &value);
    return is_kept(model, row, field, &value)
               ? 0
               : toasty__refuse_value(model->table, field->name, toasty__encode_fault(field), err);
}

/* The changes of a row that is made, in a …New with its key. `made`: the request with these changes. NULL
 * with err. */
static const char *new_row(toasty__running *run, toasty_request *made, toasty_error *err)
{
    const toasty_model *model = run->request->model;
    toasty__arena *arena = &run->execution->arena;
    char *row = toasty__arena_calloc(arena, 2, model->new_size);
    if (!row)
        toasty__fail_memory(err);
    if (!row || take_side(run->request, TOASTY_CHANGE_ON_CREATE, arena, made, err) < 0)
        return NULL;
    row[model->new_size + model->new_end_offset] = 1;
    toasty__change_walk walk = {.request = made, .arena = arena};
    toasty__assign assign;
    int more;
    while ((more = toasty__next_assign(&walk, &assign, err)) > 0 && !walk.rest)
        if (toasty__check_upsert_change(made, &assign, err) < 0 ||
            (!sets_null(&assign) && put_change(model, row, &assign, err) < 0))
            return NULL;
    for (uint8_t i = 0; i < made->by->field_count; i++) {
        const toasty_field *field = &model->fields[made->by->fields[i]];
        if (field->new_offset != TOASTY_NO_OFFSET)
            toasty__put_new(model, row, field, &made->keys[i]);
    }
    return more < 0 ? NULL : row;
}

static void give(const toasty__running *run, uint16_t field, const toasty_value *value)
{
    const toasty__group *group = run->graph->first;
    group->values[toasty__insert_column(group->model, field)] = *value;
    toasty__put(group->model, toasty__group_record(group, 0), &group->model->fields[field], value);
}

/* What a …New cannot say: NULL where there is a default, and a key that a create makes by itself. */
static int give_rest(toasty__running *run, const toasty_request *made, toasty_error *err)
{
    toasty__change_walk walk = {.request = made, .arena = &run->execution->arena};
    toasty__assign assign;
    int more;
    while ((more = toasty__next_assign(&walk, &assign, err)) > 0 && !walk.rest)
        if (sets_null(&assign))
            give(run, assign.field, &assign.value);
    for (uint8_t i = 0; i < made->key_count; i++)
        give(run, made->by->fields[i], &made->keys[i]);
    return more < 0 ? -1 : 0;
}

static int check_keys(const toasty__running *run, toasty_error *err)
{
    const toasty_model *model = run->request->model;
    const toasty_index *by = run->request->by;
    const toasty__group *group = run->graph->first;
    if (group->next)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "a row of %s that may be there already cannot bring others along", model->name);
    for (uint8_t i = 0; i < by->field_count; i++)
        if (group->values[toasty__insert_column(model, by->fields[i])].kind == TOASTY_VALUE_NULL)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s.%s is NULL: no row can be found by that",
                                model->name, model->fields[by->fields[i]].name);
    return 0;
}

/* The values of the insert's columns behind those of the shape, where the plan looks for them. */
static int add_values(toasty__running *run, toasty_error *err)
{
    const toasty__group *group = run->graph->first;
    toasty__shape *shape = &run->shape;
    toasty_value *all =
        toasty__arena_alloc(&run->execution->arena, (shape->value_count + group->columns) * sizeof(*all) + 1);
    if (!all)
        return toasty__fail_memory(err);
    memcpy(all, shape->values, shape->value_count * sizeof(*all));
    memcpy(all + shape->value_count, group->values, group->columns * sizeof(*all));
    shape->values = all;
    return 0;
}

/* --- running it --- */

static int begin(toasty__running *run, toasty_error *err)
{
    const toasty_request *request = run->request;
    bool creates = only_creates(request);
    /* Behind the record: whether its row is new. */
    if (toasty__new_result(run, request->model->size + 1, 0, err) < 0)
        return -1;
    toasty_request made;
    const char *row = creates ? request->rows : new_row(run, &made, err);
    if (!row || toasty__graph_make(run, row, 1, run->block->root, err) < 0 ||
        (!creates && give_rest(run, &made, err) < 0) || toasty__graph_check(run) < 0 ||
        check_keys(run, err) < 0 || add_values(run, err) < 0)
        return -1;
    run->stages = 1;
    if (!creates)
        memset(run->block->root, 0, request->model->size);
    if (toasty__loaded_new(run, err) < 0)
        return -1;
    toasty__loaded_one(&run->loaded[run->plan->answer], run->block->root, request->model->size);
    return 0;
}

static int issue_statements(toasty__running *run, toasty_error *err)
{
    for (uint16_t i = 0; i < run->plan->step_count; i++) {
        toasty__step *step = &run->plan->steps[i];
        if (toasty__add_sql(run, step, NULL, step->column_count ? &run->loaded[i].sink : NULL, err) < 0)
            return -1;
    }
    return 0;
}

/* What is assigned to an item that is there, where all that comes is known. */
static int assign_items(toasty__running *run, toasty_operation *operation)
{
    const toasty__plan *plan = run->plan;
    const toasty__group *group = run->graph->first;
    toasty__arena *arena = &run->execution->arena;
    uint8_t *kinds = toasty__arena_alloc(arena, plan->assigned_count + (size_t)1);
    toasty_value *values = toasty__arena_alloc(arena, plan->assigned_count * sizeof(*values) + 1);
    if (!kinds || !values)
        return -1;
    for (uint16_t i = 0; i < plan->assigned_count; i++) {
        uint8_t kind = plan->assigned_kinds[i];
        bool comes = kind == TOASTY_CHANGE_INCOMING || kind == TOASTY_CHANGE_ADD_INCOMING;
        values[i] = comes ? group->values[toasty__insert_column(group->model, plan->assigned[i])]
                          : run->shape.values[plan->assigned_values[i]];
        kinds[i] = kind == TOASTY_CHANGE_INCOMING       ? TOASTY_CHANGE_SET
                   : kind == TOASTY_CHANGE_ADD_INCOMING ? TOASTY_CHANGE_ADD
                                                        : kind;
    }
    operation->fields = plan->assigned;
    operation->changes = kinds;
    operation->values = values;
    operation->value_count = plan->assigned_count;
    return 0;
}

static int issue_item(toasty__running *run, toasty_error *err)
{
    const toasty__group *group = run->graph->first;
    const toasty_index *key = &group->model->indexes[0];
    toasty__arena *arena = &run->execution->arena;
    bool creates = only_creates(run->request);
    uint16_t *fields = toasty__arena_alloc(arena, group->columns * sizeof(*fields) + 1);
    toasty_value *keys = toasty__arena_alloc(arena, key->field_count * sizeof(*keys));
    toasty_operation *operation =
        toasty__add_operation(run->execution, creates ? TOASTY_OPERATION_INSERT : TOASTY_OPERATION_UPSERT);
    if (!fields || !keys || !operation)
        return toasty__fail_memory(err);
    for (uint16_t f = 0; f < group->columns; f++)
        fields[f] = f;
    for (uint8_t i = 0; i < key->field_count; i++)
        keys[i] = group->values[key->fields[i]];
    operation->model = group->model;
    if (creates) {
        operation->fields = fields;
        operation->values = group->values;
        operation->value_count = group->columns;
        operation->must_not_exist = operation->ignores = true;
        return 0;
    }
    operation->key.values = keys;
    operation->key.key_count = 1;
    operation->key.create_fields = fields;
    operation->key.create_values = group->values;
    operation->key.create_count = group->columns;
    const toasty_capability *can = run->execution->engine->driver->capability;
    bool returns = can->returning && (run->execution->run_count == 1 || toasty__group_gives_rows(can));
    operation->sink = returns ? &run->loaded->sink : NULL;
    if (assign_items(run, operation) < 0)
        return toasty__fail_memory(err);
    if (returns)
        return 0;
    toasty_operation *read = toasty__add_operation(run->execution, TOASTY_OPERATION_GET);
    if (!read)
        return toasty__fail_memory(err);
    read->model = group->model;
    read->key.current = true;
    read->key.index = key;
    read->key.values = keys;
    read->key.key_count = 1;
    read->sink = &run->loaded->sink;
    return 0;
}

static int issue(toasty__running *run, toasty_error *err)
{
    if (!run->execution->writing)
        return 0;
    return run->execution->engine->driver->capability->sql ? issue_statements(run, err)
                                                           : issue_item(run, err);
}

static bool was_created(const toasty__running *run)
{
    const toasty_capability *can = run->execution->engine->driver->capability;
    const toasty__step *step = &run->plan->steps[run->plan->change];
    const toasty_operation *operation = toasty__run_operations(run) + run->plan->change;
    if (can->sql ? can->upserts && can->tells_created : !only_creates(run->request))
        return operation->created;
    return step->column_count > run->request->model->field_count
               ? ((const bool *)run->block->root)[run->request->model->size]
               : operation->count > 0;
}

/* A key that the database has made, where no row brought it. */
static void take_key(toasty__running *run)
{
    const toasty__group *group = run->graph->first;
    const toasty__step *step = &run->plan->steps[run->plan->change];
    if (group->unsent && !step->column_count)
        toasty__put_integer((char *)run->block->root + group->unsent->offset,
                            toasty__field_size(group->unsent),
                            toasty__run_operations(run)[run->plan->change].made_key);
}

static int absorb(toasty__running *run, toasty_error *err)
{
    const toasty__loaded *answer = &run->loaded[run->plan->answer];
    bool created = was_created(run);
    run->stage++;
    run->count = 1;
    if (only_creates(run->request)) {
        run->count = created;
        if (!created) {
            toasty__drop_result(run);
            return 0;
        }
        take_key(run);
    } else if (answer->sink.next == run->block->root) {
        return toasty__fail(err, TOASTY_SERIALIZATION_FAILURE,
                            "the row of %s was deleted meanwhile; run the upsert again",
                            run->request->model->table);
    }
    run->block->about = created ? run->block->root : NULL;
    return 0;
}

static void end(toasty__running *run, bool worked)
{
    (void)run, (void)worked;
}

const toasty__kind toasty__upserting = {
    .verify = verify,
    .shape = shape,
    .lower = lower,
    .begin = begin,
    .issue = issue,
    .absorb = absorb,
    .end = end,
    .writes = true,
    .root = true,
};
