/* The canonical form of an expression: see expression.h.
 *
 * A recursive descent by precedence that writes each node as (operator operand …). Depth is limited, since
 * the text is not ours. */
#include "schema/expression.h"

#include "base/buffer.h"
#include "schema/tokens.h"

#include <ctype.h>
#include <strings.h>

enum { DEEPEST = 100 };

typedef struct reader {
    toasty__room *room;
    const char *at;
    toasty__token token; /* the next one */
    int depth;
    size_t items; /* of the list that was read last */
    bool failed;  /* beyond the grammar */
} reader;

static void step(reader *r)
{
    r->token = toasty__token_next(&r->at);
}

static bool takes(reader *r, const char *word)
{
    if (!toasty__token_is(r->token, word))
        return false;
    step(r);
    return true;
}

static void expect(reader *r, const char *word)
{
    if (!takes(r, word))
        r->failed = true;
}

static const char *read_or(reader *r);
static const char *read_sum(reader *r);

/* --- constants and names --- */

static bool is_constant(const char *text)
{
    return *text == '\'' || *text == '-' || isdigit((unsigned char)*text) || strncmp(text, "[", 1) == 0;
}

static bool is_number(const char *text, size_t length)
{
    size_t i = length && *text == '-';
    for (; i < length; i++)
        if (!isdigit((unsigned char)text[i]) && text[i] != '.')
            return false;
    return length > 0;
}

/* A cast of a constant says what its place says already: '-5'::integer is -5. */
static const char *cast(reader *r, const char *value, const char *type)
{
    size_t length = strlen(value);
    if (*value == '\'' && is_number(value + 1, length - 2) && strcasecmp(type, "text") != 0 &&
        !strstr(type, "character"))
        return toasty__room_text(r->room, value + 1, length - 2);
    return is_constant(value) ? value : toasty__room_printf(r->room, "(:: %s %s)", value, type);
}

/* The words of a type: `character varying(10)[]`. */
static const char *read_type(reader *r)
{
    toasty__buffer out;
    toasty__buffer_init(&out);
    while (r->token.kind == TOASTY__TOKEN_WORD || r->token.kind == TOASTY__TOKEN_NAME) {
        /* The second word of a type, or one that goes on behind it? */
        static const char *const more[] = {"varying", "precision", "with", "without", "time", "zone"};
        bool part = out.length == 0;
        for (size_t i = 0; i < sizeof more / sizeof *more; i++)
            part |= toasty__token_is(r->token, more[i]);
        if (!part)
            break;
        toasty__buffer_printf(&out, "%s%.*s", out.length ? " " : "", (int)r->token.length, r->token.text);
        step(r);
    }
    if (out.length && toasty__token_is(r->token, "(")) {
        while (!r->failed && !toasty__token_is(r->token, ")")) {
            toasty__buffer_add(&out, r->token.text, r->token.length);
            r->failed = r->token.kind == TOASTY__TOKEN_END;
            step(r);
        }
        expect(r, ")");
        toasty__buffer_char(&out, ')');
    }
    /* [] reads as a name in brackets. */
    if (r->token.kind == TOASTY__TOKEN_NAME && r->token.length == 2 && *r->token.text == '[') {
        toasty__buffer_text(&out, "[]");
        step(r);
    }
    r->failed |= out.length == 0;
    const char *type = out.failed || !out.bytes ? "" : toasty__room_text(r->room, out.bytes, out.length);
    r->room->failed |= out.failed;
    toasty__buffer_done(&out);
    return type;
}

