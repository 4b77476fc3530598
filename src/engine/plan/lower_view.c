/* Lowering views: what a member of a view is in the statement that reads its model, and which rows make a
 * group.
 *
 * A path through relations to one is a join, the same for all members that take it. What counts or adds up
 * the rows of a has_many is a select of its own inside of the statement, which finds them by their foreign
 * key, so that a view is one statement and no row of it comes twice. */
#include "base/error.h"
#include "core/access.h"
#include "core/types.h"
#include "engine/plan/lower.h"

toasty__source *toasty__lower_target(toasty__lowering *l, toasty__source *from,
                                     const toasty_relation *relation, bool left)
{
    for (uint16_t i = 0; i < l->join_count; i++)
        if (l->joins[i].from == from && l->joins[i].relation == relation)
            return l->joins[i].to;
    toasty__source *target =
        toasty__lower_joined(l, relation->target, left ? TOASTY__JOIN_LEFT : TOASTY__JOIN_INNER);
    if (!target)
        return NULL;
    target->on = toasty__lower_link(l, relation, from, target);
    if (l->join_count < TOASTY__MAX_JOINS) /* else it is joined once more */
        l->joins[l->join_count++] = (toasty__joining){from, relation, target};
    return target;
}

/* What the relations to one at the beginning of a member's path lead to. */
static toasty__source *lower_path(toasty__lowering *l, const toasty_member *member)
{
    toasty__source *source = l->source;
    bool left = false;
    for (uint8_t i = 0; source && i < member->path_length && member->path[i]->kind != TOASTY_HAS_MANY; i++) {
        const toasty_relation *step = member->path[i];
        left = left || step->kind != TOASTY_BELONGS_TO || !step->required;
        source = toasty__lower_target(l, source, step, left);
    }
    return source;
}

/* The has_many that the path ends with; NULL: it ends with a field. */
static const toasty_relation *many_of(const toasty_member *member)
{
    const toasty_relation *last = member->path_length ? member->path[member->path_length - 1] : NULL;
    return last && last->kind == TOASTY_HAS_MANY ? last : NULL;
}

static toasty__expr *lower_field(toasty__lowering *l, const toasty_member *member)
{
    const toasty__source *source = lower_path(l, member);
    toasty__expr *column = source ? toasty__lower_column_of(l, source, member->field) : NULL;
    toasty__expr *cut =
        column && member->unit ? toasty__lower_node(l, TOASTY__EXPR_CUT, column, NULL) : column;
    if (cut && member->unit) {
        cut->unit = member->unit;
        cut->type = source->model->fields[member->field].type;
    }
    return cut;
}

/* --- what many rows come to --- */

/* Of a field of this type; of rows, of none. */
static toasty__function function_of(const toasty_member *member, uint8_t type)
{
    static const uint8_t functions[][2] = {
        [TOASTY_VIEWED_COUNT] = {TOASTY__FUNCTION_COUNT, TOASTY__FUNCTION_COUNT},
        [TOASTY_VIEWED_COUNT_DISTINCT] = {TOASTY__FUNCTION_COUNT_DISTINCT, TOASTY__FUNCTION_COUNT_DISTINCT},
        [TOASTY_VIEWED_SUM] = {TOASTY__FUNCTION_SUM, TOASTY__FUNCTION_SUM_REALS},
        [TOASTY_VIEWED_AVERAGE] = {TOASTY__FUNCTION_AVERAGE, TOASTY__FUNCTION_AVERAGE_REALS},
        [TOASTY_VIEWED_MIN] = {TOASTY__FUNCTION_MIN, TOASTY__FUNCTION_MIN},
        [TOASTY_VIEWED_MAX] = {TOASTY__FUNCTION_MAX, TOASTY__FUNCTION_MAX},
    };
    return (toasty__function)functions[member->viewed][toasty__class_of(type) == TOASTY_CLASS_REAL];
}

