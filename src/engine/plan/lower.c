/* The tools of the lowering: expressions, parameters and steps of a plan in the making. */
#include "engine/plan/lower.h"
#include "base/error.h"
#include "core/access.h"
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

toasty__expr *toasty__lower_column_of(toasty__lowering *l, const toasty__source *source, uint16_t field)
{
    toasty__expr *expr = toasty__lower_expr(l, TOASTY__EXPR_COLUMN, 0, NULL);
    if (!expr)
        return NULL;
    expr->source = source;
    expr->field = field;
    return expr;
}

toasty__expr *toasty__lower_column(toasty__lowering *l, uint16_t field)
{
    return l->view && l->source == l->viewed ? toasty__lower_member(l, field)
                                             : toasty__lower_column_of(l, l->source, field);
}

/* A parameter of the statement in the making; TOASTY__NO_PARAMETER when out of memory. */
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
    step->model = step->table = model;
    step->limit_value = step->low = step->high = TOASTY__NO_PARAMETER;
    l->source = NULL;
    l->source_count = 0;
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

static int new_items(toasty__lowering *l, toasty__step *step, toasty__stmt *stmt, uint16_t count,
                     toasty__item **items, const toasty_field ***columns)
{
    *items = toasty__lower_alloc(l, (size_t)count * sizeof(**items) + 1);
    *columns = toasty__lower_alloc(l, (size_t)count * sizeof(**columns) + 1);
    if (l->failed)
        return -1;
    stmt->items = *items;
    step->columns = *columns;
    stmt->item_count = step->column_count = count;
    return 0;
}

/* Answers the given fields of the model; count 0: none. */
int toasty__lower_columns(toasty__lowering *l, toasty__step *step, toasty__stmt *stmt, const uint16_t *fields,
                          uint16_t count)
{
    toasty__item *items;
    const toasty_field **columns;
    if (new_items(l, step, stmt, count, &items, &columns) < 0)
        return -1;
    for (uint16_t i = 0; i < count; i++) {
        uint16_t field = fields ? fields[i] : i;
        columns[i] = &step->model->fields[field];
        items[i] = (toasty__item){toasty__lower_column(l, field), columns[i]};
    }
    return l->failed ? -1 : 0;
}

int toasty__lower_value(toasty__lowering *l, toasty__step *step, toasty__stmt *stmt, toasty__expr *value,
                        const toasty_field *fills)
{
    toasty__item *items;
    const toasty_field **columns;
    if (new_items(l, step, stmt, 1, &items, &columns) < 0)
        return -1;
    items[0] = (toasty__item){value, fills};
    columns[0] = fills;
    return 0;
}

/* --- statements --- */

toasty__stmt *toasty__lower_stmt(toasty__lowering *l, toasty__stmt_tag tag, const toasty_model *model)
{
    toasty__stmt *stmt = toasty__lower_alloc(l, sizeof(*stmt));
    toasty__source *source = toasty__lower_alloc(l, sizeof(*source));
    if (l->failed)
        return NULL;
    l->view = model->view ? model : NULL;
    l->grouped = NULL;
    l->join_count = 0;
    source->target = tag != TOASTY__STMT_SELECT;
    stmt->tag = (uint8_t)tag;
    stmt->model = source->model = toasty__model_of(model);
    stmt->from = l->viewed = l->source = source;
    stmt->select.limit = stmt->select.offset = stmt->select.each = TOASTY__NO_PARAMETER;
    return stmt;
}

/* Other tables are read beside it. */
static void name_source(toasty__lowering *l, toasty__source *source)
{
    if (source->target)
        source->qualified = true;
    else if (!source->number)
        source->number = ++l->source_count;
}

toasty__stmt *toasty__lower_inner(toasty__lowering *l, toasty__source *outer, const toasty_model *model)
{
    const toasty_model *view = l->view;
    const toasty__source *viewed = l->viewed;
    const toasty__stmt *grouped = l->grouped;
    uint16_t join_count = l->join_count;
    name_source(l, outer);
    toasty__stmt *stmt = toasty__lower_stmt(l, TOASTY__STMT_SELECT, model);
    l->view = view; /* of the statement around it */
    l->viewed = viewed;
    l->grouped = grouped;
    l->join_count = join_count;
    if (stmt)
        name_source(l, l->source);
    return stmt;
}

toasty__expr *toasty__lower_link(toasty__lowering *l, const toasty_relation *relation,
                                 const toasty__source *own, const toasty__source *theirs)
{
    toasty__expr *equal[TOASTY_MAX_KEYS];
    for (uint8_t i = 0; i < relation->field_count; i++)
        equal[i] = toasty__lower_node(l, TOASTY__EXPR_EQ,
                                      toasty__lower_column_of(l, theirs, relation->their_fields[i]),
                                      toasty__lower_column_of(l, own, relation->own_fields[i]));
    return toasty__lower_join(l, TOASTY__EXPR_AND, equal, relation->field_count);
}

toasty__expr *toasty__lower_inner_value(toasty__lowering *l, toasty__stmt *inner, toasty__source *outer,
                                        const toasty_relation *relation, toasty__expr *value)
{
    toasty__expr *select = toasty__lower_expr(l, TOASTY__EXPR_SELECT, 0, NULL);
    toasty__item *item = toasty__lower_alloc(l, sizeof(*item));
    inner->where = toasty__lower_link(l, relation, outer, l->source);
    l->source = outer;
    if (l->failed)
        return NULL;
    item->value = value;
    inner->items = item;
    inner->item_count = 1;
    select->select = inner;
    return select;
}

toasty__source *toasty__lower_joined(toasty__lowering *l, const toasty_model *model, toasty__join_kind join)
{
    toasty__source *last = l->source, *joined = toasty__lower_alloc(l, sizeof(*joined));
    if (!joined)
        return NULL;
    name_source(l, last);
    while (last->next)
        last = last->next;
    joined->model = model;
    joined->join = (uint8_t)join;
    joined->number = ++l->source_count;
    last->next = joined;
    return joined;
}
