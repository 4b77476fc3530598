/* Lowering writes.
 *
 * An insert is one step, and so is an update or a delete, unless rows come back and the database gives none
 * from what changes them. Then they are read beside it: by a key that the call names, a delete's before and
 * an update's after it, all in one stage. Where the call names no key the first stage reads what is meant,
 * and the second one changes and reads by the keys that were found: the condition may not hold any more.
 *
 * A change of one row that must be as the request knows it, by its version or by a condition, has another
 * step behind these: it asks whether the row is there, and runs only when none was changed. */
#include "base/error.h"
#include "core/access.h"
#include "engine/plan/assign.h"
#include "engine/plan/limits.h"
#include "engine/plan/lower.h"
#include "engine/plan/narrow.h"
#include <string.h>

/* What a row would have had that an upsert found: a word of the database, or the value that its insert
 * brings. */
static toasty__expr *lower_incoming(toasty__lowering *l, const toasty_model *model, uint16_t field)
{
    if (!l->engine->driver->capability->upserts)
        return toasty__lower_parameter(l, &model->fields[field], TOASTY__BIND_VALUE,
                                       l->first_incoming + toasty__insert_column(model, field));
    toasty__expr *incoming = toasty__lower_expr(l, TOASTY__EXPR_INCOMING, 0, NULL);
    if (incoming)
        incoming->field = field;
    return incoming;
}

/* before: the sum so far, or NULL. */
static toasty__expr *lower_assigned(toasty__lowering *l, const toasty_model *model,
                                    const toasty__assign *assign, toasty__expr *before)
{
    bool comes = assign->kind == TOASTY_CHANGE_INCOMING || assign->kind == TOASTY_CHANGE_ADD_INCOMING;
    uint32_t number = l->next_value++;
    toasty__expr *value =
        comes ? lower_incoming(l, model, assign->field)
              : toasty__lower_parameter(l, &model->fields[assign->field], TOASTY__BIND_VALUE, number);
    if (assign->kind == TOASTY_CHANGE_SET || assign->kind == TOASTY_CHANGE_INCOMING)
        return value;
    toasty__expr_tag tag = assign->kind == TOASTY_CHANGE_SUBTRACT   ? TOASTY__EXPR_SUBTRACT
                           : assign->kind == TOASTY_CHANGE_MULTIPLY ? TOASTY__EXPR_MULTIPLY
                                                                    : TOASTY__EXPR_ADD;
    return toasty__lower_node(l, tag, before ? before : toasty__lower_column(l, assign->field), value);
}

static toasty__assignment *assigned_before(toasty__assignment *assignments, uint16_t count, uint16_t field)
{
    for (uint16_t i = 0; i < count; i++)
        if (assignments[i].field == field)
            return &assignments[i];
    return NULL;
}

const toasty__assignment *toasty__lower_assignments(toasty__lowering *l, const toasty_request *request,
                                                    uint16_t *assignment_count)
{
    const toasty_model *model = request->model;
    int changes = toasty__count_assigns(request, l->arena, l->err);
    if (changes < 0)
        return NULL;
    toasty__assignment *assignments = toasty__lower_alloc(l, model->field_count * sizeof(*assignments));
    uint16_t *fields = toasty__lower_alloc(l, (size_t)changes * sizeof(*fields) + 1);
    uint8_t *kinds = toasty__lower_alloc(l, (size_t)changes + 1);
    uint32_t *values = toasty__lower_alloc(l, (size_t)changes * sizeof(*values) + 1);
    if (l->failed)
        return NULL;
    toasty__change_walk walk = {.request = request, .arena = l->arena};
    toasty__assign assign;
    uint16_t count = 0, assigned = 0;
    for (; toasty__next_assign(&walk, &assign, l->err) > 0; count++) {
        toasty__assignment *before = assigned_before(assignments, assigned, assign.field);
        fields[count] = assign.field;
        kinds[count] = assign.kind;
        values[count] = l->next_value;
        toasty__expr *value = lower_assigned(l, model, &assign, before ? before->value : NULL);
        if (before)
            before->value = value;
        else
            assignments[assigned++] = (toasty__assignment){assign.field, value};
    }
    l->plan->assigned = fields;
    l->plan->assigned_kinds = kinds;
    l->plan->assigned_values = values;
    l->plan->assigned_count = count;
    *assignment_count = assigned;
    return l->failed ? NULL : assignments;
}

