/* Expressions: parentheses only where the reader of SQL needs them.
 *
 * Chains of and/or are flattened, however they were nested, and long ones are written in halves, because the
 * parser of a database nests a chain once a term. */
#include "base/alloc.h"
#include "core/types.h"
#include "sql/pieces.h"
#include <string.h>

enum { LONGEST_CHAIN = 128 };

/* --- chains --- */

static bool is_chain(const toasty__expr *expr)
{
    return expr->tag == TOASTY__EXPR_AND || expr->tag == TOASTY__EXPR_OR;
}

/* The same without chains of one. */
static const toasty__expr *bare(const toasty__expr *expr)
{
    while (is_chain(expr) && expr->count == 1)
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

static void expand_flat(toasty__sql_pieces *pieces, const toasty__expr *expr)
{
    uint32_t count;
    const toasty__expr **items = flatten(pieces->w, expr, &count);
    int level = expr->tag == TOASTY__EXPR_AND ? LEVEL_AND : LEVEL_OR;
    if (!items)
        return;
    if (count)
        toasty__sql_add(pieces, (toasty__sql_piece){.chain = items, .to = count, .level = level});
    else
        toasty__sql_text(pieces->w, level == LEVEL_AND ? "TRUE" : "FALSE");
}

static void add_half(toasty__sql_pieces *pieces, toasty__sql_piece half, uint32_t from, uint32_t to)
{
    half.from = from;
    half.to = to;
    toasty__sql_add_text(pieces, "(");
    toasty__sql_add(pieces, half);
    toasty__sql_add_text(pieces, ")");
}

void toasty__sql_expand_chain(toasty__sql_pieces *pieces, const toasty__sql_piece *chain)
{
    const char *word = chain->level == LEVEL_AND ? " AND " : " OR ";
    if (chain->to - chain->from > LONGEST_CHAIN) {
        uint32_t middle = chain->from + (chain->to - chain->from) / 2;
        add_half(pieces, *chain, chain->from, middle);
        toasty__sql_add_text(pieces, word);
        add_half(pieces, *chain, middle, chain->to);
        return;
    }
    for (uint32_t i = chain->from; i < chain->to; i++) {
        toasty__sql_add_text(pieces, i > chain->from ? word : "");
        toasty__sql_add_expr(pieces, chain->chain[i], chain->level);
    }
}

/* --- operators --- */

/* Words between two items, or behind the only one. */
static const char *word_of(const toasty__expr *expr)
{
    static const char *const words[TOASTY__EXPR_COUNT] = {
        [TOASTY__EXPR_EQ] = " = ",
        [TOASTY__EXPR_NE] = " <> ",
        [TOASTY__EXPR_LT] = " < ",
        [TOASTY__EXPR_LE] = " <= ",
        [TOASTY__EXPR_GT] = " > ",
        [TOASTY__EXPR_GE] = " >= ",
        [TOASTY__EXPR_IS_NULL] = " IS NULL",
        [TOASTY__EXPR_IS_NOT_NULL] = " IS NOT NULL",
        [TOASTY__EXPR_IS_NOT_TRUE] = " IS NOT TRUE",
        [TOASTY__EXPR_IN] = " IN ",
        [TOASTY__EXPR_NOT_IN] = " NOT IN ",
        [TOASTY__EXPR_TUPLE_IN] = " IN ",
        [TOASTY__EXPR_LIKE] = " LIKE ",
        [TOASTY__EXPR_ADD] = " + ",
        [TOASTY__EXPR_SUBTRACT] = " - ",
        [TOASTY__EXPR_MULTIPLY] = " * ",
    };
    return words[expr->tag];
}

static int level_of(const toasty__expr *expr)
{
    switch ((toasty__expr_tag)expr->tag) {
    case TOASTY__EXPR_OR:
        return expr->count ? LEVEL_OR : LEVEL_PRIMARY;
    case TOASTY__EXPR_AND:
        return expr->count ? LEVEL_AND : LEVEL_PRIMARY;
    case TOASTY__EXPR_NOT:
        return LEVEL_NOT;
    case TOASTY__EXPR_RAW: /* nobody knows what is in it */
        return expr->count ? LEVEL_OR : LEVEL_PRIMARY;
    case TOASTY__EXPR_COLUMN:
    case TOASTY__EXPR_INCOMING:
    case TOASTY__EXPR_CREATED:
    case TOASTY__EXPR_PARAMETER:
    case TOASTY__EXPR_TRUE:
    case TOASTY__EXPR_FALSE:
    case TOASTY__EXPR_CALL:
    case TOASTY__EXPR_CUT:
    case TOASTY__EXPR_EXISTS:
    case TOASTY__EXPR_SELECT:
        return LEVEL_PRIMARY;
    case TOASTY__EXPR_ADD:
    case TOASTY__EXPR_SUBTRACT:
    case TOASTY__EXPR_MULTIPLY: /* of a column and a value */
        return LEVEL_SUM;
    default:
        return LEVEL_COMPARISON;
    }
}

static void add_binary(toasty__sql_pieces *pieces, const toasty__expr *expr, const char *word, int level)
{
    toasty__sql_add_expr(pieces, expr->items[0], level);
    toasty__sql_add_text(pieces, word);
    toasty__sql_add_expr(pieces, expr->items[1], level);
}

/* The column of reals that is calculated with; NULL: it is not one. */
static const toasty_field *real_column(const toasty__expr *expr)
{
    const toasty__expr *column = expr->items[0];
    while (column->tag == TOASTY__EXPR_ADD || column->tag == TOASTY__EXPR_SUBTRACT)
        column = column->items[0]; /* a sum of several */
    if (column->tag != TOASTY__EXPR_COLUMN || !column->source->model)
        return NULL;
    const toasty_field *field = &column->source->model->fields[column->field];
    return toasty__class_of(field->type) == TOASTY_CLASS_REAL ? field : NULL;
}

static void add_arithmetic(toasty__sql_pieces *pieces, const toasty__expr *expr, const char *word)
{
    const toasty__sql_rules *rules = pieces->w->rules;
    const char *function = expr->tag == TOASTY__EXPR_MULTIPLY ? rules->real_product : rules->real_sum;
    const toasty_field *real = function ? real_column(expr) : NULL;
    if (!real) {
        add_binary(pieces, expr, word, LEVEL_SUM);
        return;
    }
    toasty__sql_add_text(pieces, function);
    toasty__sql_add_text(pieces, "(");
    toasty__sql_add_expr(pieces, expr->items[0], LEVEL_ANY);
    toasty__sql_add_text(pieces, expr->tag == TOASTY__EXPR_SUBTRACT ? ", -" : ", ");
    toasty__sql_add_expr(pieces, expr->items[1], LEVEL_SUM);
    toasty__sql_add_text(pieces, real->type == TOASTY_TYPE_F32 ? ", 32)" : ", 64)");
}

static void add_pattern(toasty__sql_pieces *pieces, const toasty__expr *expr, const char *word)
{
    add_binary(pieces, expr, word, LEVEL_COMPARISON);
    toasty__sql_add_text(pieces, " ESCAPE ");
    toasty__sql_add_text(pieces, pieces->w->rules->backslash);
}

static void add_function(toasty__sql_pieces *pieces, toasty__function function)
{
    const char *own = pieces->w->rules->functions[function];
    toasty__sql_add_text(pieces, own ? own : toasty__function_name(function));
    toasty__sql_add_text(pieces, "(");
}

/* Part number n of a text in which each % stands for the argument. */
static void write_part(toasty__sql_writer *w, const void *text, uint32_t number)
{
    const char *part = text;
    for (; number > 0; number--)
        part = strchr(part, '%') + 1;
    toasty__buffer_add(w->out, part, strcspn(part, "%"));
}

/* What a dialect says by more than a name. */
static void add_worded(toasty__sql_pieces *pieces, const char *text, const toasty__expr *argument)
{
    const char *at = text;
    for (uint32_t part = 0; at; part++) {
        toasty__sql_add_write(pieces, write_part, text, part);
        at = strchr(at, '%');
        if (at)
            toasty__sql_add_expr(pieces, argument, LEVEL_ANY);
        at = at ? at + 1 : NULL;
    }
}

static void write_number(toasty__sql_writer *w, const void *unused, uint32_t number)
{
    (void)unused;
    toasty__buffer_printf(w->out, "%u", number);
}

/* As many bytes of a text. */
static void write_bytes(toasty__sql_writer *w, const void *text, uint32_t length)
{
    toasty__buffer_add(w->out, text, length);
}

/* The first moment of the unit that a time is in. */
static void add_cut(toasty__sql_pieces *pieces, const toasty__expr *expr)
{
    static const char beginning[] = "0000-01-01 00:00:00.000000";
    static const uint32_t kept[] = {0,
#define DIGITS_OF(NAME, name, digits) digits,
                                    TOASTY_UNITS(DIGITS_OF)
#undef DIGITS_OF
    };
    uint32_t start = expr->type == TOASTY_TYPE_TIME ? 11 : 0; /* where its text is in the one above */
    uint32_t end = expr->type == TOASTY_TYPE_DATE ? 10 : sizeof beginning - 1, digits = kept[expr->unit];
    for (const char *at = pieces->w->rules->cuts[expr->type]; *at; at++) {
        size_t length = strcspn(at, "%@#&");
        if (*at == '%')
            toasty__sql_add_expr(pieces, expr->items[0], LEVEL_ANY);
        else if (*at == '@')
            toasty__sql_add_text(pieces, toasty__unit_name(expr->unit));
        else if (*at == '#')
            toasty__sql_add_write(pieces, write_number, NULL, digits - start);
        else if (*at == '&')
            toasty__sql_add_write(pieces, write_bytes, beginning + digits, end - digits);
        else {
            toasty__sql_add_write(pieces, write_bytes, at, (uint32_t)length);
            at += length - 1;
        }
    }
}

static void add_call(toasty__sql_pieces *pieces, const toasty__expr *expr)
{
    const char *own = pieces->w->rules->functions[expr->function];
    if (own && strchr(own, '%')) {
        add_worded(pieces, own, expr->items[0]);
        return;
    }
    add_function(pieces, (toasty__function)expr->function);
    if (expr->function == TOASTY__FUNCTION_COUNT && !expr->count)
        toasty__sql_add_text(pieces, "*");
    toasty__sql_add_exprs(pieces, expr->items, expr->count);
    toasty__sql_add_text(pieces, ")");
}

static void add_contains(toasty__sql_pieces *pieces, const toasty__expr *expr)
{
    add_function(pieces, TOASTY__FUNCTION_POSITION);
    toasty__sql_add_exprs(pieces, expr->items, 2);
    toasty__sql_add_text(pieces, ") > 0");
}

static void add_length(toasty__sql_pieces *pieces, const toasty__expr *text)
{
    add_function(pieces, TOASTY__FUNCTION_LENGTH);
    toasty__sql_add_expr(pieces, text, LEVEL_ANY);
}

/* The first length(start) characters. */
static void add_starts_with(toasty__sql_pieces *pieces, const toasty__expr *expr)
{
    toasty__sql_add_text(pieces, "substr(");
    toasty__sql_add_expr(pieces, expr->items[0], LEVEL_ANY);
    toasty__sql_add_text(pieces, ", 1, ");
    add_length(pieces, expr->items[1]);
    toasty__sql_add_text(pieces, ")) = ");
    toasty__sql_add_expr(pieces, expr->items[1], LEVEL_COMPARISON);
}

/* The last length(end) characters. A text that is shorter than its end has too few of them to be equal. */
static void add_ends_with(toasty__sql_pieces *pieces, const toasty__expr *expr)
{
    const toasty__expr *text = expr->items[0], *end = expr->items[1];
    toasty__sql_add_text(pieces, "substr(");
    toasty__sql_add_expr(pieces, text, LEVEL_ANY);
    toasty__sql_add_text(pieces, ", ");
    add_length(pieces, text);
    toasty__sql_add_text(pieces, ") - ");
    add_length(pieces, end);
    toasty__sql_add_text(pieces, ") + 1) = ");
    toasty__sql_add_expr(pieces, end, LEVEL_COMPARISON);
}

static void add_select(toasty__sql_pieces *pieces, const char *before, const toasty__stmt *select)
{
    toasty__sql_add_text(pieces, before);
    toasty__sql_add(pieces, (toasty__sql_piece){.select = select});
    toasty__sql_add_text(pieces, ")");
}

/* In a list: that is a dialect's own way. */
static void expand_in(toasty__sql_pieces *pieces, const toasty__expr *expr)
{
    const toasty__expr *list = expr->items[expr->count - 1];
    bool tuple = expr->tag == TOASTY__EXPR_TUPLE_IN;
    if (list->tag != TOASTY__EXPR_SELECT) {
        (tuple ? pieces->w->rules->tuple_in : pieces->w->rules->in)(pieces->w, expr);
        return;
    }
    toasty__sql_add_text(pieces, tuple ? "(" : "");
    toasty__sql_add_exprs(pieces, expr->items, expr->count - 1);
    toasty__sql_add_text(pieces, tuple ? ")" : "");
    toasty__sql_add_text(pieces, word_of(expr));
    toasty__sql_add_expr(pieces, list, LEVEL_ANY);
}

static void add_raw(toasty__sql_pieces *pieces, const toasty__expr *expr)
{
    for (uint32_t i = 0; i < expr->count; i++) {
        toasty__sql_add_text(pieces, expr->texts[i]);
        toasty__sql_add_expr(pieces, expr->items[i], LEVEL_SUM);
    }
    toasty__sql_add_text(pieces, expr->texts[expr->count]);
}

static void add_ilike(toasty__sql_pieces *pieces, const toasty__expr *expr)
{
    if (pieces->w->rules->ilike)
        add_pattern(pieces, expr, pieces->w->rules->ilike);
    else
        pieces->w->unsupported = "ilike";
}

static void expand(toasty__sql_pieces *pieces, const toasty__expr *expr)
{
    toasty__sql_writer *w = pieces->w;
    switch ((toasty__expr_tag)expr->tag) {
    case TOASTY__EXPR_COLUMN:
        toasty__sql_column(w, expr);
        break;
    case TOASTY__EXPR_INCOMING:
        toasty__sql_incoming(w, expr->field);
        break;
    case TOASTY__EXPR_CREATED:
        toasty__sql_text(w, w->rules->created ? w->rules->created : "NULL");
        break;
    case TOASTY__EXPR_PARAMETER:
        toasty__sql_parameter(w, expr->parameter, 0);
        break;
    case TOASTY__EXPR_RAW:
        add_raw(pieces, expr);
        break;
    case TOASTY__EXPR_TRUE:
        toasty__sql_text(w, "TRUE");
        break;
    case TOASTY__EXPR_FALSE:
        toasty__sql_text(w, "FALSE");
        break;
    case TOASTY__EXPR_AND:
    case TOASTY__EXPR_OR:
        expand_flat(pieces, expr);
        break;
    case TOASTY__EXPR_NOT:
        toasty__sql_add_text(pieces, "NOT ");
        toasty__sql_add_expr(pieces, expr->items[0], LEVEL_NOT);
        break;
    case TOASTY__EXPR_IS_NULL:
    case TOASTY__EXPR_IS_NOT_NULL:
    case TOASTY__EXPR_IS_NOT_TRUE:
        toasty__sql_add_expr(pieces, expr->items[0], LEVEL_COMPARISON);
        toasty__sql_add_text(pieces, word_of(expr));
        break;
    case TOASTY__EXPR_IN:
    case TOASTY__EXPR_NOT_IN:
    case TOASTY__EXPR_TUPLE_IN:
        expand_in(pieces, expr);
        break;
    case TOASTY__EXPR_LIKE:
        add_pattern(pieces, expr, word_of(expr));
        break;
    case TOASTY__EXPR_ILIKE:
        add_ilike(pieces, expr);
        break;
    case TOASTY__EXPR_CONTAINS:
        add_contains(pieces, expr);
        break;
    case TOASTY__EXPR_STARTS_WITH:
        add_starts_with(pieces, expr);
        break;
    case TOASTY__EXPR_ENDS_WITH:
        add_ends_with(pieces, expr);
        break;
    case TOASTY__EXPR_CALL:
        add_call(pieces, expr);
        break;
    case TOASTY__EXPR_CUT:
        add_cut(pieces, expr);
        break;
    case TOASTY__EXPR_EXISTS:
        add_select(pieces, "EXISTS (", expr->select);
        break;
    case TOASTY__EXPR_SELECT:
        add_select(pieces, "(", expr->select);
        break;
    case TOASTY__EXPR_ADD:
    case TOASTY__EXPR_SUBTRACT:
    case TOASTY__EXPR_MULTIPLY:
        add_arithmetic(pieces, expr, word_of(expr));
        break;
    default:
        add_binary(pieces, expr, word_of(expr), level_of(expr));
    }
}

void toasty__sql_expand_expr(toasty__sql_pieces *pieces, const toasty__expr *expr, int level)
{
    expr = bare(expr);
    if (level_of(expr) > level) {
        expand(pieces, expr);
        return;
    }
    toasty__sql_add_text(pieces, "(");
    toasty__sql_add_expr(pieces, expr, LEVEL_ANY);
    toasty__sql_add_text(pieces, ")");
}

void toasty__sql_expr(toasty__sql_writer *w, const toasty__expr *expr)
{
    toasty__sql_write(w, (toasty__sql_piece){.expr = expr, .level = LEVEL_ANY});
}
