/* Lowering reads: the root step with its orders and limits, and a step for each relation that is included. */
#include "core/access.h"
#include "core/types.h"
#include "engine/plan/lower.h"
#include <string.h>

/* --- orders --- */

typedef struct orders {
    toasty__term terms[TOASTY__MAX_TERMS];
    uint32_t count;
} orders;

static void order_by(orders *all, toasty__term term)
{
    for (uint32_t i = 0; i < all->count; i++)
        if (all->terms[i].field == term.field && all->terms[i].through == term.through)
            return; /* a column that is ordered already decides nothing more */
    if (all->count < TOASTY__MAX_TERMS)
        all->terms[all->count++] = term;
}

static void order_by_groups(orders *all, const toasty_model *view, bool descending)
{
    for (uint16_t i = 0; i < view->view->group_count; i++)
        order_by(all, (toasty__term){.field = toasty__group_field(view, i), .descending = descending});
}

/* By what no two rows have in common. */
static void order_by_key(orders *all, const toasty_model *model, bool descending)
{
    if (model->view && model->view->group_count) {
        order_by_groups(all, model, descending);
        return;
    }
    const toasty_index *key = &toasty__model_of(model)->indexes[0];
    uint16_t first = model->view ? model->field_count : 0; /* the fields of its model come behind its own */
    for (uint32_t i = 0; i < key->field_count; i++)
        order_by(all, (toasty__term){.field = (uint16_t)(first + key->fields[i]), .descending = descending});
}

static void order_by_options(orders *all, const toasty_model *model, const toasty_find *find, bool backwards)
{
    toasty_order order;
    for (uint32_t i = 0; toasty__find_order(find, i, &order); i++) {
        bool descending =
            order.direction == TOASTY_DESCENDING || order.direction == TOASTY_DESCENDING_NULLS_FIRST;
        order_by(all, (toasty__term){.field = order.field,
                                     .descending = descending != backwards,
                                     .nulls_turned = order.direction > TOASTY_DESCENDING,
                                     .through = order.through ? &model->relations[order.through - 1] : NULL});
    }
}

/* The column of what a belongs_to refers to, by a select of its own, whose rows a lock of the statement does
 * not touch. */
static toasty__expr *select_target(toasty__lowering *l, const toasty_relation *relation, uint16_t field)
{
    toasty__source *outer = l->source;
    toasty__stmt *target = toasty__lower_inner(l, outer, relation->target);
    toasty__expr *column = target ? toasty__lower_column(l, field) : NULL;
    return column ? toasty__lower_inner_value(l, target, outer, relation, column) : NULL;
}

/* A column of the statement's own, or of what a belongs_to refers to. */
static toasty__expr *lower_term(toasty__lowering *l, const toasty__term *term, bool locks)
{
    if (!term->through)
        return toasty__lower_column(l, term->field);
    if (locks)
        return select_target(l, term->through, term->field);
    const toasty__source *target =
        toasty__lower_target(l, l->source, term->through, !term->through->required);
    return target ? toasty__lower_column_of(l, target, term->field) : NULL;
}

/* keys: columns that come before all, `key_count` of them. */
static int set_orders_behind(toasty__lowering *l, toasty__stmt *stmt, toasty__expr *const *keys,
                             uint32_t key_count, const orders *all)
{
    toasty__order *made = toasty__lower_alloc(l, (key_count + all->count) * sizeof(*made) + 1);
    for (uint32_t i = 0; made && i < key_count; i++)
        made[i].value = keys[i];
    for (uint32_t i = 0; made && i < all->count && !l->failed; i++) {
        const toasty__term *term = &all->terms[i];
        made[key_count + i] = (toasty__order){.value = lower_term(l, term, stmt->select.lock),
                                              .descending = term->descending,
                                              .nulls_turned = term->nulls_turned};
    }
    stmt->select.orders = made;
    stmt->select.order_count = (uint16_t)(key_count + all->count);
    return l->failed ? -1 : 0;
}

static int set_orders(toasty__lowering *l, toasty__stmt *stmt, const orders *all)
{
    return set_orders_behind(l, stmt, NULL, 0, all);
}

