/* Expressions: parentheses only where the reader of SQL needs them.
 *
 * What binds tighter has a higher level. Nothing here recurses, since a condition may nest as deep as its
 * maker likes and the stack is a fiber's: what is still to be written waits on a stack of pieces. Chains of
 * and/or are flattened, however they were nested, and long ones are written in halves, because the parser of
 * a database nests a chain once a term. */
#include "base/alloc.h"
#include "base/arena.h"
#include "sql/writer.h"

enum { LEVEL_ANY = -1, LEVEL_OR, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARISON, LEVEL_SUM, LEVEL_PRIMARY };

enum { LONGEST_CHAIN = 128 };

/* Something to write: a text; an expression, in parentheses unless it binds tighter than `level`; or the
 * items from … to of a chain. */
typedef struct piece {
    const char *text;
    const toasty__expr *expr;
    const toasty__expr *const *chain;
    uint32_t from, to;
    int level;
} piece;

typedef struct pieces {
    toasty__sql_writer *w;
    piece *items;
    size_t count, capacity;
} pieces;

static void push(pieces *stack, piece piece)
{
    if (toasty__grow((void **)&stack->items, &stack->capacity, stack->count + 1, sizeof piece) < 0)
        stack->w->out->failed = true;
    else
        stack->items[stack->count++] = piece;
}

static void push_text(pieces *stack, const char *text)
{
    push(stack, (piece){.text = text});
}

static void push_expr(pieces *stack, const toasty__expr *expr, int level)
{
    push(stack, (piece){.expr = expr, .level = level});
}

/* --- chains --- */

static bool is_join(const toasty__expr *expr)
{
    return expr->tag == TOASTY__EXPR_AND || expr->tag == TOASTY__EXPR_OR;
}

/* The same without chains of one. */
static const toasty__expr *bare(const toasty__expr *expr)
{
    while (is_join(expr) && expr->count == 1)
        expr = expr->items[0];
    return expr;
}

/* The items of a chain with those of equal chains in it, in order; they live as long as the writer's scratch.
 */
static const toasty__expr **flatten(toasty__sql_writer *w, const toasty__expr *chain, uint32_t *count)
{
    const toasty__expr **pending = NULL, **leaves = NULL;
    size_t pending_count = 0, pending_room = 0, leaf_count = 0, leaf_room = 0;
    bool failed = toasty__grow((void **)&pending, &pending_room, 1, sizeof *pending) < 0;
    if (!failed)
        pending[pending_count++] = chain;
    while (pending_count && !failed) {
        const toasty__expr *expr = bare(pending[--pending_count]);
        if (expr->tag != chain->tag) {
            failed = toasty__grow((void **)&leaves, &leaf_room, leaf_count + 1, sizeof *leaves) < 0;
            if (!failed)
                leaves[leaf_count++] = expr;
            continue;
        }
        failed =
            toasty__grow((void **)&pending, &pending_room, pending_count + expr->count, sizeof *pending) < 0;
        for (uint32_t i = expr->count; i-- > 0 && !failed;)
            pending[pending_count++] = expr->items[i];
    }
    const toasty__expr **kept =
        failed ? NULL : toasty__arena_copy(&w->scratch, leaves, leaf_count * sizeof *leaves);
    toasty__free(pending);
    toasty__free(leaves);
    *count = (uint32_t)leaf_count;
    w->out->failed |= !kept;
    return kept;
}

static void expand_join(pieces *stack, const toasty__expr *expr)
{
    uint32_t count;
    const toasty__expr **items = flatten(stack->w, expr, &count);
    if (!items)
        return;
    if (count)
        push(stack, (piece){.chain = items,
                            .to = count,
                            .level = expr->tag == TOASTY__EXPR_AND ? LEVEL_AND : LEVEL_OR});
    else
        push_text(stack, expr->tag == TOASTY__EXPR_AND ? "TRUE" : "FALSE");
}

static void expand_chain(pieces *stack, piece chain)
{
    const char *word = chain.level == LEVEL_AND ? " AND " : " OR ";
    if (chain.to - chain.from > LONGEST_CHAIN) {
        piece first = chain, second = chain;
        first.to = second.from = chain.from + (chain.to - chain.from) / 2;
        push_text(stack, ")");
        push(stack, second);
        push_text(stack, "(");
        push_text(stack, word);
        push_text(stack, ")");
        push(stack, first);
        push_text(stack, "(");
        return;
    }
    for (uint32_t i = chain.to; i-- > chain.from;) {
        push_expr(stack, chain.chain[i], chain.level);
        if (i > chain.from)
            push_text(stack, word);
    }
}

/* --- operators --- */

static int level_of(const toasty__expr *expr)
{
    switch ((toasty__expr_tag)expr->tag) {
    case TOASTY__EXPR_OR:
        return expr->count ? LEVEL_OR : LEVEL_PRIMARY;
    case TOASTY__EXPR_AND:
        return expr->count ? LEVEL_AND : LEVEL_PRIMARY;
    case TOASTY__EXPR_NOT:
        return LEVEL_NOT;
    case TOASTY__EXPR_COLUMN:
    case TOASTY__EXPR_PARAMETER:
    case TOASTY__EXPR_TRUE:
    case TOASTY__EXPR_FALSE:
        return LEVEL_PRIMARY;
    case TOASTY__EXPR_ADD:
    case TOASTY__EXPR_SUBTRACT:
        return LEVEL_SUM;
    default:
        return LEVEL_COMPARISON;
    }
}

