/* Lowering conditions: postfix programs become expressions over columns and parameters. */
#include "base/error.h"
#include "core/access.h"
#include "core/operators.h"
#include "engine/plan/lower.h"
#include <string.h>

/* Of the operators that are one node. */
static const uint8_t tags[TOASTY_OPERATOR_COUNT] = {
    [TOASTY_EQ] = TOASTY__EXPR_EQ,
    [TOASTY_NE] = TOASTY__EXPR_NE,
    [TOASTY_LT] = TOASTY__EXPR_LT,
    [TOASTY_LE] = TOASTY__EXPR_LE,
    [TOASTY_GT] = TOASTY__EXPR_GT,
    [TOASTY_GE] = TOASTY__EXPR_GE,
    [TOASTY_IN] = TOASTY__EXPR_IN,
    [TOASTY_NOT_IN] = TOASTY__EXPR_NOT_IN,
    [TOASTY_IS_NULL] = TOASTY__EXPR_IS_NULL,
    [TOASTY_IS_NOT_NULL] = TOASTY__EXPR_IS_NOT_NULL,
    [TOASTY_ENDS_WITH] = TOASTY__EXPR_ENDS_WITH,
    [TOASTY_CONTAINS] = TOASTY__EXPR_CONTAINS,
    [TOASTY_LIKE] = TOASTY__EXPR_LIKE,
    [TOASTY_ILIKE] = TOASTY__EXPR_ILIKE,
    [TOASTY_EQ_NOCASE] = TOASTY__EXPR_EQ,
    [TOASTY_NE_NOCASE] = TOASTY__EXPR_NE,
    [TOASTY_STARTS_WITH_NOCASE] = TOASTY__EXPR_STARTS_WITH,
    [TOASTY_ENDS_WITH_NOCASE] = TOASTY__EXPR_ENDS_WITH,
    [TOASTY_CONTAINS_NOCASE] = TOASTY__EXPR_CONTAINS,
    [TOASTY_AND] = TOASTY__EXPR_AND,
    [TOASTY_OR] = TOASTY__EXPR_OR,
    [TOASTY_NOT] = TOASTY__EXPR_NOT,
    [TOASTY_TRUE] = TOASTY__EXPR_TRUE,
    [TOASTY_FALSE] = TOASTY__EXPR_FALSE,
};

static toasty__expr *compare(toasty__lowering *l, const toasty_model *model, uint16_t field,
                             toasty__expr_tag tag, toasty__bind_source source, uint32_t value)
{
    return toasty__lower_node(l, tag, toasty__lower_column(l, field),
                              toasty__lower_parameter(l, toasty__field_at(model, field), source, value));
}

static toasty__expr *fold(toasty__lowering *l, toasty__expr *text)
{
    toasty__expr *folded = toasty__lower_node(l, TOASTY__EXPR_CALL, text, NULL);
    if (folded)
        folded->function = TOASTY__FUNCTION_LOWER;
    return folded;
}

/* Both sides are folded by the database, which an index on lower(column) serves. */
static toasty__expr *compare_folded(toasty__lowering *l, const toasty_model *model, const toasty_node *node)
{
    toasty__expr *operand =
        toasty__lower_parameter(l, toasty__field_at(model, node->field), TOASTY__BIND_VALUE, l->next_value++);
    return toasty__lower_node(l, (toasty__expr_tag)tags[node->op],
                              fold(l, toasty__lower_column(l, node->field)), fold(l, operand));
}

static toasty__expr *lower_list(toasty__lowering *l, const toasty_model *model, const toasty_node *node,
                                const toasty_value *operand)
{
    toasty__expr *expr =
        compare(l, model, node->field, (toasty__expr_tag)tags[node->op], TOASTY__BIND_VALUE, l->next_value++);
    if (!expr || l->failed)
        return NULL;
    toasty_parameter *parameter = &l->parameters[l->parameter_count - 1];
    parameter->list = true;
    parameter->list_size = toasty__list_size(l->engine->driver->capability, operand->len);
    return expr;
}

