/* What is known of the nodes of a statement, and the one walk over them. */
#include "core/stmt.h"
#include "base/alloc.h"

/* --- nodes --- */

typedef struct arity {
    uint8_t least, most;
} arity;

const char *toasty__expr_name(toasty__expr_tag tag)
{
    static const char *const names[] = {
#define NAME_OF(NAME, name, least, most) name,
        TOASTY__EXPRS(NAME_OF)};
    return names[tag];
}

const char *toasty__function_name(toasty__function function)
{
    static const char *const names[] = {TOASTY__FUNCTIONS(NAME_OF)};
#undef NAME_OF
    return names[function];
}

const char *toasty__unit_name(uint8_t unit)
{
    static const char *const names[] = {"",
#define NAME_OF(NAME, name, digits) name,
                                        TOASTY_UNITS(NAME_OF)
#undef NAME_OF
    };
    return names[unit];
}

bool toasty__arity_holds(const toasty__expr *expr)
{
#define ARITY_OF(NAME, name, least, most) {least, most},
    static const arity of_exprs[] = {TOASTY__EXPRS(ARITY_OF)}, of_functions[] = {TOASTY__FUNCTIONS(ARITY_OF)};
#undef ARITY_OF
    arity holds = expr->tag == TOASTY__EXPR_CALL ? of_functions[expr->function] : of_exprs[expr->tag];
    return expr->count >= holds.least && (holds.most == TOASTY__MANY || expr->count <= holds.most);
}

bool toasty__is_aggregate(const toasty__expr *expr)
{
    return expr->tag == TOASTY__EXPR_CALL && expr->function <= TOASTY__FUNCTION_MAX;
}

bool toasty__may_be_null(const toasty__expr *expr)
{
    if (expr->tag == TOASTY__EXPR_CUT)
        expr = expr->items[0];
    if (expr->tag == TOASTY__EXPR_EXISTS ||
        (expr->tag == TOASTY__EXPR_CALL && expr->function <= TOASTY__FUNCTION_COUNT_DISTINCT))
        return false;
    if (expr->tag != TOASTY__EXPR_COLUMN || !expr->source->model)
        return true;
    return expr->source->join == TOASTY__JOIN_LEFT ||
           expr->source->model->fields[expr->field].flags & TOASTY_FIELD_NULL_COLUMN;
}

bool toasty__is_condition(const toasty__expr *expr)
{
    static const bool conditions[TOASTY__EXPR_COUNT] = {
        [TOASTY__EXPR_TRUE] = true,        [TOASTY__EXPR_FALSE] = true,
        [TOASTY__EXPR_AND] = true,         [TOASTY__EXPR_OR] = true,
        [TOASTY__EXPR_NOT] = true,         [TOASTY__EXPR_EQ] = true,
        [TOASTY__EXPR_NE] = true,          [TOASTY__EXPR_LT] = true,
        [TOASTY__EXPR_LE] = true,          [TOASTY__EXPR_GT] = true,
        [TOASTY__EXPR_GE] = true,          [TOASTY__EXPR_IS_NULL] = true,
        [TOASTY__EXPR_IS_NOT_NULL] = true, [TOASTY__EXPR_IS_NOT_TRUE] = true,
        [TOASTY__EXPR_IN] = true,          [TOASTY__EXPR_NOT_IN] = true,
        [TOASTY__EXPR_TUPLE_IN] = true,    [TOASTY__EXPR_LIKE] = true,
        [TOASTY__EXPR_ILIKE] = true,       [TOASTY__EXPR_CONTAINS] = true,
        [TOASTY__EXPR_STARTS_WITH] = true, [TOASTY__EXPR_ENDS_WITH] = true,
        [TOASTY__EXPR_EXISTS] = true,
    };
    return conditions[expr->tag];
}

/* --- the walk --- */

/* Nodes that are still to be seen, the next one last. */
typedef struct pending {
    toasty__visited *items;
    size_t count, capacity;
    uint32_t depth; /* of what is added */
    bool failed;
} pending;

static void add(pending *all, toasty__visited visited)
{
    if (!visited.expr && !visited.stmt && !visited.source)
        return;
    all->failed =
        all->failed || toasty__grow((void **)&all->items, &all->capacity, all->count + 1, sizeof visited) < 0;
    if (all->failed)
        return;
    visited.depth = all->depth;
    all->items[all->count++] = visited;
}

