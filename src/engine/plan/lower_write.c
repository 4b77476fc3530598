/* Lowering writes.
 *
 * An insert is one step, and so is an update or a delete, unless rows come back and the database gives none
 * from what changes them. Then they are read beside it: by a key that the call names, a delete's before and
 * an update's after it, all in one stage. Where the call names no key the first stage reads what is meant,
 * and the second one changes and reads by the keys that were found: the condition may not hold any more. */
#include "base/error.h"
#include "engine/plan/assign.h"
#include "engine/plan/lower.h"
#include <string.h>

static int lower_assignments(toasty__lowering *l, const toasty_request *request, toasty__stmt *stmt)
{
    const toasty_model *model = request->model;
    toasty__assignment *assignments = toasty__lower_alloc(l, model->field_count * sizeof(*assignments));
    uint16_t *fields = toasty__lower_alloc(l, model->field_count * sizeof(*fields));
    uint8_t *kinds = toasty__lower_alloc(l, model->field_count);
    uint32_t *values = toasty__lower_alloc(l, model->field_count * sizeof(*values));
    if (l->failed)
        return -1;
    toasty__change_walk walk = {.request = request, .arena = l->arena};
    toasty__assign assign;
    uint16_t count = 0;
    while (toasty__next_assign(&walk, &assign, l->err) > 0) {
        fields[count] = assign.field;
        kinds[count] = assign.kind;
        values[count] = l->next_value;
        toasty__expr *value =
            toasty__lower_parameter(l, &model->fields[assign.field], TOASTY__BIND_VALUE, l->next_value++);
        if (assign.kind != TOASTY_CHANGE_SET)
            value = toasty__lower_node(
                l, assign.kind == TOASTY_CHANGE_ADD ? TOASTY__EXPR_ADD : TOASTY__EXPR_SUBTRACT,
                toasty__lower_column(l, assign.field), value);
        assignments[count++] = (toasty__assignment){assign.field, value};
    }
    stmt->update.assignments = assignments;
    stmt->update.assignment_count = count;
    l->plan->assigned = fields;
    l->plan->assigned_kinds = kinds;
    l->plan->assigned_values = values;
    l->plan->assigned_count = count;
    return l->failed ? -1 : 0;
}

/* --- updates and deletes --- */

/* A request that changes rows, and where its values stand: those of what is meant come first, those of the
 * changes follow, and those of conditions come last. */
typedef struct change {
    const toasty_request *request;
    toasty__stmt_tag tag;
    const uint16_t *wanted; /* the fields that come back; NULL: the first ones */
    uint16_t wanted_count;
    uint32_t first_value, value_count; /* of the changes */
} change;

/* Whole rows when asked for; for a record, what only the database can know. */
static int find_wanted(toasty__lowering *l, change *c)
{
    const toasty_request *request = c->request;
    uint16_t *made = toasty__lower_alloc(l, request->model->field_count * sizeof(*made));
    toasty__change_walk walk = {.request = request, .arena = l->arena};
    toasty__assign assign;
    if (!made)
        return -1;
    for (; c->tag == TOASTY__STMT_UPDATE && toasty__next_assign(&walk, &assign, l->err) > 0; c->value_count++)
        if (request->record && assign.kind != TOASTY_CHANGE_SET)
            made[c->wanted_count++] = assign.field;
    c->wanted = request->returning ? NULL : made;
    if (request->returning)
        c->wanted_count = request->model->field_count;
    return 0;
}

static toasty__step *new_step(toasty__lowering *l, const change *c, toasty__stmt_tag tag, toasty__stmt **stmt)
{
    toasty__step *step = toasty__lower_step(l, c->request->model);
    *stmt = step ? toasty__lower_stmt(l, tag, c->request->model) : NULL;
    return *stmt ? step : NULL;
}

/* The change itself, of all that is meant or, when `keys` says so, of the rows with those keys. Parameters
 * are in the order of the values, so that those may be sent as they are. */