static toasty__expr *lower_call(toasty__lowering *l, const toasty_member *member, const toasty__source *rows)
{
    bool counts = member->viewed == TOASTY_VIEWED_COUNT;
    toasty__expr *column = rows && !counts ? toasty__lower_column_of(l, rows, member->field) : NULL;
    toasty__expr *call = toasty__lower_node(l, TOASTY__EXPR_CALL, column, NULL);
    if (l->failed || !rows)
        return NULL;
    call->function = (uint8_t)function_of(member, rows->model->fields[member->field].type);
    return call;
}

static toasty__expr *lower_exists(toasty__lowering *l, toasty__stmt *rows, const toasty__source *outer,
                                  const toasty_relation *relation)
{
    toasty__expr *exists = toasty__lower_expr(l, TOASTY__EXPR_EXISTS, 0, NULL);
    if (l->failed)
        return NULL;
    rows->where = toasty__lower_link(l, relation, outer, l->source);
    exists->select = rows;
    return exists;
}

static toasty__expr *lower_related(toasty__lowering *l, const toasty_member *member,
                                   const toasty_relation *relation)
{
    toasty__source *own = l->source, *outer = lower_path(l, member);
    toasty__stmt *rows = outer ? toasty__lower_inner(l, outer, relation->target) : NULL;
    toasty__expr *value = NULL;
    if (rows && member->viewed == TOASTY_VIEWED_EXISTS)
        value = lower_exists(l, rows, outer, relation);
    else if (rows) {
        toasty__expr *call = lower_call(l, member, l->source);
        value = call ? toasty__lower_inner_value(l, rows, outer, relation, call) : NULL;
    }
    l->source = own;
    return value;
}

/* --- groups --- */

int toasty__lower_groups(toasty__lowering *l, toasty__stmt *stmt)
{
    const toasty_view *view = l->view ? l->view->view : NULL;
    if (!view || !view->group_count)
        return 0;
    toasty__expr **groups = toasty__lower_alloc(l, view->group_count * sizeof(*groups));
    for (uint16_t i = 0; i < view->group_count && !l->failed; i++)
        groups[i] = lower_field(l, &view->groups[i]);
    stmt->select.group = groups;
    stmt->select.group_count = view->group_count;
    l->grouped = stmt;
    return l->failed ? -1 : 0;
}

/* The same column, cut or not. */
static bool is_same(const toasty__expr *a, const toasty__expr *b)
{
    if (a->tag == TOASTY__EXPR_CUT && b->tag == TOASTY__EXPR_CUT && a->unit == b->unit) {
        a = a->items[0];
        b = b->items[0];
    }
    return a->tag == TOASTY__EXPR_COLUMN && b->tag == TOASTY__EXPR_COLUMN && a->source == b->source &&
           a->field == b->field;
}

static bool is_group(const toasty__stmt *grouped, const toasty__expr *expr)
{
    for (uint16_t i = 0; i < grouped->select.group_count; i++)
        if (is_same(grouped->select.group[i], expr))
            return true;
    return false;
}

/* What a condition is about. */
typedef struct about {
    const toasty__stmt *grouped;
    bool rows, groups; /* what differs within a group; what a group comes to */
} about;

static toasty__visit_next look(const toasty__visited *visited, void *arg)
{
    about *about = arg;
    const toasty__expr *expr = visited->expr;
    if (is_group(about->grouped, expr))
        return TOASTY__VISIT_SKIP;
    if (toasty__is_aggregate(expr)) {
        about->groups = true;
        return TOASTY__VISIT_SKIP;
    }
    bool others = expr->tag == TOASTY__EXPR_EXISTS || expr->tag == TOASTY__EXPR_SELECT;
    about->rows = about->rows || others || expr->tag == TOASTY__EXPR_COLUMN;
    return others ? TOASTY__VISIT_SKIP : TOASTY__VISIT_CONTINUE;
}

/* A cut time that makes groups, in a condition that chooses from them, becomes the least of its group, which
 * is itself: MySQL knows no more than columns and aggregates there. */