/* A name is what it is without its quotes; without quotes its case says nothing. */
static const char *name_of(reader *r)
{
    const char *text = toasty__token_text(r->room, r->token);
    if (r->token.kind == TOASTY__TOKEN_NAME)
        return toasty__room_printf(r->room, "\"%s\"", text);
    char *lower = (char *)text; /* a copy of its own */
    for (char *c = lower; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return toasty__room_printf(r->room, "\"%s\"", lower);
}

/* Items up to the closing token, each with a blank before it. */
static const char *read_items(reader *r, const char *end)
{
    const char *items = "";
    size_t count = 0;
    while (!r->failed && !toasty__token_is(r->token, end)) {
        items = toasty__room_printf(r->room, "%s %s", items, read_or(r));
        count++;
        if (!takes(r, ","))
            break;
    }
    expect(r, end);
    r->items = count;
    return items;
}

/* ARRAY[a, b]: what is in the brackets reads as one name, and is read on its own. */
static const char *read_array(reader *r)
{
    if (r->token.kind != TOASTY__TOKEN_NAME || *r->token.text != '[') {
        r->failed = true;
        return "";
    }
    reader inner = {.room = r->room, .depth = r->depth + 1};
    inner.at = toasty__room_text(r->room, r->token.text + 1, r->token.length - 2);
    step(&inner);
    const char *items = "";
    r->items = 0;
    while (!inner.failed && inner.token.kind != TOASTY__TOKEN_END) {
        items = toasty__room_printf(r->room, "%s %s", items, read_or(&inner));
        r->items++;
        if (!takes(&inner, ","))
            break;
    }
    r->failed |= inner.failed || inner.token.kind != TOASTY__TOKEN_END;
    step(r);
    return toasty__room_printf(r->room, "[%s]", items);
}

static const char *read_primary(reader *r);

static const char *read_deeper(reader *r)
{
    const char *value = "";
    if (++r->depth > DEEPEST)
        r->failed = true;
    else
        value = read_primary(r);
    r->depth--;
    return value;
}

static const char *read_primary(reader *r)
{
    if (takes(r, "(")) {
        const char *inside = read_or(r);
        expect(r, ")");
        return inside;
    }
    if (takes(r, "-"))
        return toasty__room_printf(r->room, "-%s", read_deeper(r));
    if (takes(r, "ARRAY"))
        return read_array(r);
    if (takes(r, "CAST")) {
        expect(r, "(");
        const char *value = read_or(r);
        expect(r, "AS");
        value = cast(r, value, read_type(r));
        expect(r, ")");
        return value;
    }
    toasty__token token = r->token;
    const char *text = token.kind == TOASTY__TOKEN_WORD || token.kind == TOASTY__TOKEN_NAME
                           ? name_of(r)
                           : toasty__room_text(r->room, token.text, token.length);
    r->failed |= token.kind == TOASTY__TOKEN_END || token.kind == TOASTY__TOKEN_SYMBOL ||
                 toasty__token_is(token, "CASE") || toasty__token_is(token, "SELECT");
    step(r);
    if (token.kind == TOASTY__TOKEN_WORD && takes(r, "("))
        return toasty__room_printf(r->room, "(%s%s)", text, read_items(r, ")"));
    while (takes(r, ".")) {
        text = toasty__room_printf(r->room, "%s.%s", text, name_of(r));
        step(r);
    }
    return text;
}

static const char *read_operand(reader *r)
{
    const char *value = read_deeper(r);
    while (!r->failed) {
        if (takes(r, "::"))
            value = cast(r, value, read_type(r));
        else if (takes(r, "COLLATE")) {
            value = toasty__room_printf(r->room, "(collate %s %s)", value, name_of(r));
            step(r);
        } else
            break;
    }
    return value;
}

/* --- operators --- */

static const char *read_product(reader *r)
{
    const char *left = read_operand(r);
    while (!r->failed && (toasty__token_is(r->token, "*") || toasty__token_is(r->token, "/") ||
                          toasty__token_is(r->token, "%"))) {
        char operator= * r->token.text;
        step(r);
        left = toasty__room_printf(r->room, "(%c %s %s)", operator, left, read_operand(r));
    }
    return left;
}

static const char *read_sum(reader *r)
{
    const char *left = read_product(r);
    while (!r->failed && (toasty__token_is(r->token, "+") || toasty__token_is(r->token, "-") ||
                          toasty__token_is(r->token, "||"))) {
        toasty__token operator= r->token;
        step(r);
        left = toasty__room_printf(r->room, "(%.*s %s %s)", (int)operator.length, operator.text, left,
                                   read_product(r));
    }
    return left;
}

static const char *negated(reader *r, bool negative, const char *condition)
{
    return negative ? toasty__room_printf(r->room, "(not %s)", condition) : condition;
}

/* " a b" of a list: one alone is a comparison. */
static const char *one_of(reader *r, const char *left, const char *items)
{
    return r->items == 1 ? toasty__room_printf(r->room, "(=%s %s)", items, left)
                         : toasty__room_printf(r->room, "(in %s%s)", left, items);
}

/* x = ANY (ARRAY[…]): a list in another dress. NULL when it is none. */
static const char *read_any(reader *r, const char *left, const char *operator)
{
    bool any = toasty__token_is(r->token, "ANY"), all = toasty__token_is(r->token, "ALL");
    if ((!any && !all) || strcmp(operator, any ? "=" : "<>") != 0)
        return NULL;
    step(r);
    const char *list = read_operand(r);
    size_t length = strlen(list);
    if (*list != '[') {
        r->failed = true;
        return left;
    }
    return negated(r, all, one_of(r, left, toasty__room_text(r->room, list + 1, length - 2)));
}

static const char *read_compared(reader *r, const char *left)
{
    static const struct {
        const char *text, *canonical;
    } operators[] = {{"=", "="},       {"==", "="},    {"<>", "<>"}, {"!=", "<>"},     {"<", "<"},
                     {"<=", "<="},     {">", ">"},     {">=", ">="}, {"LIKE", "~~"},   {"~~", "~~"},
                     {"ILIKE", "~~*"}, {"~~*", "~~*"}, {"~", "~"},   {"GLOB", "glob"}, {"IS", "is"}};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (!takes(r, operators[i].text))
            continue;
        bool negative = strcmp(operators[i].canonical, "is") == 0 && takes(r, "NOT");
        const char *any = read_any(r, left, operators[i].canonical);
        if (any)
            return any;
        const char *right = read_sum(r);
        /* An equality says the same the other way round; the constant is written first. */
        if (strcmp(operators[i].canonical, "=") == 0 && !is_constant(left) && is_constant(right))
            return toasty__room_printf(r->room, "(= %s %s)", right, left);
        return negated(r, negative,
                       toasty__room_printf(r->room, "(%s %s %s)", operators[i].canonical, left, right));
    }
    return NULL;
}