/* The second operand, the word and the first one wait in this order, so that the first is written first. */
static void expand_binary(pieces *stack, const toasty__expr *expr, const char *word, int level)
{
    push_expr(stack, expr->items[1], level);
    push_text(stack, word);
    push_expr(stack, expr->items[0], level);
}

static void expand_pattern(pieces *stack, const toasty__expr *expr, const char *word)
{
    push_text(stack, " ESCAPE '\\'");
    expand_binary(stack, expr, word, LEVEL_COMPARISON);
}

static void expand_contains(pieces *stack, const toasty__expr *expr)
{
    push_text(stack, ") > 0");
    expand_binary(stack, expr, ", ", LEVEL_ANY);
    push_text(stack, "(");
    push_text(stack, stack->w->rules->position);
}

/* The last length(end) characters. A text that is shorter than its end has too few of them to be equal. */
static void expand_ends_with(pieces *stack, const toasty__expr *expr)
{
    const toasty__expr *text = expr->items[0], *end = expr->items[1];
    push_expr(stack, end, LEVEL_COMPARISON);
    push_text(stack, ") + 1) = ");
    push_expr(stack, end, LEVEL_ANY);
    push_text(stack, ") - length(");
    push_expr(stack, text, LEVEL_ANY);
    push_text(stack, ", length(");
    push_expr(stack, text, LEVEL_ANY);
    push_text(stack, "substr(");
}

static void expand_after(pieces *stack, const toasty__expr *expr, const char *after)
{
    push_text(stack, after);
    push_expr(stack, expr->items[0], LEVEL_COMPARISON);
}

static void expand(pieces *stack, const toasty__expr *expr)
{
    toasty__sql_writer *w = stack->w;
    switch ((toasty__expr_tag)expr->tag) {
    case TOASTY__EXPR_COLUMN:
        toasty__sql_column(w, expr->field);
        break;
    case TOASTY__EXPR_PARAMETER:
        toasty__sql_parameter(w, expr->parameter, 0);
        break;
    case TOASTY__EXPR_TRUE:
        toasty__sql_text(w, "TRUE");
        break;
    case TOASTY__EXPR_FALSE:
        toasty__sql_text(w, "FALSE");
        break;
    case TOASTY__EXPR_AND:
    case TOASTY__EXPR_OR:
        expand_join(stack, expr);
        break;
    case TOASTY__EXPR_NOT:
        toasty__sql_text(w, "NOT ");
        push_expr(stack, expr->items[0], LEVEL_NOT);
        break;
    case TOASTY__EXPR_EQ:
        expand_binary(stack, expr, " = ", LEVEL_COMPARISON);
        break;
    case TOASTY__EXPR_NE:
        expand_binary(stack, expr, " <> ", LEVEL_COMPARISON);
        break;
    case TOASTY__EXPR_LT:
        expand_binary(stack, expr, " < ", LEVEL_COMPARISON);
        break;
    case TOASTY__EXPR_LE:
        expand_binary(stack, expr, " <= ", LEVEL_COMPARISON);
        break;
    case TOASTY__EXPR_GT:
        expand_binary(stack, expr, " > ", LEVEL_COMPARISON);
        break;
    case TOASTY__EXPR_GE:
        expand_binary(stack, expr, " >= ", LEVEL_COMPARISON);
        break;
    case TOASTY__EXPR_IS_NULL:
        expand_after(stack, expr, " IS NULL");
        break;
    case TOASTY__EXPR_IS_NOT_NULL:
        expand_after(stack, expr, " IS NOT NULL");
        break;
    case TOASTY__EXPR_IN:
    case TOASTY__EXPR_NOT_IN:
        w->rules->in(w, expr);
        break;
    case TOASTY__EXPR_TUPLE_IN:
        w->rules->tuple_in(w, expr);
        break;
    case TOASTY__EXPR_LIKE:
        expand_pattern(stack, expr, " LIKE ");
        break;
    case TOASTY__EXPR_ILIKE:
        if (w->rules->ilike)
            expand_pattern(stack, expr, w->rules->ilike);
        else
            w->unsupported = "ilike";
        break;
    case TOASTY__EXPR_CONTAINS:
        expand_contains(stack, expr);
        break;
    case TOASTY__EXPR_ENDS_WITH:
        expand_ends_with(stack, expr);
        break;
    case TOASTY__EXPR_ADD:
        expand_binary(stack, expr, " + ", LEVEL_SUM);
        break;
    case TOASTY__EXPR_SUBTRACT:
        expand_binary(stack, expr, " - ", LEVEL_SUM);
        break;
    }
}

static void expand_within(pieces *stack, const toasty__expr *expr, int level)
{
    expr = bare(expr);
    if (level_of(expr) > level) {
        expand(stack, expr);
        return;
    }
    push_text(stack, ")");
    push_expr(stack, expr, LEVEL_ANY);
    toasty__sql_text(stack->w, "(");
}

void toasty__sql_expr(toasty__sql_writer *w, const toasty__expr *expr)
{
    pieces stack = {.w = w};
    push_expr(&stack, expr, LEVEL_ANY);
    while (stack.count && !w->out->failed) {
        piece next = stack.items[--stack.count];
        if (next.text)
            toasty__sql_text(w, next.text);
        else if (next.chain)
            expand_chain(&stack, next);
        else
            expand_within(&stack, next.expr, next.level);
    }
    toasty__free(stack.items);
}
