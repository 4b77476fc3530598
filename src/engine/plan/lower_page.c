/* The condition of a keyset page: which rows come after the cursor row.
 *
 * For an order (a, b, c) these are the rows with a after the cursor's a, or a equal and b after, or a and b
 * equal and c after. Directions may differ, and NULL comes before or after all values. Rows that were
 * inserted or deleted since change nothing: the cursor is a position in the order, not a row number. */
#include "engine/plan/lower.h"

static bool nulls_come_first(toasty__term order)
{
    return toasty__nulls_come_first(order.descending, order.nulls_turned);
}

/* Column after the cursor's value; NULL when nothing is. */
static toasty__expr *strictly_after(toasty__lowering *l, const toasty_model *model, toasty__term order,
                                    uint32_t value, bool is_null)
{
    const toasty_field *field = &model->fields[order.field];
    bool nullable = field->flags & TOASTY_FIELD_NULL_COLUMN;
    toasty__expr *column = toasty__lower_column(l, order.field);
    if (is_null)
        return nulls_come_first(order) ? toasty__lower_node(l, TOASTY__EXPR_IS_NOT_NULL, column, NULL) : NULL;
    toasty__expr *parameter = toasty__lower_parameter(l, field, TOASTY__BIND_VALUE, value);
    toasty__expr *after =
        toasty__lower_node(l, order.descending ? TOASTY__EXPR_LT : TOASTY__EXPR_GT, column, parameter);
    if (!nullable || nulls_come_first(order))
        return after;
    return toasty__lower_node(l, TOASTY__EXPR_OR, after,
                              toasty__lower_node(l, TOASTY__EXPR_IS_NULL, column, NULL));
}

static toasty__expr *equal(toasty__lowering *l, const toasty_model *model, uint16_t field, uint32_t value,
                           bool is_null)
{
    toasty__expr *column = toasty__lower_column(l, field);
    if (is_null)
        return toasty__lower_node(l, TOASTY__EXPR_IS_NULL, column, NULL);
    return toasty__lower_node(l, TOASTY__EXPR_EQ, column,
                              toasty__lower_parameter(l, &model->fields[field], TOASTY__BIND_VALUE, value));
}

toasty__expr *toasty__lower_after(toasty__lowering *l, const toasty_model *model, const toasty__term *orders,
                                  uint32_t count, uint32_t first_value, const uint32_t *places,
                                  const bool *nulls)
{
    toasty__expr *either[TOASTY__MAX_TERMS], *all[TOASTY__MAX_TERMS];
    uint32_t ways = 0;
    for (uint32_t i = 0; i < count; i++) {
        toasty__expr *after = strictly_after(l, model, orders[i], first_value + places[i], nulls[i]);
        if (!after)
            continue;
        for (uint32_t before = 0; before < i; before++)
            all[before] = equal(l, model, orders[before].field, first_value + places[before], nulls[before]);
        all[i] = after;
        either[ways++] = toasty__lower_join(l, TOASTY__EXPR_AND, all, i + 1);
    }
    return ways ? toasty__lower_join(l, TOASTY__EXPR_OR, either, ways)
                : toasty__lower_node(l, TOASTY__EXPR_FALSE, NULL, NULL);
}