/* --- reads --- */

static int lower_includes(toasty__lowering *l, const toasty_model *model, const toasty_find *find,
                          uint16_t parent);

static uint32_t next_number(toasty__lowering *l, toasty__bind_source source)
{
    return toasty__lower_add_parameter(l, NULL, source, l->next_value++);
}

toasty__expr *toasty__lower_keys(toasty__lowering *l, toasty__step *step, toasty__expr *const *keys)
{
    const toasty_relation *relation = step->relation;
    const toasty_field *fields = step->model->fields;
    toasty__expr *items[2 * TOASTY_MAX_KEYS];
    uint32_t count = relation->field_count;
    for (uint32_t i = 0; i < count; i++)
        items[i] = keys ? keys[i] : toasty__lower_column(l, relation->their_fields[i]);
    for (uint32_t i = 0; i < count; i++) {
        items[count + i] =
            toasty__lower_parameter(l, &fields[relation->their_fields[i]], TOASTY__BIND_KEYS, i);
        if (items[count + i])
            l->parameters[items[count + i]->parameter].list = true;
    }
    step->sized = l->engine->driver->capability->padded_list > 0;
    return toasty__lower_expr(l, count == 1 ? TOASTY__EXPR_IN : TOASTY__EXPR_TUPLE_IN, 2 * count, items);
}

/* The limit of an include is one for each parent. keys: as in toasty__lower_keys. */
static int limit_each(toasty__lowering *l, toasty__step *step, toasty__stmt *stmt, toasty__expr *const *keys)
{
    const toasty_relation *relation = step->relation;
    if (relation->via && !relation->via_unique)
        return toasty__fail(l->err, TOASTY_INVALID_STATEMENT,
                            "%s.%s: a limit for each %s needs a model between whose two keys are unique "
                            "together, so that nothing is found twice",
                            relation->owner->name, relation->name, relation->owner->name);
    toasty__expr **partition = toasty__lower_alloc(l, relation->field_count * sizeof(*partition));
    for (uint8_t i = 0; partition && i < relation->field_count; i++)
        partition[i] = keys ? keys[i] : toasty__lower_column(l, relation->their_fields[i]);
    stmt->select.partition = partition;
    stmt->select.partition_count = relation->field_count;
    step->limit_value = l->next_value;
    stmt->select.each = next_number(l, TOASTY__BIND_VALUE);
    return l->failed ? -1 : 0;
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
    toasty__expr *of_parents[TOASTY_MAX_KEYS], **keys = relation->via ? of_parents : NULL;
    if (!stmt || (keys ? toasty__lower_via(l, step, relation, stmt, keys)
                       : toasty__lower_columns(l, step, stmt, NULL, relation->target->field_count)) < 0)
        return -1;
    toasty__conjunction all = {.count = 0};
    toasty__lower_also(&all, toasty__lower_keys(l, step, keys));
    if (toasty__lower_find_where(l, relation->target, find, &all) < 0)
        return -1;
    stmt->where = toasty__lower_join(l, TOASTY__EXPR_AND, all.items, all.count);

    /* One parent's rows stand together, so that they can be a slice; the key makes the order a total one. */
    orders by = {.count = 0};
    if (relation->kind == TOASTY_HAS_MANY && !keys)
        for (uint32_t i = 0; i < relation->field_count; i++)
            order_by(&by, (toasty__term){.field = relation->their_fields[i]});
    order_by_options(&by, relation->target, find, false);
    if (relation->kind == TOASTY_HAS_MANY)
        order_by_key(&by, relation->target, false);
    if (set_orders_behind(l, stmt, keys, keys ? relation->field_count : 0, &by) < 0)
        return -1;
    if (toasty__find_limit(find) && limit_each(l, step, stmt, keys) < 0)
        return -1;
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : lower_includes(l, relation->target, find, number);
}

