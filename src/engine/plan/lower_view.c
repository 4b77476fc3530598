/* Lowering views: what a member of a view is in the statement that reads its model.
 *
 * A path through relations to one is a join, the same for all members that take it. What counts or adds up
 * the rows of a has_many is a select of its own inside of the statement, which finds them by their foreign
 * key, so that a view is one statement and no row of it comes twice. */
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

static toasty__expr *lower_field(toasty__lowering *l, const toasty_member *member)
{
    toasty__source *source = l->source;
    bool left = false;
    for (uint8_t i = 0; source && i < member->path_length; i++) {
        const toasty_relation *step = member->path[i];
        left = left || step->kind != TOASTY_BELONGS_TO || !step->required;
        source = toasty__lower_target(l, source, step, left);
    }
    return source ? toasty__lower_column_of(l, source, member->field) : NULL;
}

static toasty__function function_of(const toasty_member *member, const toasty_field *field)
{
    static const uint8_t functions[][2] = {
        [TOASTY_VIEWED_COUNT] = {TOASTY__FUNCTION_COUNT, TOASTY__FUNCTION_COUNT},
        [TOASTY_VIEWED_SUM] = {TOASTY__FUNCTION_SUM, TOASTY__FUNCTION_SUM_REALS},
        [TOASTY_VIEWED_AVERAGE] = {TOASTY__FUNCTION_AVERAGE, TOASTY__FUNCTION_AVERAGE_REALS},
        [TOASTY_VIEWED_MIN] = {TOASTY__FUNCTION_MIN, TOASTY__FUNCTION_MIN},
        [TOASTY_VIEWED_MAX] = {TOASTY__FUNCTION_MAX, TOASTY__FUNCTION_MAX},
    };
    return (toasty__function)functions[member->viewed][toasty__class_of(field->type) == TOASTY_CLASS_REAL];
}

static toasty__expr *lower_aggregate(toasty__lowering *l, const toasty_member *member)
{
    const toasty_relation *relation = member->path[0];
    toasty__source *outer = l->source;
    toasty__stmt *rows = toasty__lower_inner(l, outer, relation->target);
    bool counts = member->viewed == TOASTY_VIEWED_COUNT;
    toasty__expr *column = rows && !counts ? toasty__lower_column(l, member->field) : NULL;
    toasty__expr *call = toasty__lower_node(l, TOASTY__EXPR_CALL, column, NULL);
    if (l->failed)
        return NULL;
    call->function = (uint8_t)function_of(member, &relation->target->fields[member->field]);
    return toasty__lower_inner_value(l, rows, outer, relation, call);
}

toasty__expr *toasty__lower_member(toasty__lowering *l, uint16_t field)
{
    const toasty_model *view = l->view;
    if (field >= view->field_count)
        return toasty__lower_column_of(l, l->source, (uint16_t)(field - view->field_count));
    const toasty_member *member = &view->view->members[field];
    return member->viewed == TOASTY_VIEWED_FIELD ? lower_field(l, member) : lower_aggregate(l, member);
}
