/* Conditions: postfix programs of fixed size.
 *
 * Only the used part of a condition is ever written or read, so that a short one costs little. One that does
 * not fit is marked and becomes `false`: marked so that the call that uses it fails, never absent, so that it
 * cannot widen anything. */
#include <string.h>
#include <toasty/codegen.h>

static toasty_condition *begin(toasty_condition *out)
{
    out->node_count = out->operand_count = out->overflow = out->last = 0;
    return out;
}

static void add_node(toasty_condition *out, toasty_operator op, unsigned count, uint16_t field)
{
    out->nodes[out->node_count++] = (toasty_node){(uint8_t)op, (uint8_t)count, field};
}

static void overflow(toasty_condition *out)
{
    begin(out)->overflow = 1;
    add_node(out, TOASTY_FALSE, 0, 0);
}

static bool is_pattern(toasty_operator op)
{
    return op == TOASTY_STARTS_WITH || op == TOASTY_ENDS_WITH || op == TOASTY_CONTAINS;
}

/* The comparison that needs no operand, because its operand decides it. */
static bool decided(toasty_operator op, const toasty_value *operand, toasty_operator *test)
{
    if (operand->kind == TOASTY_VALUE_LIST && operand->len == 0) {
        *test = op == TOASTY_NOT_IN ? TOASTY_TRUE : TOASTY_FALSE;
        return true;
    }
    /* Every text begins and ends with nothing and has it in it. */
    if (operand->kind == TOASTY_VALUE_TEXT && operand->len == 0 && is_pattern(op)) {
        *test = TOASTY_IS_NOT_NULL;
        return true;
    }
    return false;
}

static toasty_value required(toasty_value operand)
{
    if (operand.kind == TOASTY_VALUE_NULL)
        return (toasty_value){.kind = TOASTY_VALUE_INVALID, .as.text = "NULL for what is never NULL"};
    return operand;
}

void toasty__compare(toasty_condition *out, uint16_t field, toasty_operator op, toasty_value operand)
{
    toasty_operator test;
    begin(out);
    if (decided(op, &operand, &test)) {
        add_node(out, test, 0, field);
        return;
    }
    add_node(out, op, 0, field);
    out->operands[out->operand_count++] = required(operand);
}

void toasty__between(toasty_condition *out, uint16_t field, toasty_value low, toasty_value high)
{
    add_node(begin(out), TOASTY_BETWEEN, 0, field);
    out->operands[out->operand_count++] = required(low);
    out->operands[out->operand_count++] = required(high);
}

void toasty__compare_nullable(toasty_condition *out, uint16_t field, toasty_operator op, toasty_value operand)
{
    if (operand.kind == TOASTY_VALUE_NULL && (op == TOASTY_EQ || op == TOASTY_NE))
        toasty__test(out, field, op == TOASTY_EQ ? TOASTY_IS_NULL : TOASTY_IS_NOT_NULL);
    else
        toasty__compare(out, field, op, operand);
}

void toasty__test(toasty_condition *out, uint16_t field, toasty_operator op)
{
    add_node(begin(out), op, 0, field);
}

/* Appends the first `nodes` nodes of a condition with all its operands. False, with `out` marked, when there
 * is no room. */
static bool append(toasty_condition *out, const toasty_condition *part, size_t nodes)
{
    if (part->overflow || out->overflow || out->node_count + nodes > TOASTY_MAX_NODES ||
        out->operand_count + part->operand_count > TOASTY_MAX_OPERANDS) {
        overflow(out);
        return false;
    }
    memcpy(out->nodes + out->node_count, part->nodes, nodes * sizeof *out->nodes);
    memcpy(out->operands + out->operand_count, part->operands, part->operand_count * sizeof *out->operands);
    out->node_count = (uint8_t)(out->node_count + nodes);
    out->operand_count = (uint8_t)(out->operand_count + part->operand_count);
    return true;
}

static void finish(toasty_condition *out, toasty_operator op, unsigned count)
{
    if (out->node_count == TOASTY_MAX_NODES)
        overflow(out);
    else
        add_node(out, op, count, 0);
}

static void join(toasty_condition *out, toasty_operator op, const toasty_condition *list, size_t stride,
                 size_t count)
{
    unsigned joined = 0;
    const toasty_condition *part = list;
    begin(out);
    for (; count > 0 && !part->last;
         count--, part = (const toasty_condition *)((const char *)part + stride)) {
        if (part->node_count == 0)
            continue;
        /* A part that is such a join itself brings its own parts. */
        const toasty_node *end = &part->nodes[part->node_count - 1];
        bool same = end->op == op;
        if (!append(out, part, part->node_count - (size_t)same))
            return;
        joined += same ? end->count : 1;
    }
    if (joined > 1)
        finish(out, op, joined);
}

void toasty__join(toasty_condition *out, toasty_operator op, const toasty_condition *list, size_t stride)
{
    join(out, op, list, stride, SIZE_MAX);
}

void toasty__through(toasty_condition *out, uint16_t relation, toasty_operator quantifier,
                     const toasty_condition *list, size_t stride, size_t count)
{
    toasty_condition rows;
    join(&rows, TOASTY_AND, list, stride, count + 1);
    begin(out);
    if (rows.node_count == 0 && quantifier == TOASTY_EVERY)
        return;
    add_node(out, TOASTY_THROUGH, 0, relation);
    if (append(out, &rows, rows.node_count))
        finish(out, quantifier, rows.node_count > 0);
}

void toasty__not(toasty_condition *out, const toasty_condition *condition)
{
    size_t nodes = condition->node_count;
    begin(out);
    if (nodes == 0)
        return;
    bool twice = condition->nodes[nodes - 1].op == TOASTY_NOT;
    if (append(out, condition, nodes - (size_t)twice) && !twice)
        finish(out, TOASTY_NOT, 1);
}

toasty_condition toasty__moved(const toasty_condition *condition, uint16_t by)
{
    toasty_condition moved = *condition;
    uint32_t depth = 0; /* what stands within a relation is of its target */
    for (uint32_t i = 0; i < moved.node_count; i++) {
        toasty_operator op = (toasty_operator)moved.nodes[i].op;
        depth += op == TOASTY_THROUGH;
        if (depth == 0)
            moved.nodes[i].field = (uint16_t)(moved.nodes[i].field + by);
        depth -= op == TOASTY_ANY || op == TOASTY_NONE || op == TOASTY_EVERY;
    }
    return moved;
}
