/* The tools of the lowering: expressions, parameters and steps of a plan in the making. */
#include "engine/plan/lower.h"
#include "base/error.h"
#include <string.h>

void toasty__lower_begin(toasty__lowering *l, toasty__engine *engine, toasty__plan *plan, toasty_error *err)
{
    *l = (toasty__lowering){.engine = engine, .plan = plan, .arena = &plan->arena, .err = err};
}

/* --- expressions --- */

void *toasty__lower_alloc(toasty__lowering *l, size_t size)
{
    void *memory = toasty__arena_calloc(l->arena, 1, size);
    if (!memory)
        l->failed = true;
    return memory;
}

toasty__expr *toasty__lower_expr(toasty__lowering *l, toasty__expr_tag tag, uint32_t count,
                                 toasty__expr *const *items)
{
    toasty__expr *expr = toasty__lower_alloc(l, sizeof(*expr) + count * sizeof(expr));
    if (!expr)
        return NULL;
    toasty__expr **copy = (toasty__expr **)(expr + 1);
    for (uint32_t i = 0; i < count; i++)
        copy[i] = items[i];
    expr->tag = (uint8_t)tag;
    expr->count = count;
    expr->items = copy;
    return expr;
}

toasty__expr *toasty__lower_column(toasty__lowering *l, uint16_t field)
{
    toasty__expr *expr = toasty__lower_expr(l, TOASTY__EXPR_COLUMN, 0, NULL);
    if (expr)
        expr->field = field;
    return expr;
}

/* A parameter of the statement in the making; NO_PARAMETER when out of memory. */
uint32_t toasty__lower_add_parameter(toasty__lowering *l, const toasty_field *field,
                                     toasty__bind_source source, uint32_t index)
{
    if (l->parameter_count == l->parameter_capacity) {
        uint32_t capacity = l->parameter_capacity ? l->parameter_capacity * 2 : 8;
        toasty_parameter *parameters = toasty__lower_alloc(l, capacity * sizeof(*parameters));
        toasty__bind *binds = toasty__lower_alloc(l, capacity * sizeof(*binds));
        if (!parameters || !binds)
            return TOASTY__NO_PARAMETER;
        if (l->parameter_count) {
            memcpy(parameters, l->parameters, l->parameter_count * sizeof(*parameters));
            memcpy(binds, l->binds, l->parameter_count * sizeof(*binds));
        }
        l->parameters = parameters;
        l->binds = binds;
        l->parameter_capacity = capacity;
    }
    l->parameters[l->parameter_count] =
        (toasty_parameter){.field = field, .type = field ? field->type : TOASTY_TYPE_I64};
    l->binds[l->parameter_count] = (toasty__bind){(uint8_t)source, index};
    return l->parameter_count++;
}

toasty__expr *toasty__lower_parameter(toasty__lowering *l, const toasty_field *field,
                                      toasty__bind_source source, uint32_t index)
{
    toasty__expr *expr = toasty__lower_expr(l, TOASTY__EXPR_PARAMETER, 0, NULL);
    uint32_t parameter = toasty__lower_add_parameter(l, field, source, index);
    if (!expr || parameter == TOASTY__NO_PARAMETER)
        return NULL;
    expr->parameter = parameter;
    return expr;
}

toasty__expr *toasty__lower_node(toasty__lowering *l, toasty__expr_tag tag, toasty__expr *left,
                                 toasty__expr *right)
{
    toasty__expr *items[2] = {left, right};
    return toasty__lower_expr(l, tag, right ? 2 : left ? 1 : 0, items);
}

toasty__expr *toasty__lower_join(toasty__lowering *l, toasty__expr_tag tag, toasty__expr *const *items,
                                 uint32_t count)
{
    return count == 0 ? NULL : count == 1 ? items[0] : toasty__lower_expr(l, tag, count, items);
}

/* --- steps --- */

toasty__step *toasty__lower_step(toasty__lowering *l, const toasty_model *model)
{
    if (l->plan->step_count == TOASTY__MAX_STEPS) {
        toasty__fail(l->err, TOASTY_INVALID_STATEMENT, "more than %d relations are included",
                     TOASTY__MAX_STEPS - 1);
        return NULL;
    }
    if (!l->plan->steps &&
        !(l->plan->steps = toasty__lower_alloc(l, TOASTY__MAX_STEPS * sizeof(toasty__step)))) {
        toasty__fail_memory(l->err);
        return NULL;
    }
    toasty__step *step = &l->plan->steps[l->plan->step_count++];
    step->model = model;
    step->limit_value = step->low = step->high = TOASTY__NO_PARAMETER;
    l->parameters = NULL;
    l->binds = NULL;
    l->parameter_count = l->parameter_capacity = 0;
    return step;
}

void toasty__lower_finish(toasty__lowering *l, toasty__step *step, toasty__stmt *stmt)
{
    stmt->parameters = l->parameters;
    stmt->parameter_count = l->parameter_count;
    step->binds = l->binds;
    step->bind_count = l->parameter_count;
    step->stmt = stmt;
    step->direct = true;
    for (uint32_t i = 0; i < l->parameter_count; i++)
        step->direct = step->direct && l->binds[i].source == TOASTY__BIND_VALUE && l->binds[i].index == i;
}

/* Answers the given fields of the model; count 0: none. */
int toasty__lower_columns(toasty__lowering *l, toasty__step *step, toasty__stmt *stmt, const uint16_t *fields,
                          uint16_t count)
{
    const toasty_field **columns = toasty__lower_alloc(l, (size_t)count * sizeof(*columns) + 1);
    uint16_t *numbers = toasty__lower_alloc(l, (size_t)count * sizeof(*numbers) + 1);
    if (!columns || !numbers)
        return -1;
    for (uint16_t i = 0; i < count; i++) {
        numbers[i] = fields ? fields[i] : i;
        columns[i] = &step->model->fields[numbers[i]];
    }
    step->columns = columns;
    step->column_count = count;
    stmt->columns = numbers;
    stmt->column_count = count;
    return 0;
}

toasty__stmt *toasty__lower_stmt(toasty__lowering *l, toasty__stmt_tag tag, const toasty_model *model)
{
    toasty__stmt *stmt = toasty__lower_alloc(l, sizeof(*stmt));
    if (stmt) {
        stmt->tag = (uint8_t)tag;
        stmt->model = model;
        stmt->select.limit = stmt->select.offset = stmt->select.each = TOASTY__NO_PARAMETER;
    }
    return stmt;
}