static int lower_assignments(toasty__lowering *l, const toasty_request *request, toasty__stmt *stmt)
{
    uint16_t count = 0;
    stmt->update.assignments = toasty__lower_assignments(l, request, &count);
    stmt->update.assignment_count = count;
    return stmt->update.assignments ? 0 : -1;
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

static bool is_among(const uint16_t *fields, uint16_t count, uint16_t field)
{
    uint16_t place = 0;
    while (place < count && fields[place] != field)
        place++;
    return place < count;
}

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
        if (request->record && assign.kind != TOASTY_CHANGE_SET &&
            !is_among(made, c->wanted_count, assign.field))
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
        toasty__lower_scope(l, c->request, true, &all);
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
    /* What an update has changed has another version. */
    toasty__lower_scope(l, c->request, c->tag == TOASTY__STMT_DELETE || !answers, &all);
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
    *keys = toasty__lower_keys(l, step, NULL);
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

static int change_rows(toasty__lowering *l, change *c)
{
    const toasty_capability *can = l->engine->driver->capability;
    bool comes_back = can->returning || (c->tag == TOASTY__STMT_DELETE && can->delete_returning);
    if (!c->wanted_count || comes_back || !can->sql)
        return change_alone(l, c);
    return is_by_key(c->request) ? change_by_key(l, c) : change_by_condition(l, c);
}

/* Is the row there at all? */
static int ask(toasty__lowering *l, const change *c)
{
    const toasty_model *model = c->request->model;
    uint32_t end = l->next_value;
    toasty__conjunction all = {.count = 0};
    toasty__stmt *stmt;
    toasty__step *step = new_step(l, c, TOASTY__STMT_SELECT, &stmt);
    const uint16_t *fields = l->plan->limited ? NULL : model->indexes[0].fields;
    if (!step || toasty__lower_columns(l, step, stmt, fields, fields ? 1 : model->field_count) < 0)
        return -1;
    step->depth = l->plan->depth++;
    l->next_value = 0;
    toasty__lower_scope(l, c->request, false, &all);
    l->next_value = end;
    stmt->where = toasty__lower_join(l, TOASTY__EXPR_AND, all.items, all.count);
    /* Where an old state of the rows may be seen, the newest one is wanted. */
    stmt->select.lock = l->engine->driver->capability->returning ? TOASTY_NO_ROW_LOCK : TOASTY_FOR_SHARE;
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : 0;
}

/* What the row of a record is found by: its key, and the version that the record has. */
static int find_record_fields(toasty__lowering *l, const toasty_request *request)
{
    const toasty_index *key = &request->model->indexes[0];
    const toasty_field *version = toasty__version_field(request->model);
    uint16_t *fields = toasty__lower_alloc(l, (key->field_count + (size_t)1) * sizeof(*fields));
    if (!fields)
        return -1;
    memcpy(fields, key->fields, key->field_count * sizeof(*fields));
    if (version)
        fields[key->field_count] = (uint16_t)(version - request->model->fields);
    l->plan->record_fields = fields;
    l->plan->record_field_count = (uint8_t)(key->field_count + (version != NULL));
    return 0;
}

/* Is one row meant that must be as the request knows it? */
static bool is_checked(const toasty_request *request)
{
    toasty__where wheres[2];
    toasty__find_wheres(&request->find, wheres);
    return (request->record && toasty__version_field(request->model)) ||
           (toasty__means_one_row(request) && (wheres[0].node_count || wheres[1].node_count));
}

static int lower_write(toasty__lowering *l, const toasty_request *request, toasty__stmt_tag tag)
{
    change c = {.request = request, .tag = tag};
    l->plan->depth = 1;
    l->plan->writes = true;
    l->plan->checks = is_checked(request);
    l->plan->limited = tag == TOASTY__STMT_UPDATE && request->changes && request->model->rule_count &&
                       toasty__has_limited_sums(request->model, request->changes, SIZE_MAX);
    if ((request->record && find_record_fields(l, request) < 0) || find_wanted(l, &c) < 0 ||
        change_rows(l, &c) < 0)
        return -1;
    return l->plan->checks && l->engine->driver->capability->sql ? ask(l, &c) : 0;
}

int toasty__lower_update(toasty__lowering *l, const toasty_request *request)
{
    return lower_write(l, request, TOASTY__STMT_UPDATE);
}

int toasty__lower_delete(toasty__lowering *l, const toasty_request *request)
{
    return lower_write(l, request, TOASTY__STMT_DELETE);
}

uint32_t toasty__insert_column(const toasty_model *model, uint16_t field)
{
    const toasty_field *sequence = toasty__sequence_field(model);
    return sequence && sequence - model->fields < field ? field - 1u : field;
}

void toasty__lower_insert_columns(toasty__lowering *l, toasty__stmt *stmt, bool with_sequence, uint32_t first)
{
    const toasty_model *model = stmt->model;
    const toasty_field *unsent = with_sequence ? NULL : toasty__sequence_field(model);
    uint16_t *fields = toasty__lower_alloc(l, model->field_count * sizeof(*fields) + 1);
    for (uint16_t i = 0; fields && i < model->field_count; i++) {
        if (&model->fields[i] == unsent)
            continue;
        toasty__lower_add_parameter(l, &model->fields[i], TOASTY__BIND_VALUE,
                                    first + stmt->insert.field_count);
        fields[stmt->insert.field_count++] = i;
    }
    stmt->insert.fields = fields;
}

int toasty__lower_insert(toasty__lowering *l, const toasty_model *model, uint32_t row_count,
                         toasty__key_source key)
{
    toasty__step *step = toasty__lower_step(l, model);
    toasty__stmt *stmt = step ? toasty__lower_stmt(l, TOASTY__STMT_INSERT, model) : NULL;
    if (!stmt)
        return -1;
    l->plan->depth = 1;
    l->plan->writes = true;
    toasty__lower_insert_columns(l, stmt, key == TOASTY__KEY_GIVEN, 0);
    stmt->insert.row_count = row_count;
    const toasty_field *counted = toasty__sequence_field(model);
    uint16_t sequence = counted ? (uint16_t)(counted - model->fields) : 0;
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