/* One comparison; *operand is the next one of the condition and is moved on. */
static toasty__expr *lower_comparison(toasty__lowering *l, const toasty_model *model, const toasty_node *node,
                                      const toasty_value **operand)
{
    toasty__expr_tag tag = (toasty__expr_tag)tags[node->op];
    switch ((toasty_operator)node->op) {
    case TOASTY_IS_NULL:
    case TOASTY_IS_NOT_NULL:
        return toasty__lower_node(l, tag, toasty__lower_column(l, node->field), NULL);
    case TOASTY_TRUE:
    case TOASTY_FALSE:
        return toasty__lower_node(l, tag, NULL, NULL);
    case TOASTY_BETWEEN: {
        *operand += 2;
        toasty__expr *low =
            compare(l, model, node->field, TOASTY__EXPR_GE, TOASTY__BIND_VALUE, l->next_value++);
        toasty__expr *high =
            compare(l, model, node->field, TOASTY__EXPR_LE, TOASTY__BIND_VALUE, l->next_value++);
        return toasty__lower_node(l, TOASTY__EXPR_AND, low, high);
    }
    case TOASTY_STARTS_WITH: {
        /* A range, which an index serves. */
        *operand += 1;
        uint32_t value = l->next_value++;
        toasty__expr *low = compare(l, model, node->field, TOASTY__EXPR_GE, TOASTY__BIND_VALUE, value);
        toasty__expr *high = compare(l, model, node->field, TOASTY__EXPR_LT, TOASTY__BIND_PREFIX_END, value);
        return toasty__lower_node(l, TOASTY__EXPR_AND, low, high);
    }
    case TOASTY_IN:
    case TOASTY_NOT_IN:
        *operand += 1;
        return lower_list(l, model, node, *operand - 1);
    case TOASTY_EQ:
    case TOASTY_NE:
    case TOASTY_LT:
    case TOASTY_LE:
    case TOASTY_GT:
    case TOASTY_GE:
    case TOASTY_ENDS_WITH:
    case TOASTY_CONTAINS:
    case TOASTY_LIKE:
    case TOASTY_ILIKE:
        *operand += 1;
        return compare(l, model, node->field, tag, TOASTY__BIND_VALUE, l->next_value++);
    case TOASTY_EQ_NOCASE:
    case TOASTY_NE_NOCASE:
    case TOASTY_STARTS_WITH_NOCASE:
    case TOASTY_ENDS_WITH_NOCASE:
    case TOASTY_CONTAINS_NOCASE:
        *operand += 1;
        return compare_folded(l, model, node);
    case TOASTY_ABSENT:
    case TOASTY_AND:
    case TOASTY_OR:
    case TOASTY_NOT:
    case TOASTY_THROUGH:
    case TOASTY_ANY:
    case TOASTY_NONE:
    case TOASTY_EVERY:
    case TOASTY_OPERATOR_COUNT:
        break; /* not comparisons */
    }
    l->failed = true;
    return NULL;
}

/* Related rows whose condition is being read: a select inside of the statement. */
typedef struct inner {
    const toasty_relation *relation;
    toasty__stmt *select;
    toasty__source *outer;     /* what the rows are related to */
    const toasty_model *model; /* whose fields are meant there */
    struct inner *around;
} inner;

/* A postfix program while it becomes a tree. */
typedef struct reading {
    toasty__lowering *l;
    const toasty_model *model;   /* whose fields are meant */
    const toasty_value *operand; /* the next one */
    toasty__expr **stack;
    uint32_t top;
    inner *inner; /* the innermost one; NULL: the statement's own rows are meant */
} reading;

static void read_through(reading *r, uint16_t number)
{
    toasty__lowering *l = r->l;
    inner *related = toasty__lower_alloc(l, sizeof(*related));
    if (!related)
        return;
    *related = (inner){&toasty__model_of(r->model)->relations[number], NULL, l->source, r->model, r->inner};
    related->select = toasty__lower_inner(l, l->source, related->relation->target);
    r->inner = related;
    r->model = related->relation->target;
}

/* Whether there are rows for which the condition is true; for every: none for which it is not. */
static toasty__expr *read_quantifier(reading *r, toasty_operator quantifier, toasty__expr *condition)
{
    toasty__lowering *l = r->l;
    inner *related = r->inner;
    toasty__expr *both[] = {toasty__lower_link(l, related->relation, related->outer, l->source), condition};
    toasty__expr *exists = toasty__lower_expr(l, TOASTY__EXPR_EXISTS, 0, NULL);
    if (condition && quantifier == TOASTY_EVERY)
        both[1] = toasty__lower_node(l, TOASTY__EXPR_IS_NOT_TRUE, condition, NULL);
    if (l->failed)
        return NULL;
    related->select->where = toasty__lower_join(l, TOASTY__EXPR_AND, both, condition ? 2 : 1);
    exists->select = related->select;
    l->source = related->outer;
    r->model = related->model;
    r->inner = related->around;
    return quantifier == TOASTY_ANY ? exists : toasty__lower_node(l, TOASTY__EXPR_NOT, exists, NULL);
}

