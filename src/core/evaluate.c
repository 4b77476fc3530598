/* Evaluating conditions on one row: see evaluate.h. */
#include "core/evaluate.h"

#include "core/access.h"
#include "core/decode.h"
#include <math.h>
#include <string.h>

/* --- order --- */

static int compare_bytes(const void *a, size_t a_length, const void *b, size_t b_length)
{
    size_t common = a_length < b_length ? a_length : b_length;
    int order = common ? memcmp(a, b, common) : 0;
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

/* NaN is the largest number and equal to itself, so that the order is total. */
static int compare_reals(double a, double b)
{
    if (isnan(a) || isnan(b))
        return !!isnan(a) - !!isnan(b);
    return (a > b) - (a < b);
}

/* The place of an enum's value in its declaration. */
static int place_of(const toasty_enum *labels, int64_t value)
{
    for (uint16_t i = 0; i < labels->count; i++)
        if (labels->values[i] == value)
            return i;
    return labels->count;
}

int toasty__compare_values(const toasty_field *field, const toasty_value *a, const toasty_value *b)
{
    if (a->kind != b->kind) /* NULL and others; numbers up to INT64_MAX and those above */
        return (a->kind > b->kind) - (a->kind < b->kind);
    switch ((toasty_value_kind)a->kind) {
    case TOASTY_VALUE_INT:
        if (field->type == TOASTY_TYPE_ENUM)
            return place_of(field->labels, a->as.integer) - place_of(field->labels, b->as.integer);
        return (a->as.integer > b->as.integer) - (a->as.integer < b->as.integer);
    case TOASTY_VALUE_UINT:
        return (a->as.unsigned_integer > b->as.unsigned_integer) -
               (a->as.unsigned_integer < b->as.unsigned_integer);
    case TOASTY_VALUE_FLOAT:
        return compare_reals(a->as.real, b->as.real);
    case TOASTY_VALUE_TEXT:
    case TOASTY_VALUE_BYTES:
        return compare_bytes(a->as.bytes, a->len, b->as.bytes, b->len);
    case TOASTY_VALUE_UUID:
        return memcmp(a->as.uuid, b->as.uuid, sizeof(a->as.uuid));
    default:
        return 0;
    }
}

/* --- rows --- */

static toasty_value value_of_values(const toasty__row *row, uint16_t field)
{
    return ((const toasty_value *)row->data)[field];
}

toasty__row toasty__row_of_values(const toasty_model *model, const toasty_value *values)
{
    return (toasty__row){model, value_of_values, values};
}

static toasty_value value_of_record(const toasty__row *row, uint16_t field)
{
    return toasty__get(row->model, row->data, &row->model->fields[field]);
}

toasty__row toasty__row_of_record(const toasty_model *model, const void *record)
{
    return (toasty__row){model, value_of_record, record};
}

/* --- conditions --- */

/* What is known how to evaluate. */
static const bool known[TOASTY__EXPR_COUNT] = {
    [TOASTY__EXPR_COLUMN] = true,   [TOASTY__EXPR_PARAMETER] = true,   [TOASTY__EXPR_TRUE] = true,
    [TOASTY__EXPR_FALSE] = true,    [TOASTY__EXPR_AND] = true,         [TOASTY__EXPR_OR] = true,
    [TOASTY__EXPR_NOT] = true,      [TOASTY__EXPR_EQ] = true,          [TOASTY__EXPR_NE] = true,
    [TOASTY__EXPR_LT] = true,       [TOASTY__EXPR_LE] = true,          [TOASTY__EXPR_GT] = true,
    [TOASTY__EXPR_GE] = true,       [TOASTY__EXPR_IS_NULL] = true,     [TOASTY__EXPR_IS_NOT_NULL] = true,
    [TOASTY__EXPR_IN] = true,       [TOASTY__EXPR_IS_NOT_TRUE] = true, [TOASTY__EXPR_NOT_IN] = true,
    [TOASTY__EXPR_CONTAINS] = true, [TOASTY__EXPR_TUPLE_IN] = true,
};

static toasty__visit_next see(const toasty__visited *visited, void *arg)
{
    const toasty__expr *expr = visited->expr;
    (void)arg;
    return expr && known[expr->tag] && visited->depth <= TOASTY__MOST_NESTED ? TOASTY__VISIT_CONTINUE
                                                                             : TOASTY__VISIT_STOP;
}

int toasty__can_evaluate(const toasty__expr *condition)
{
    int stopped = toasty__visit_expr(condition, see, NULL);
    return stopped < 0 ? -1 : !stopped;
}

/* What a condition is evaluated over. */
typedef struct evaluation {
    const toasty__row *row;
    const toasty_value *parameters;
} evaluation;

static toasty__truth truth_of(bool holds)
{
    return holds ? TOASTY__TRUE : TOASTY__FALSE;
}

static toasty__truth opposite(toasty__truth truth)
{
    return (toasty__truth)(TOASTY__TRUE - truth);
}

static toasty_value value_of(const evaluation *of, const toasty__expr *operand)
{
    return operand->tag == TOASTY__EXPR_COLUMN ? of->row->value_of(of->row, operand->field)
                                               : of->parameters[operand->parameter];
}

static bool is_in(const toasty_value *text, const toasty_value *part)
{
    return !part->len || memmem(text->as.bytes, text->len, part->as.bytes, part->len);
}

static toasty__truth compare(const evaluation *of, const toasty__expr *comparison)
{
    const toasty__expr *column = comparison->items[0];
    toasty_value left = value_of(of, column), right = value_of(of, comparison->items[1]);
    if (left.kind == TOASTY_VALUE_NULL || right.kind == TOASTY_VALUE_NULL)
        return TOASTY__UNKNOWN;
    if (comparison->tag == TOASTY__EXPR_CONTAINS)
        return truth_of(is_in(&left, &right));
    int order = toasty__compare_values(&of->row->model->fields[column->field], &left, &right);
    switch ((toasty__expr_tag)comparison->tag) {
    case TOASTY__EXPR_EQ:
        return truth_of(order == 0);
    case TOASTY__EXPR_NE:
        return truth_of(order != 0);
    case TOASTY__EXPR_LT:
        return truth_of(order < 0);
    case TOASTY__EXPR_LE:
        return truth_of(order <= 0);
    case TOASTY__EXPR_GT:
        return truth_of(order > 0);
    default:
        return truth_of(order >= 0);
    }
}

/* Is the value of each column that of item i of its list? */
static toasty__truth equal_items(const evaluation *of, const toasty__expr *list, uint32_t i)
{
    toasty__truth all = TOASTY__TRUE;
    uint32_t columns = list->count / 2;
    for (uint32_t c = 0; c < columns && all != TOASTY__FALSE; c++) {
        toasty_value items = value_of(of, list->items[columns + c]), left = value_of(of, list->items[c]);
        toasty_value right = toasty__list_item(&items, i);
        toasty__truth one = TOASTY__UNKNOWN;
        if (left.kind != TOASTY_VALUE_NULL && right.kind != TOASTY_VALUE_NULL)
            one = truth_of(
                toasty__compare_values(&of->row->model->fields[list->items[c]->field], &left, &right) == 0);
        all = one < all ? one : all;
    }
    return all;
}

static toasty__truth find_in_list(const evaluation *of, const toasty__expr *list)
{
    toasty__truth any = TOASTY__FALSE;
    toasty_value first = value_of(of, list->items[list->count / 2]);
    for (uint32_t i = 0; i < first.len && any != TOASTY__TRUE; i++) {
        toasty__truth one = equal_items(of, list, i);
        any = one > any ? one : any;
    }
    return any;
}

static toasty__truth evaluate(const evaluation *of, const toasty__expr *condition);

/* The least of them; of their opposites where all are turned: OR is that, turned again. */
static toasty__truth least_of(const evaluation *of, const toasty__expr *join, bool turned)
{
    toasty__truth least = TOASTY__TRUE;
    for (uint32_t i = 0; i < join->count && least != TOASTY__FALSE; i++) {
        toasty__truth one = evaluate(of, join->items[i]);
        one = turned ? opposite(one) : one;
        least = one < least ? one : least;
    }
    return least;
}

static toasty__truth evaluate(const evaluation *of, const toasty__expr *condition)
{
    switch ((toasty__expr_tag)condition->tag) {
    case TOASTY__EXPR_TRUE:
    case TOASTY__EXPR_FALSE:
        return truth_of(condition->tag == TOASTY__EXPR_TRUE);
    case TOASTY__EXPR_AND:
        return least_of(of, condition, false);
    case TOASTY__EXPR_OR:
        return opposite(least_of(of, condition, true));
    case TOASTY__EXPR_NOT:
        return opposite(evaluate(of, condition->items[0]));
    case TOASTY__EXPR_IS_NULL:
        return truth_of(value_of(of, condition->items[0]).kind == TOASTY_VALUE_NULL);
    case TOASTY__EXPR_IS_NOT_NULL:
        return truth_of(value_of(of, condition->items[0]).kind != TOASTY_VALUE_NULL);
    case TOASTY__EXPR_IS_NOT_TRUE:
        return truth_of(evaluate(of, condition->items[0]) != TOASTY__TRUE);
    case TOASTY__EXPR_IN:
    case TOASTY__EXPR_TUPLE_IN:
        return find_in_list(of, condition);
    case TOASTY__EXPR_NOT_IN:
        return opposite(find_in_list(of, condition));
    default:
        return compare(of, condition);
    }
}

toasty__truth toasty__evaluate(const toasty__expr *condition, const toasty__row *row,
                               const toasty_value *parameters)
{
    return evaluate(&(evaluation){row, parameters}, condition);
}