static int lower_change(toasty__lowering *l, change *c, toasty__step *step, toasty__stmt *stmt,
                        toasty__expr *keys)
{
    toasty__conjunction all = {.count = 0};
    toasty__lower_also(&all, keys);
    l->next_value = keys ? c->first_value : 0;
    if (!keys)
        toasty__lower_scope(l, c->request, &all);
    c->first_value = l->next_value;
    if (c->tag == TOASTY__STMT_UPDATE && lower_assignments(l, c->request, stmt) < 0)
        return -1;
    if (!keys && toasty__lower_find_where(l, c->request->model, &c->request->find, &all) < 0)
        return -1;
    stmt->where = toasty__lower_join(l, TOASTY__EXPR_AND, all.items, all.count);
    l->plan->change = (uint16_t)(step - l->plan->steps);
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : 0;
}

/* --- rows that are read beside a change --- */

/* The answer, or the key, of what is meant. */
static int lower_meant(toasty__lowering *l, change *c, bool answers)
{
    const toasty_model *model = c->request->model;
    const toasty_index *key = &model->indexes[0];
    toasty__conjunction all = {.count = 0};
    toasty__stmt *stmt;
    toasty__step *step = new_step(l, c, TOASTY__STMT_SELECT, &stmt);
    if (!step || (answers ? toasty__lower_columns(l, step, stmt, c->wanted, c->wanted_count)
                          : toasty__lower_columns(l, step, stmt, key->fields, key->field_count)) < 0)
        return -1;
    l->next_value = 0;
    toasty__lower_scope(l, c->request, &all);
    c->first_value = l->next_value;
    l->next_value += c->value_count;
    if (toasty__lower_find_where(l, model, &c->request->find, &all) < 0)
        return -1;
    stmt->where = toasty__lower_join(l, TOASTY__EXPR_AND, all.items, all.count);
    stmt->select.lock = c->tag == TOASTY__STMT_DELETE || !answers ? TOASTY_FOR_UPDATE : TOASTY_NO_ROW_LOCK;
    if (answers)
        l->plan->answer = (uint16_t)(step - l->plan->steps);
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : 0;
}

/* A model's rows, seen from themselves: what they are found by is their key. */
static const toasty_relation *itself(toasty__lowering *l, const toasty_model *model)
{
    const toasty_index *key = &model->indexes[0];
    toasty_relation *relation = toasty__lower_alloc(l, sizeof(*relation));
    if (relation)
        *relation = (toasty_relation){.name = model->name,
                                      .owner = model,
                                      .target = model,
                                      .own_fields = key->fields,
                                      .their_fields = key->fields,
                                      .field_count = key->field_count,
                                      .kind = TOASTY_HAS_ONE};
    return relation;
}

/* A step of the second stage: about the rows that the first one found. */
static toasty__step *new_step_of_found(toasty__lowering *l, const change *c, toasty__stmt_tag tag,
                                       toasty__stmt **stmt, toasty__expr **keys)
{
    toasty__step *step = new_step(l, c, tag, stmt);
    if (!step || !(step->relation = itself(l, c->request->model)))
        return NULL;
    step->depth = 1;
    l->plan->depth = 2;
    *keys = toasty__lower_keys(l, step);
    return *keys ? step : NULL;
}

static int change_found(toasty__lowering *l, change *c)
{
    toasty__stmt *stmt;
    toasty__expr *keys;
    toasty__step *step = new_step_of_found(l, c, c->tag, &stmt, &keys);
    return step ? lower_change(l, c, step, stmt, keys) : -1;
}

static int read_found(toasty__lowering *l, const change *c)
{
    toasty__stmt *stmt;
    toasty__expr *keys;
    toasty__step *step = new_step_of_found(l, c, TOASTY__STMT_SELECT, &stmt, &keys);
    if (!step || toasty__lower_columns(l, step, stmt, c->wanted, c->wanted_count) < 0)
        return -1;
    stmt->where = keys;
    l->plan->answer = (uint16_t)(step - l->plan->steps);
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : 0;
}

/* Is the key of one row given, and nothing else asked? */
static bool is_by_key(const toasty_request *request)
{
    toasty__where wheres[2];
    toasty__find_wheres(&request->find, wheres);
    bool key = request->by && request->by->primary && request->key_count == request->by->field_count;
    for (uint32_t i = 0; key && i < request->key_count; i++)
        key = request->keys[i].kind != TOASTY_VALUE_LIST;
    return (key || request->record) && !request->owner && !wheres[0].node_count && !wheres[1].node_count;
}