static int lower_includes(toasty__lowering *l, const toasty_model *model, const toasty_find *find,
                          uint16_t parent)
{
    const toasty_relation *relation;
    toasty_find nested;
    for (uint32_t i = 0; toasty__find_include(model, find, i, &relation, &nested); i++)
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
    uint32_t first[TOASTY__MAX_TERMS];
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
    bool nulls[TOASTY__MAX_TERMS];
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
        /* One more row shows whether there is a next page. */
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

/* --- counts --- */

/* What a count's row becomes: an integer. */
static const toasty_field count_field = {.name = "count",
                                         .column = "count",
                                         .type = TOASTY_TYPE_I64,
                                         .embed = TOASTY_NO_EMBED,
                                         .set_offset = TOASTY_NO_OFFSET};
static const toasty_model count_model = {
    .name = "count", .table = "", .fields = &count_field, .field_count = 1, .size = sizeof(int64_t)};

static bool takes_some(const toasty__stmt *rows)
{
    return rows->select.limit != TOASTY__NO_PARAMETER || rows->select.offset != TOASTY__NO_PARAMETER;
}

/* A select of what another one gives, whose columns are meant from now on. */
static toasty__stmt *select_from(toasty__lowering *l, const toasty__stmt *rows)
{
    toasty__stmt *select = toasty__lower_stmt(l, TOASTY__STMT_SELECT, rows->model);
    if (!select)
        return NULL;
    l->source->model = NULL;
    l->source->select = rows;
    l->source->number = ++l->source_count;
    return select;
}

/* How many rows there are: of the statement, or, when it takes only some of them, of a select of it. */
static toasty__stmt *lower_count(toasty__lowering *l, toasty__step *step, toasty__stmt *rows)
{
    toasty__expr *count = toasty__lower_expr(l, TOASTY__EXPR_CALL, 0, NULL);
    bool inside = takes_some(rows) || rows->select.group_count;
    toasty__stmt *counting = inside ? select_from(l, rows) : rows;
    if (!count || !counting)
        return NULL;
    count->function = TOASTY__FUNCTION_COUNT;
    return toasty__lower_value(l, step, counting, count, &count_field) < 0 ? NULL : counting;
}

/* --- scalars --- */

static const toasty_model scalar_model = {.name = "scalar", .table = "", .size = sizeof(toasty__scalar)};

/* What the value is kept in, by which it is decoded. */
static const toasty_field *lower_scalar_field(toasty__lowering *l, const toasty_request *request)
{
    const toasty_field *of = &request->model->fields[request->field];
    toasty_field *field = toasty__lower_alloc(l, sizeof(*field));
    if (!field)
        return NULL;
    *field = (toasty_field){.name = of->name,
                            .column = of->column,
                            .type = of->type,
                            .flags = TOASTY_FIELD_NULLABLE | TOASTY_FIELD_NULL_COLUMN,
                            .embed = TOASTY_NO_EMBED,
                            .offset = offsetof(toasty__scalar, value),
                            .set_offset = offsetof(toasty__scalar, set)};
    bool integer = toasty__class_of(of->type) == TOASTY_CLASS_INTEGER;
    if (request->aggregate == TOASTY_AGGREGATE_SUM)
        field->type = integer ? TOASTY_TYPE_I64 : TOASTY_TYPE_F64;
    else if (request->aggregate == TOASTY_AGGREGATE_AVERAGE)
        field->type = TOASTY_TYPE_F64;
    return field;
}

static toasty__function function_of(const toasty_request *request)
{
    static const uint8_t functions[][2] = {
        [TOASTY_AGGREGATE_SUM] = {TOASTY__FUNCTION_SUM, TOASTY__FUNCTION_SUM_REALS},
        [TOASTY_AGGREGATE_AVERAGE] = {TOASTY__FUNCTION_AVERAGE, TOASTY__FUNCTION_AVERAGE_REALS},
        [TOASTY_AGGREGATE_MIN] = {TOASTY__FUNCTION_MIN, TOASTY__FUNCTION_MIN},
        [TOASTY_AGGREGATE_MAX] = {TOASTY__FUNCTION_MAX, TOASTY__FUNCTION_MAX},
    };
    const toasty_field *field = &request->model->fields[request->field];
    return (
        toasty__function)functions[request->aggregate][toasty__class_of(field->type) == TOASTY_CLASS_REAL];
}

/* One value of the rows of the statement, or, when it takes only some of them, of a select of it. */
static toasty__stmt *lower_scalar(toasty__lowering *l, const toasty_request *request, toasty__step *step,
                                  toasty__stmt *rows)
{
    toasty__expr *value = toasty__lower_column(l, request->field);
    const toasty_field *fills = lower_scalar_field(l, request);
    toasty__stmt *asking = rows;
    if (takes_some(rows)) {
        asking = toasty__lower_value(l, step, rows, value, NULL) < 0 ? NULL : select_from(l, rows);
        value = asking ? toasty__lower_column(l, 0) : NULL;
    }
    toasty__expr *call = value ? toasty__lower_node(l, TOASTY__EXPR_CALL, value, NULL) : NULL;
    if (!call || !fills)
        return NULL;
    call->function = (uint8_t)function_of(request);
    return toasty__lower_value(l, step, asking, call, fills) < 0 ? NULL : asking;
}

/* Whether there is any: 1 or 0. */
static toasty__stmt *lower_exists(toasty__lowering *l, toasty__step *step, toasty__stmt *rows)
{
    toasty__stmt *asking = toasty__lower_stmt(l, TOASTY__STMT_SELECT, rows->model);
    toasty__expr *exists = toasty__lower_expr(l, TOASTY__EXPR_EXISTS, 0, NULL);
    if (!asking || !exists)
        return NULL;
    exists->select = rows;
    asking->from = NULL;
    return toasty__lower_value(l, step, asking, exists, &count_field) < 0 ? NULL : asking;
}

/* The rows that are meant, on a page those after its cursor. */
static int lower_meant(toasty__lowering *l, const toasty_request *request, const orders *by,
                       toasty__stmt *stmt)
{
    const toasty_model *model = request->model;
    toasty__conjunction all = {.count = 0};
    toasty__lower_scope(l, request, true, &all);
    if (request->after && !l->engine->driver->capability->sql)
        l->next_value += model->indexes[0].field_count; /* keys/read.c takes them from the record */
    else if (request->after)
        toasty__lower_also(&all, lower_cursor(l, request, by));
    if (toasty__lower_find_where(l, model, &request->find, &all) < 0)
        return -1;
    return toasty__lower_part(l, toasty__lower_join(l, TOASTY__EXPR_AND, all.items, all.count), stmt);
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
    if (toasty__lower_groups(l, stmt) < 0)
        return -1;
    stmt->select.lock = find->lock;
    stmt->select.lock_wait = find->lock_wait;
    bool exists = request->kind == TOASTY_REQUEST_EXISTS;
    bool counts = exists || request->kind == TOASTY_REQUEST_COUNT;
    bool scalar = request->kind == TOASTY_REQUEST_SCALAR;
    if (counts || scalar)
        step->model = scalar ? &scalar_model : &count_model;
    else if (toasty__lower_columns(l, step, stmt, NULL, model->field_count) < 0)
        return -1;

    orders by = {.count = 0};
    order_by_options(&by, model, find, request->backwards);
    bool partial =
        toasty__find_limit(find) || toasty__find_offset(find) || request->kind == TOASTY_REQUEST_FIRST;
    if (partial && !counts)
        order_by_key(&by, model, request->backwards);

    bool ordered = scalar ? partial : !counts; /* which rows are taken, or how they come */
    if (lower_meant(l, request, &by, stmt) < 0 || (ordered && set_orders(l, stmt, &by) < 0))
        return -1;
    lower_limit(l, request, step, stmt);
    if (counts && l->engine->driver->capability->count)
        stmt = exists ? lower_exists(l, step, stmt) : lower_count(l, step, stmt);
    else if (scalar)
        stmt = lower_scalar(l, request, step, stmt);
    if (!stmt)
        return -1;
    toasty__lower_finish(l, step, stmt);
    if (l->failed)
        return -1;
    return toasty__reads_records(request) ? lower_includes(l, model, find, 0) : 0;
}
