/* Lowering writes: updates, deletes and inserts are one step each. */
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
    toasty__change_walk walk = {.request = request};
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

/* What comes back from an update: whole rows when asked for; for a record, what only the database can know.
 */
static int update_columns(toasty__lowering *l, const toasty_request *request, toasty__step *step,
                          toasty__stmt *stmt)
{
    if (request->returning)
        return toasty__lower_columns(l, step, stmt, NULL, request->model->field_count);
    uint16_t made[256], count = 0;
    for (uint16_t i = 0; request->record && i < l->plan->assigned_count; i++)
        if (l->plan->assigned_kinds[i] != TOASTY_CHANGE_SET)
            made[count++] = l->plan->assigned[i];
    return toasty__lower_columns(l, step, stmt, made, count);
}

static int lower_write(toasty__lowering *l, const toasty_request *request, toasty__stmt_tag tag)
{
    const toasty_model *model = request->model;
    toasty__step *step = toasty__lower_step(l, model);
    toasty__stmt *stmt = step ? toasty__lower_stmt(l, tag, model) : NULL;
    if (!stmt)
        return -1;
    l->plan->depth = 1;
    l->plan->writes = true;
    toasty__conjunction all = {.count = 0};
    toasty__lower_scope(l, request, &all);
    if (tag == TOASTY__STMT_UPDATE) {
        if (lower_assignments(l, request, stmt) < 0 || update_columns(l, request, step, stmt) < 0)
            return -1;
    } else if (request->returning && toasty__lower_columns(l, step, stmt, NULL, model->field_count) < 0) {
        return -1;
    }
    if (toasty__lower_find_where(l, model, &request->find, &all) < 0)
        return -1;
    stmt->where = toasty__lower_join(l, TOASTY__EXPR_AND, all.items, all.count);
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : 0;
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