static void add_expr(pending *all, toasty__role role, const toasty__expr *expr)
{
    add(all, (toasty__visited){.expr = expr, .role = (uint8_t)role});
}

static void add_exprs(pending *all, toasty__role role, toasty__expr *const *exprs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        add_expr(all, role, exprs[i]);
}

static void add_stmt(pending *all, toasty__role role, const toasty__stmt *stmt)
{
    add(all, (toasty__visited){.stmt = stmt, .role = (uint8_t)role});
}

static void add_assignments(pending *all, toasty__role role, const toasty__assignment *assignments,
                            uint16_t count)
{
    for (uint16_t i = 0; i < count; i++)
        add(all, (toasty__visited){
                     .expr = assignments[i].value, .role = (uint8_t)role, .field = assignments[i].field});
}

static void add_below_stmt(pending *all, const toasty__stmt *stmt)
{
    const toasty__conflict *conflict = stmt->insert.conflict;
    for (const toasty__source *source = stmt->from; source; source = source->next)
        add(all, (toasty__visited){.source = source, .role = TOASTY__ROLE_SOURCE});
    for (uint16_t i = 0; i < stmt->item_count; i++)
        add_expr(all, TOASTY__ROLE_ITEM, stmt->items[i].value);
    add_assignments(all, TOASTY__ROLE_SET, stmt->update.assignments, stmt->update.assignment_count);
    if (conflict)
        add_assignments(all, TOASTY__ROLE_CONFLICT, conflict->assignments, conflict->assignment_count);
    add_expr(all, TOASTY__ROLE_WHERE, stmt->where);
    add_exprs(all, TOASTY__ROLE_GROUP, stmt->select.group, stmt->select.group_count);
    add_expr(all, TOASTY__ROLE_HAVING, stmt->select.having);
    add_exprs(all, TOASTY__ROLE_PARTITION, stmt->select.partition, stmt->select.partition_count);
    for (uint16_t i = 0; i < stmt->select.order_count; i++)
        add(all, (toasty__visited){.expr = stmt->select.orders[i].value,
                                   .order = &stmt->select.orders[i],
                                   .role = TOASTY__ROLE_ORDER});
}

static void add_below(pending *all, const toasty__visited *visited)
{
    const toasty__expr *expr = visited->expr;
    all->depth = visited->depth + 1;
    if (visited->stmt)
        add_below_stmt(all, visited->stmt);
    else if (visited->source) {
        add_stmt(all, TOASTY__ROLE_OPERAND, visited->source->select);
        add_exprs(all, TOASTY__ROLE_OPERAND, visited->source->lists, visited->source->list_count);
        add_expr(all, TOASTY__ROLE_ON, visited->source->on);
    } else {
        add_exprs(all, TOASTY__ROLE_OPERAND, expr->items, expr->count);
        if (expr->tag == TOASTY__EXPR_EXISTS || expr->tag == TOASTY__EXPR_SELECT)
            add_stmt(all, TOASTY__ROLE_OPERAND, expr->select);
    }
}

/* They were added in their order, and are taken from the end. */
static void turn(pending *all, size_t from)
{
    for (size_t to = all->count; from + 1 < to; from++) {
        toasty__visited first = all->items[from];
        all->items[from] = all->items[--to];
        all->items[to] = first;
    }
}

static int walk(pending *all, toasty__see see, void *arg)
{
    toasty__visit_next next = TOASTY__VISIT_CONTINUE;
    while (all->count && !all->failed && next != TOASTY__VISIT_STOP) {
        toasty__visited visited = all->items[--all->count];
        size_t from = all->count;
        next = see(&visited, arg);
        if (next == TOASTY__VISIT_CONTINUE) {
            add_below(all, &visited);
            turn(all, from);
        }
    }
    toasty__free(all->items);
    return all->failed ? -1 : next == TOASTY__VISIT_STOP;
}

int toasty__visit_stmt(const toasty__stmt *stmt, toasty__see see, void *arg)
{
    pending all = {.items = NULL};
    add_stmt(&all, TOASTY__ROLE_ROOT, stmt);
    return walk(&all, see, arg);
}

int toasty__visit_expr(const toasty__expr *expr, toasty__see see, void *arg)
{
    pending all = {.items = NULL};
    add_expr(&all, TOASTY__ROLE_ROOT, expr);
    return walk(&all, see, arg);
}
