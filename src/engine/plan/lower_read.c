/* Lowering reads: the root step with its orders and limits, and a step for each relation that is included. */
#include "core/access.h"
#include "engine/plan/lower.h"
#include <string.h>

/* --- orders --- */

typedef struct orders {
    toasty__order_term terms[TOASTY__MAX_ORDERS];
    uint32_t count;
} orders;

static void order_by(orders *all, toasty__order_term term)
{
    for (uint32_t i = 0; i < all->count; i++)
        if (all->terms[i].field == term.field && all->terms[i].through == term.through)
            return; /* a column that is ordered already decides nothing more */
    if (all->count < TOASTY__MAX_ORDERS)
        all->terms[all->count++] = term;
}

static void order_by_key(orders *all, const toasty_model *model, bool descending)
{
    for (uint32_t i = 0; i < model->indexes[0].field_count; i++)
        order_by(all, (toasty__order_term){.field = model->indexes[0].fields[i], .descending = descending});
}

static void order_by_options(orders *all, const toasty_model *model, const toasty_find *find, bool backwards)
{
    toasty_order order;
    for (uint32_t i = 0; toasty__find_order(find, i, &order); i++) {
        bool descending =
            order.direction == TOASTY_DESCENDING || order.direction == TOASTY_DESCENDING_NULLS_FIRST;
        order_by(all, (toasty__order_term){.field = order.field,
                                           .descending = descending != backwards,
                                           .nulls_turned = order.direction > TOASTY_DESCENDING,
                                           .through =
                                               order.through ? &model->relations[order.through - 1] : NULL});
    }
}

static int set_orders(toasty__lowering *l, toasty__stmt *stmt, const orders *all)
{
    toasty__order_term *terms = toasty__lower_alloc(l, all->count * sizeof(*terms) + 1);
    if (!terms)
        return -1;
    memcpy(terms, all->terms, all->count * sizeof(*terms));
    stmt->select.orders = terms;
    stmt->select.order_count = (uint16_t)all->count;
    return 0;
}

/* --- reads --- */

static int lower_includes(toasty__lowering *l, const toasty_model *model, const toasty_find *find,
                          uint16_t parent);

static uint32_t next_number(toasty__lowering *l, toasty__bind_source source)
{
    return toasty__lower_add_parameter(l, NULL, source, l->next_value++);
}

/* The rows of a relation's target that belong to the rows of the parent step. */
static toasty__expr *lower_keys(toasty__lowering *l, toasty__step *step)
{
    const toasty_relation *relation = step->relation;
    toasty__expr *items[2 * TOASTY_MAX_KEYS];
    uint32_t count = relation->field_count;
    for (uint32_t i = 0; i < count; i++)
        items[i] = toasty__lower_column(l, relation->their_fields[i]);
    for (uint32_t i = 0; i < count; i++) {
        items[count + i] =
            toasty__lower_parameter(l, &step->model->fields[relation->their_fields[i]], TOASTY__BIND_KEYS, i);
        if (items[count + i])
            l->parameters[items[count + i]->parameter].list = true;
    }
    step->sized = !l->engine->driver->capability->array_parameter;
    return toasty__lower_expr(l, count == 1 ? TOASTY__EXPR_IN : TOASTY__EXPR_TUPLE_IN, 2 * count, items);
}

static int lower_include(toasty__lowering *l, const toasty_relation *relation, const toasty_find *find,
                         uint16_t parent)
{
    toasty__step *step = toasty__lower_step(l, relation->target);
    if (!step)
        return -1;
    uint16_t number = (uint16_t)(step - l->plan->steps);
    step->parent = parent;
    step->relation = relation;
    step->depth = (uint8_t)(l->plan->steps[parent].depth + 1);
    if (step->depth >= l->plan->depth)
        l->plan->depth = (uint8_t)(step->depth + 1);

    toasty__stmt *stmt = toasty__lower_stmt(l, TOASTY__STMT_SELECT, relation->target);
    if (!stmt || toasty__lower_columns(l, step, stmt, NULL, relation->target->field_count) < 0)
        return -1;
    toasty__conjunction all = {.count = 0};
    toasty__lower_also(&all, lower_keys(l, step));
    if (toasty__lower_find_where(l, relation->target, find, &all) < 0)
        return -1;
    stmt->where = toasty__lower_join(l, TOASTY__EXPR_AND, all.items, all.count);

    /* One parent's rows stand together, so that they can be a slice; the key makes the order a total one. */
    orders by = {.count = 0};
    if (relation->kind == TOASTY_HAS_MANY)
        for (uint32_t i = 0; i < relation->field_count; i++)
            order_by(&by, (toasty__order_term){.field = relation->their_fields[i]});
    order_by_options(&by, relation->target, find, false);
    if (relation->kind == TOASTY_HAS_MANY)
        order_by_key(&by, relation->target, false);
    if (set_orders(l, stmt, &by) < 0)
        return -1;
    if (toasty__find_limit(find)) {
        stmt->select.group = relation->their_fields;
        stmt->select.group_count = relation->field_count;
        step->limit_value = l->next_value;
        stmt->select.each = next_number(l, TOASTY__BIND_VALUE);
    }
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : lower_includes(l, relation->target, find, number);
}