static int change_by_key(toasty__lowering *l, change *c)
{
    toasty__stmt *stmt;
    if (c->tag == TOASTY__STMT_DELETE && lower_meant(l, c, true) < 0)
        return -1;
    toasty__step *step = new_step(l, c, c->tag, &stmt);
    if (!step || lower_change(l, c, step, stmt, NULL) < 0)
        return -1;
    return c->tag == TOASTY__STMT_UPDATE ? lower_meant(l, c, true) : 0;
}

static int change_by_condition(toasty__lowering *l, change *c)
{
    bool update = c->tag == TOASTY__STMT_UPDATE;
    if (lower_meant(l, c, !update) < 0)
        return -1;
    uint32_t end = l->next_value;
    if (change_found(l, c) < 0 || (update && read_found(l, c) < 0))
        return -1;
    l->next_value = end;
    return 0;
}

static int change_alone(toasty__lowering *l, change *c)
{
    toasty__stmt *stmt;
    toasty__step *step = new_step(l, c, c->tag, &stmt);
    return !step || toasty__lower_columns(l, step, stmt, c->wanted, c->wanted_count) < 0
               ? -1
               : lower_change(l, c, step, stmt, NULL);
}

static int lower_write(toasty__lowering *l, const toasty_request *request, toasty__stmt_tag tag)
{
    const toasty_capability *can = l->engine->driver->capability;
    bool comes_back = can->returning || (tag == TOASTY__STMT_DELETE && can->delete_returning);
    change c = {.request = request, .tag = tag};
    l->plan->depth = 1;
    l->plan->writes = true;
    if (find_wanted(l, &c) < 0)
        return -1;
    if (!c.wanted_count || comes_back || !can->sql)
        return change_alone(l, &c);
    return is_by_key(request) ? change_by_key(l, &c) : change_by_condition(l, &c);
}

int toasty__lower_update(toasty__lowering *l, const toasty_request *request)
{
    return lower_write(l, request, TOASTY__STMT_UPDATE);
}

int toasty__lower_delete(toasty__lowering *l, const toasty_request *request)
{
    return lower_write(l, request, TOASTY__STMT_DELETE);
}

int toasty__lower_insert(toasty__lowering *l, const toasty_model *model, uint32_t row_count,
                         toasty__key_source key)
{
    toasty__step *step = toasty__lower_step(l, model);
    toasty__stmt *stmt = step ? toasty__lower_stmt(l, TOASTY__STMT_INSERT, model) : NULL;
    uint16_t *fields = toasty__lower_alloc(l, model->field_count * sizeof(*fields) + 1);
    if (!stmt || !fields)
        return -1;
    l->plan->depth = 1;
    l->plan->writes = true;
    uint16_t count = 0, sequence = 0;
    for (uint16_t i = 0; i < model->field_count; i++) {
        if (model->fields[i].on_create == TOASTY_SOURCE_SEQUENCE && key != TOASTY__KEY_GIVEN) {
            sequence = i;
            continue;
        }
        fields[count++] = i;
        toasty__lower_add_parameter(l, &model->fields[i], TOASTY__BIND_VALUE, i);
    }
    stmt->insert.fields = fields;
    stmt->insert.field_count = count;
    stmt->insert.row_count = row_count;
    if (key == TOASTY__KEY_RETURNED && toasty__lower_columns(l, step, stmt, &sequence, 1) < 0)
        return -1;
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : 0;
}

int toasty__lower_draw(toasty__lowering *l, const toasty_model *model)
{
    toasty__step *step = toasty__lower_step(l, model);
    toasty__stmt *stmt = step ? toasty__lower_stmt(l, TOASTY__STMT_DRAW, model) : NULL;
    uint16_t sequence = (uint16_t)(toasty__sequence_field(model) - model->fields);
    if (!stmt)
        return -1;
    l->plan->depth = 1;
    toasty__lower_add_parameter(l, NULL, TOASTY__BIND_VALUE, 0);
    if (toasty__lower_columns(l, step, stmt, &sequence, 1) < 0)
        return -1;
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : 0;
}