static toasty__visit_next take_least(const toasty__visited *visited, void *arg)
{
    toasty__lowering *l = arg;
    toasty__expr *cut =
        (toasty__expr *)visited->expr; /* made for this condition, and nobody has read it yet */
    if (toasty__is_aggregate(cut))
        return TOASTY__VISIT_SKIP;
    if (cut->tag != TOASTY__EXPR_CUT || !is_group(l->grouped, cut))
        return TOASTY__VISIT_CONTINUE;
    toasty__expr *copy = toasty__lower_node(l, TOASTY__EXPR_CUT, cut->items[0], NULL);
    toasty__expr *least = toasty__lower_node(l, TOASTY__EXPR_CALL, copy, NULL);
    if (l->failed)
        return TOASTY__VISIT_STOP;
    copy->unit = cut->unit;
    copy->type = cut->type;
    least->function = TOASTY__FUNCTION_MIN;
    *cut = *least;
    return TOASTY__VISIT_SKIP;
}

/* Puts one condition where it belongs. */
static int part_condition(toasty__lowering *l, toasty__expr *condition, toasty__expr **where,
                          toasty__expr **having)
{
    about about = {.grouped = l->grouped};
    if (toasty__visit_expr(condition, look, &about) < 0)
        return toasty__fail_memory(l->err);
    if (about.rows && about.groups)
        return toasty__fail(
            l->err, TOASTY_INVALID_STATEMENT,
            "a condition of %s joins one of rows and one of groups by `or` or `not`: only `and` "
            "can join them",
            l->view->name);
    if (about.groups && toasty__visit_expr(condition, take_least, l) != 0)
        return toasty__fail_memory(l->err);
    toasty__expr **to = about.groups ? having : where;
    *to = *to ? toasty__lower_node(l, TOASTY__EXPR_AND, *to, condition) : condition;
    return 0;
}

int toasty__lower_part(toasty__lowering *l, toasty__expr *condition, toasty__stmt *stmt)
{
    if (!condition || l->grouped != stmt) {
        stmt->where = condition;
        return 0;
    }
    if (condition->tag != TOASTY__EXPR_AND)
        return part_condition(l, condition, &stmt->where, &stmt->select.having);
    for (uint32_t i = 0; i < condition->count; i++) {
        toasty__expr *part = condition->items[i];
        if (part->tag == TOASTY__EXPR_AND) {
            for (uint32_t j = 0; j < part->count; j++)
                if (part_condition(l, part->items[j], &stmt->where, &stmt->select.having) < 0)
                    return -1;
        } else if (part_condition(l, part, &stmt->where, &stmt->select.having) < 0)
            return -1;
    }
    return 0;
}

/* --- members --- */

static bool is_shown_as(const toasty_member *a, const toasty_member *b)
{
    bool same = a->viewed == b->viewed && a->field == b->field && a->unit == b->unit &&
                a->path_length == b->path_length;
    for (uint8_t i = 0; same && i < a->path_length; i++)
        same = a->path[i] == b->path[i];
    return same;
}

uint16_t toasty__group_field(const toasty_model *view, uint16_t group)
{
    for (uint16_t i = 0; i < view->field_count; i++)
        if (is_shown_as(&view->view->members[i], &view->view->groups[group]))
            return i;
    return (uint16_t)(toasty__field_count(view) + group);
}

toasty__expr *toasty__lower_member(toasty__lowering *l, uint16_t field)
{
    const toasty_model *view = l->view;
    if (field >= toasty__field_count(view))
        return l->grouped->select.group[field - toasty__field_count(view)];
    if (field >= view->field_count)
        return toasty__lower_column_of(l, l->source, (uint16_t)(field - view->field_count));
    const toasty_member *member = &view->view->members[field];
    if (member->viewed == TOASTY_VIEWED_FIELD)
        return lower_field(l, member);
    return many_of(member) ? lower_related(l, member, many_of(member))
                           : lower_call(l, member, lower_path(l, member));
}