static uint32_t taken_by(const toasty_node *node)
{
    switch (toasty__operator_of(node->op)->class) {
    case TOASTY__OPERATOR_JOIN:
        return node->op == TOASTY_NOT ? 1 : node->count;
    case TOASTY__OPERATOR_QUANTIFIER:
        return node->count;
    default:
        return 0;
    }
}

/* What a node makes of the `taken` expressions before it. */
static toasty__expr *read_node(reading *r, const toasty_node *node, toasty__expr *const *items,
                               uint32_t taken)
{
    switch (toasty__operator_of(node->op)->class) {
    case TOASTY__OPERATOR_JOIN:
        return node->op == TOASTY_NOT
                   ? toasty__lower_node(r->l, TOASTY__EXPR_NOT, items[0], NULL)
                   : toasty__lower_join(r->l, (toasty__expr_tag)tags[node->op], items, taken);
    case TOASTY__OPERATOR_QUANTIFIER:
        return read_quantifier(r, (toasty_operator)node->op, taken ? items[0] : NULL);
    default:
        return lower_comparison(r->l, r->model, node, &r->operand);
    }
}

static int malformed(toasty__lowering *l, const toasty_model *model)
{
    return toasty__fail(l->err, TOASTY_INVALID_STATEMENT, "a condition of %s is not well formed",
                        model->name);
}

/* Postfix to tree. *out is NULL for an absent condition. */
static int lower_where(toasty__lowering *l, const toasty_model *model, const toasty__where *where,
                       toasty__expr **out)
{
    *out = NULL;
    if (!where->node_count)
        return 0;
    reading r = {.l = l, .model = model, .operand = where->operands};
    r.stack = toasty__lower_alloc(l, where->node_count * sizeof(toasty__expr *));
    for (uint32_t i = 0; i < where->node_count && !l->failed; i++) {
        const toasty_node *node = &where->nodes[i];
        uint32_t taken = taken_by(node);
        if (node->op == TOASTY_THROUGH) {
            read_through(&r, node->field);
            continue;
        }
        if (taken > r.top)
            return malformed(l, model);
        r.top -= taken;
        r.stack[r.top] = read_node(&r, node, r.stack + r.top, taken);
        r.top++;
    }
    if (l->failed)
        return -1;
    *out = r.stack[0];
    return r.top == 1 && !r.inner ? 0 : malformed(l, model);
}

void toasty__lower_also(toasty__conjunction *all, toasty__expr *expr)
{
    if (expr)
        all->items[all->count++] = expr;
}

/* A condition on a field of an index; *key is its first value and is moved on. */
static toasty__expr *lower_key(toasty__lowering *l, const toasty_model *model, uint16_t field,
                               toasty_operator op, const toasty_value **key)
{
    toasty_node node = {.op = (uint8_t)op, .field = field};
    return lower_comparison(l, model, &node, key);
}

/* Keys of an index, the owner of a relation, a record: the conditions that precede the options of a call. */
void toasty__lower_scope(toasty__lowering *l, const toasty_request *request, bool as_known,
                         toasty__conjunction *all)
{
    const toasty_model *model = request->model;
    const toasty_value *key = request->keys;
    for (uint32_t i = 0; i < request->key_count; i++)
        toasty__lower_also(all, lower_key(l, model, request->by->fields[i],
                                          key->kind == TOASTY_VALUE_LIST ? TOASTY_IN : TOASTY_EQ, &key));
    if (request->range)
        toasty__lower_also(all, lower_key(l, model, request->by->fields[request->key_count],
                                          (toasty_operator)request->range, &key));
    bool via = request->owner && request->relation->via;
    if (via)
        toasty__lower_also(all, toasty__lower_via_owner(l, request->relation));
    for (uint32_t i = 0; request->owner && !via && i < request->relation->field_count; i++)
        toasty__lower_also(all, compare(l, model, request->relation->their_fields[i], TOASTY__EXPR_EQ,
                                        TOASTY__BIND_VALUE, l->next_value++));
    for (uint32_t i = 0; i < l->plan->record_field_count; i++, l->next_value++)
        if (as_known || i < model->indexes[0].field_count)
            toasty__lower_also(all, compare(l, model, l->plan->record_fields[i], TOASTY__EXPR_EQ,
                                            TOASTY__BIND_VALUE, l->next_value));
}

/* The conditions of the options themselves. */
int toasty__lower_find_where(toasty__lowering *l, const toasty_model *model, const toasty_find *find,
                             toasty__conjunction *all)
{
    toasty__where wheres[2];
    toasty__expr *expr;
    toasty__find_wheres(find, wheres);
    for (int i = 0; i < 2; i++) {
        if (lower_where(l, model, &wheres[i], &expr) < 0)
            return -1;
        toasty__lower_also(all, expr);
    }
    return 0;
}
