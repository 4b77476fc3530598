/* Constants of annotations: see constant.h. Arithmetic is done in int64_t where the operands fit, as C would;
 * a plain literal may use all 64 bits unsigned. */
#include "derive/model/constant.h"

#include "base/utf8.h"
#include "core/types.h"
#include "derive/base/text.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- integer expressions --- */

typedef struct parser {
    const derive_schema *schema;
    const char *at;
    int depth;
    bool failed;
} parser;

static int64_t binary(parser *p, int level);

static void skip_space(parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

static int64_t fail(parser *p)
{
    p->failed = true;
    return 0;
}

static int64_t name(parser *p)
{
    const char *start = p->at;
    while (isalnum((unsigned char)*p->at) || *p->at == '_')
        p->at++;
    size_t length = (size_t)(p->at - start);
    if (length == 4 && memcmp(start, "true", 4) == 0)
        return 1;
    if (length == 5 && memcmp(start, "false", 5) == 0)
        return 0;
    for (size_t i = 0; i < p->schema->constants.count; i++) {
        const derive_constant *constant = &p->schema->constants.items[i];
        if (strlen(constant->name) == length && memcmp(constant->name, start, length) == 0)
            return constant->value;
    }
    return fail(p);
}

/* u, l, ul, lu and so on, an l once or twice. */
static size_t suffix_length(const char *text)
{
    bool is_unsigned = *text == 'u' || *text == 'U';
    size_t length = is_unsigned;
    if (text[length] == 'l' || text[length] == 'L')
        length += text[length + 1] == text[length] ? 2 : 1;
    return length + (!is_unsigned && (text[length] == 'u' || text[length] == 'U'));
}

/* A literal with its suffix. */
static bool literal(const char **at, uint64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoull(*at, &end, 0);
    if (errno || end == *at)
        return false;
    end += suffix_length(end);
    if (isalnum((unsigned char)*end) || *end == '.' || *end == '_')
        return false;
    *at = end;
    return true;
}

static int64_t operand(parser *p)
{
    skip_space(p);
    if (p->failed || ++p->depth > 100)
        return fail(p);
    int64_t result = 0;
    char c = *p->at;
    if (c == '(') {
        p->at++;
        result = binary(p, 0);
        skip_space(p);
        if (*p->at != ')')
            return fail(p);
        p->at++;
    } else if (c && strchr("+-~", c)) {
        p->at++;
        if (c == *p->at && c != '~') /* which C takes for another operator */
            return fail(p);
        result = operand(p);
        if (c == '-' && __builtin_sub_overflow(0, result, &result))
            return fail(p);
        result = c == '~' ? ~result : result;
    } else if (isdigit((unsigned char)c)) {
        uint64_t value;
        if (!literal(&p->at, &value) || value > INT64_MAX)
            return fail(p);
        result = (int64_t)value;
    } else {
        result = name(p);
    }
    p->depth--;
    return result;
}

static int64_t apply(parser *p, const char *op, int64_t a, int64_t b)
{
    int64_t result = 0;
    switch (*op) {
    case '|':
        return a | b;
    case '^':
        return a ^ b;
    case '&':
        return a & b;
    case '<':
        return a < 0 || b < 0 || b > 62 || a > INT64_MAX >> b ? fail(p) : a << b;
    case '>':
        return a < 0 || b < 0 || b > 62 ? fail(p) : a >> b;
    case '+':
        return __builtin_add_overflow(a, b, &result) ? fail(p) : result;
    case '-':
        return __builtin_sub_overflow(a, b, &result) ? fail(p) : result;
    case '*':
        return __builtin_mul_overflow(a, b, &result) ? fail(p) : result;
    default:
        if (b == 0 || (a == INT64_MIN && b == -1))
            return fail(p);
        return *op == '/' ? a / b : a % b;
    }
}

/* Operators by rising precedence; within a level from left to right. */
static int64_t binary(parser *p, int level)
{
    static const char *const levels[][3] = {{"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"}};
    enum { LEVELS = sizeof levels / sizeof *levels };
    if (level == LEVELS)
        return operand(p);
    int64_t left = binary(p, level + 1);
    for (;;) {
        skip_space(p);
        const char *op = NULL;
        for (size_t i = 0; i < 3 && levels[level][i]; i++)
            if (strncmp(p->at, levels[level][i], strlen(levels[level][i])) == 0)
                op = levels[level][i];
        if (!op || p->failed)
            return left;
        p->at += strlen(op);
        if ((*op == '+' || *op == '-') && *p->at == *op)
            return fail(p);
        left = apply(p, op, left, binary(p, level + 1));
    }
}

bool toasty__derive_integer(const derive_schema *schema, const char *text, derive_integer *result)
{
    const char *at = text;
    if (isdigit((unsigned char)*at) && literal(&at, &result->magnitude) && !*at) {
        result->negative = false;
        return true;
    }
    parser p = {.schema = schema, .at = text};
    int64_t value = binary(&p, 0);
    skip_space(&p);
    if (p.failed || *p.at)
        return false;
    result->negative = value < 0;
    result->magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    return true;
}

/* --- defaults --- */

/* The end of the escape sequence whose backslash stands before `text`; NULL when it is not one of a byte
 * other than NUL. */
static const char *escape_end(const char *text)
{
    bool is_hex = *text == 'x';
    const char *digits = text + is_hex;
    size_t count = strspn(digits, is_hex ? "0123456789abcdefABCDEF" : "01234567");
    if (!is_hex && count == 0)
        return *text && strchr("abfnrtv\\'\"?", *text) ? text + 1 : NULL;
    if (!is_hex && count > 3)
        count = 3;
    bool is_byte = is_hex ? count == 1 || count == 2 : count < 3 || *digits < '4';
    return is_byte && strspn(digits, "0") < count ? digits + count : NULL;
}

const char *toasty__derive_literal_end(const char *text)
{
    if (*text++ != '"')
        return NULL;
    while (text && *text && *text != '"')
        text = *text == '\\' ? escape_end(text + 1) : text + 1;
    return text && *text ? text + 1 : NULL;
}

/* "one" "two" is one literal. */
static bool is_string(const char *text)
{
    while ((text = toasty__derive_literal_end(text))) {
        text += strspn(text, " \t");
        if (!*text)
            return true;
    }
    return false;
}

const char *toasty__derive_literal_text(derive_memory *memory, const char *text)
{
    if (!is_string(text))
        return NULL;
    char *all = toasty__derive_text(memory, text, strlen(text));
    size_t length = 0;
    while (*text) {
        const char *end = toasty__derive_literal_end(text);
        length += toasty__derive_unescape(text + 1, (size_t)(end - text) - 2, all + length);
        text = end + strspn(end, " \t");
    }
    all[length] = '\0';
    return all;
}

/* What a database can keep is UTF-8. */
static bool is_text(derive_memory *memory, const char *expression)
{
    const char *text = toasty__derive_literal_text(memory, expression);
    return text && toasty__utf8_valid(text, strlen(text));
}

static bool enum_default(const derive_schema *schema, const derive_enum *labels, derive_default *value)
{
    for (size_t i = 0; i < labels->constants.count; i++) {
        if (strcmp(labels->constants.items[i], value->expression) == 0) {
            derive_integer integer;
            value->is_zero =
                toasty__derive_integer(schema, value->expression, &integer) && integer.magnitude == 0;
            return true;
        }
    }
    return false;
}

/* An integer, or what C takes for a real number: it has a point or an exponent. */
static bool number_default(const derive_schema *schema, const char *text, derive_default *value)
{
    derive_integer integer;
    char *end;
    if (toasty__derive_integer(schema, text, &integer)) {
        value->is_zero = integer.magnitude == 0;
        return true;
    }
    double number = strtod(text, &end);
    bool is_real = strpbrk(text, strpbrk(text, "xX") ? "pP" : ".eE") != NULL;
    if (end == text || !is_real || (*end && strcmp(end, "f") != 0 && strcmp(end, "F") != 0) ||
        number - number != 0)
        return false;
    value->is_zero = number == 0;
    return true;
}

static const char *expected(const derive_member *member)
{
    if (member->labels)
        return "one of its constants";
    switch (member->type) {
    case TOASTY_TYPE_BOOL:
        return "true or false";
    case TOASTY_TYPE_F32:
    case TOASTY_TYPE_F64:
        return "a number such as 0.5";
    case TOASTY_TYPE_TEXT:
        return "a string literal such as \"none\"";
    case TOASTY_TYPE_TIMESTAMP:
        return "now";
    case TOASTY_TYPE_UUID:
        return "nothing: write toasty(auto) for a new one";
    case TOASTY_TYPE_BYTES:
    case TOASTY_TYPE_DATE:
    case TOASTY_TYPE_TIME:
    case TOASTY_TYPE_DATETIME:
        return "nothing yet: give the value in each create";
    default:
        return "an integer that the type can hold";
    }
}

static bool default_fits(derive_schema *schema, const derive_member *member, derive_default *value)
{
    derive_integer integer;
    toasty__integer_range range = toasty__integer_range_of((uint8_t)member->type);
    if (member->labels)
        return enum_default(schema, member->labels, value);
    switch (member->type) {
    case TOASTY_TYPE_TIMESTAMP:
        value->source = TOASTY_SOURCE_NOW;
        return strcmp(value->expression, "now") == 0;
    case TOASTY_TYPE_TEXT:
        return is_text(schema->memory, value->expression);
    case TOASTY_TYPE_F32:
    case TOASTY_TYPE_F64:
        return number_default(schema, value->expression, value);
    case TOASTY_TYPE_UUID:
    case TOASTY_TYPE_BYTES:
    case TOASTY_TYPE_DATE:
    case TOASTY_TYPE_TIME:
    case TOASTY_TYPE_DATETIME:
        return false;
    default:
        if (!toasty__derive_integer(schema, value->expression, &integer))
            return false;
        value->is_zero = integer.magnitude == 0;
        return integer.magnitude <= (integer.negative ? 0 - (uint64_t)range.low : range.high);
    }
}

bool toasty__derive_is_constant_of(derive_schema *schema, const derive_member *member, const char *text)
{
    derive_default constant = {.source = TOASTY_SOURCE_VALUE, .expression = text};
    return default_fits(schema, member, &constant) && constant.source == TOASTY_SOURCE_VALUE;
}

void toasty__derive_resolve_default(derive_schema *schema, const derive_member *member, derive_default *value,
                                    const char *word, derive_location at)
{
    if (value->source != TOASTY_SOURCE_VALUE || member->kind != DERIVE_COLUMN)
        return;
    if (!default_fits(schema, member, value))
        toasty__derive_error(schema->diagnostics, at, "`%s = %s` is not a value of `%s` (%s); it can be %s",
                             word, value->expression, member->name, member->c_type, expected(member));
}