static int lower_includes(toasty__lowering *l, const toasty_model *model, const toasty_find *find,
                          uint16_t parent)
{
    (void)model;
    const toasty_relation *relation;
    toasty_find nested;
    for (uint32_t i = 0; toasty__find_include(find, i, &relation, &nested); i++)
        if (lower_include(l, relation, &nested, parent) < 0)
            return -1;
    return 0;
}

/* The condition "after the cursor row", from the values that the walk collected for it. */
static toasty__expr *lower_cursor(toasty__lowering *l, const toasty_request *request, const orders *by)
{
    const toasty_model *model = request->model;
    /* The walk collected one value an order of the options and one a key field; `by` names each column once.
     */
    uint32_t first[TOASTY__MAX_ORDERS];
    uint32_t collected = 0;
    toasty_order order;
    memset(first, 0xff, sizeof(first));
    for (; toasty__find_order(&request->find, collected, &order); collected++)
        for (uint32_t t = 0; t < by->count; t++)
            if (by->terms[t].field == order.field && first[t] == UINT32_MAX)
                first[t] = collected;
    for (uint32_t k = 0; k < model->indexes[0].field_count; k++, collected++)
        for (uint32_t t = 0; t < by->count; t++)
            if (by->terms[t].field == model->indexes[0].fields[k] && first[t] == UINT32_MAX)
                first[t] = collected;
    bool nulls[TOASTY__MAX_ORDERS];
    for (uint32_t t = 0; t < by->count; t++) {
        const toasty_field *field = &model->fields[by->terms[t].field];
        nulls[t] = toasty__get(model, request->after, field).kind == TOASTY_VALUE_NULL;
    }
    uint32_t start = l->next_value;
    l->next_value += collected;
    return toasty__lower_after(l, model, by->terms, by->count, start, first, nulls);
}

static void lower_limit(toasty__lowering *l, const toasty_request *request, toasty__step *step,
                        toasty__stmt *stmt)
{
    bool limit = toasty__find_limit(&request->find) != 0;
    bool single = request->kind == TOASTY_REQUEST_FIRST || request->kind == TOASTY_REQUEST_GET;
    bool whole_key = request->by && request->by->unique && request->key_count == request->by->field_count;
    if (single && !whole_key)
        step->most = request->kind == TOASTY_REQUEST_GET ? 2 : 1;
    if (limit && !single)
        step->limit_value = l->next_value;
    switch ((toasty_request_kind)request->kind) {
    case TOASTY_REQUEST_PAGE:
        /* One more row tells whether there is a next page. */
        if (limit)
            stmt->select.limit = next_number(l, TOASTY__BIND_ONE_MORE);
        break;
    case TOASTY_REQUEST_FIRST:
    case TOASTY_REQUEST_GET:
        l->next_value += limit; /* the call's own limit is smaller */
        if (step->most)
            stmt->select.limit = toasty__lower_add_parameter(l, NULL, TOASTY__BIND_CONSTANT, step->most);
        break;
    case TOASTY_REQUEST_EXISTS:
        step->most = 1;
        /* fall through */
    default:
        if (limit)
            stmt->select.limit = next_number(l, TOASTY__BIND_VALUE);
    }
    if (toasty__find_offset(&request->find))
        stmt->select.offset = next_number(l, TOASTY__BIND_VALUE);
}

int toasty__lower_read(toasty__lowering *l, const toasty_request *request)
{
    const toasty_model *model = request->model;
    const toasty_find *find = &request->find;
    toasty__step *step = toasty__lower_step(l, model);
    toasty__stmt *stmt = step ? toasty__lower_stmt(l, TOASTY__STMT_SELECT, model) : NULL;
    if (!stmt)
        return -1;
    l->plan->depth = 1;
    bool counts = request->kind == TOASTY_REQUEST_COUNT || request->kind == TOASTY_REQUEST_EXISTS;
    if (counts)
        stmt->select.what =
            request->kind == TOASTY_REQUEST_COUNT ? TOASTY__SELECT_COUNT : TOASTY__SELECT_EXISTS;
    else if (toasty__lower_columns(l, step, stmt, NULL, model->field_count) < 0)
        return -1;

    orders by = {.count = 0};
    order_by_options(&by, model, find, request->backwards);
    bool partial =
        toasty__find_limit(find) || toasty__find_offset(find) || request->kind == TOASTY_REQUEST_FIRST;
    if (partial && !counts)
        order_by_key(&by, model, request->backwards);

    toasty__conjunction all = {.count = 0};
    toasty__lower_scope(l, request, &all);
    if (request->after && !l->engine->driver->capability->sql)
        l->next_value += model->indexes[0].field_count; /* read_keys.c takes them from the record */
    else if (request->after)
        toasty__lower_also(&all, lower_cursor(l, request, &by));
    if (toasty__lower_find_where(l, model, find, &all) < 0)
        return -1;
    stmt->where = toasty__lower_join(l, TOASTY__EXPR_AND, all.items, all.count);
    if (!counts && set_orders(l, stmt, &by) < 0)
        return -1;
    lower_limit(l, request, step, stmt);
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : lower_includes(l, model, find, 0);
}