static const char *read_comparison(reader *r)
{
    const char *left = read_sum(r);
    while (!r->failed) {
        bool negative = takes(r, "NOT");
        if (takes(r, "BETWEEN")) {
            const char *low = read_sum(r);
            expect(r, "AND");
            const char *high = read_sum(r);
            const char *both =
                toasty__room_printf(r->room, "(and (>= %s %s) (<= %s %s))", left, low, left, high);
            return negated(r, negative, both);
        }
        if (takes(r, "IN")) {
            expect(r, "(");
            left = negated(r, negative, one_of(r, left, read_items(r, ")")));
            continue;
        }
        const char *compared = read_compared(r, left);
        if (!compared) {
            r->failed |= negative;
            return left;
        }
        left = negated(r, negative, compared);
    }
    return left;
}

static const char *read_not(reader *r)
{
    if (!takes(r, "NOT"))
        return read_comparison(r);
    if (++r->depth > DEEPEST)
        r->failed = true;
    const char *inner = r->failed ? "" : read_not(r);
    r->depth--;
    return negated(r, true, inner);
}

/* Operands of a chain; one that is such a chain itself is taken apart. */
static const char *read_chain(reader *r, const char *word, const char *open, const char *(*read)(reader *r))
{
    const char *first = read(r), *chain = NULL;
    while (!r->failed && takes(r, word)) {
        const char *next = read(r);
        const char *parts[] = {chain ? "" : first, next};
        for (int i = chain ? 1 : 0; i < 2; i++) {
            size_t length = strlen(parts[i]), skipped = strlen(open);
            bool nested = strncmp(parts[i], open, skipped) == 0;
            chain = toasty__room_printf(r->room, "%s %.*s", chain ? chain : "",
                                        (int)(nested ? length - skipped - 1 : length),
                                        parts[i] + (nested ? skipped : 0));
        }
    }
    return chain ? toasty__room_printf(r->room, "%s%s)", open, chain + 1) : first;
}

static const char *read_and(reader *r)
{
    return read_chain(r, "AND", "(and ", read_not);
}

static const char *read_or(reader *r)
{
    if (++r->depth > DEEPEST)
        r->failed = true;
    const char *chain = r->failed ? "" : read_chain(r, "OR", "(or ", read_and);
    r->depth--;
    return chain;
}

/* --- both --- */

static const char *token_by_token(toasty__room *room, const char *text)
{
    toasty__buffer out;
    toasty__buffer_init(&out);
    for (toasty__token token; (token = toasty__token_next(&text)).kind != TOASTY__TOKEN_END;)
        toasty__buffer_printf(&out, "%s%.*s", out.length ? " " : "", (int)token.length, token.text);
    room->failed |= out.failed;
    const char *tokens = out.failed || !out.bytes ? "" : toasty__room_text(room, out.bytes, out.length);
    toasty__buffer_done(&out);
    return tokens;
}

const char *toasty__expression_canonical(toasty__room *room, const char *text)
{
    reader r = {.room = room, .at = text};
    step(&r);
    const char *canonical = read_or(&r);
    return r.failed || r.token.kind != TOASTY__TOKEN_END ? token_by_token(room, text) : canonical;
}

bool toasty__expression_equal(toasty__room *room, const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(a, b) == 0 ||
           strcmp(toasty__expression_canonical(room, a), toasty__expression_canonical(room, b)) == 0;
}
