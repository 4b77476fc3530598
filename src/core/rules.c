/* Checking values by the rules of their fields: see rules.h.
 *
 * Expressions are those of the C locale whatever that of the program is: a byte is a character of them. */
#include "core/rules.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/error.h"
#include "core/evaluate.h"

#include <ctype.h>
#include <locale.h>
#include <pthread.h>
#include <regex.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const toasty__rule_words[] = {
#define RULE_WORD(NAME, name) name,
    TOASTY_RULES(RULE_WORD)
#undef RULE_WORD
};

/* --- expressions --- */

typedef struct toasty__pattern {
    const toasty_rule *rule;
    struct toasty__pattern *next;
    regex_t compiled;
} toasty__pattern;

typedef struct compiling {
    regex_t *compiled;
    const char *expression;
    int failed;
} compiling;

/* As regcomp, of an expression for the whole text. */
static void *compile_there(void *arg)
{
    compiling *c = arg;
    char whole[TOASTY__MOST_PATTERN + sizeof "^()$"];
    locale_t plain = newlocale(LC_ALL_MASK, "C", NULL);
    c->failed = REG_ESPACE;
    if (!plain)
        return NULL;
    locale_t before = uselocale(plain);
    snprintf(whole, sizeof whole, "^(%s)$", c->expression);
    c->failed = regcomp(c->compiled, whole, REG_EXTENDED | REG_NOSUB);
    uselocale(before);
    freelocale(plain);
    return NULL;
}

/* On a stack of its own, since regcomp goes as deep as an expression is long, and a fiber's is small. */
static int compile(regex_t *compiled, const char *expression)
{
    enum { STACK = 4 << 20 };
    compiling c = {compiled, expression, REG_ESPACE};
    pthread_attr_t attributes;
    pthread_t thread;
    if (pthread_attr_init(&attributes))
        return REG_ESPACE;
    bool started = !pthread_attr_setstacksize(&attributes, STACK) &&
                   !pthread_create(&thread, &attributes, compile_there, &c);
    pthread_attr_destroy(&attributes);
    if (started)
        pthread_join(thread, NULL);
    return c.failed;
}

/* --- what is no expression of a rule --- */

/* A reading of an expression, group by group. */
typedef struct reading {
    const char *at;
    int depth;
    const char *fault;
} reading;

static const char *behind_brackets(const char *at)
{
    at += at[1] == '^' ? 2 : 1;
    if (*at == ']')
        at++;
    while (*at && *at != ']')
        at += at[0] == '[' && (at[1] == ':' || at[1] == '.' || at[1] == '=') && strstr(at + 2, "]")
                  ? (size_t)(strstr(at + 2, "]") - at) + 1
                  : 1;
    return *at ? at + 1 : at;
}

/* How often a repetition writes out what is before it: {2,5} five times, * once. */
static size_t repeated(reading *r)
{
    size_t times = 1;
    if (*r->at != '{')
        return r->at += *r->at && strchr("*+?", *r->at), times;
    char *end;
    unsigned long least = strtoul(r->at + 1, &end, 10),
                  most = *end == ',' ? strtoul(end + 1, &end, 10) : least;
    times = most > least ? most : least;
    r->at = *end == '}' ? end + 1 : end;
    return times ? times : 1;
}

/* The characters of a group once all is written out, up to its end. */
static size_t written_out(reading *r)
{
    size_t total = 0;
    if (++r->depth > 20)
        r->fault = "groups stand inside of each other more than 20 deep";
    while (*r->at && *r->at != ')' && !r->fault) {
        size_t one = 1;
        if (*r->at == '(') {
            r->at++;
            one += written_out(r);
            if (*r->at != ')' && !r->fault)
                r->fault = "a ( has no )";
        }
        r->at = *r->at == '['                ? behind_brackets(r->at)
                : *r->at == '\\' && r->at[1] ? r->at + 2
                                             : r->at + !!*r->at;
        while (*r->at && strchr("*+?{", *r->at) && one <= TOASTY__MOST_WRITTEN_OUT)
            one *= repeated(r);
        total += one;
        if (total > TOASTY__MOST_WRITTEN_OUT)
            r->fault = "with its repetitions written out it is longer than 2000 characters; a length is "
                       "`min_length` and `max_length`";
    }
    r->depth--;
    return total;
}

/* glibc gives a meaning to a backslash before letters and digits that POSIX does not know. */
static const char *read_whole(const char *expression, char *why, size_t size)
{
    for (const char *at = expression; *at; at += *at == '\\' && at[1] ? 2 : 1)
        if (*at == '\\' && isalnum((unsigned char)at[1])) {
            snprintf(why, size, "\\%c has no meaning in it; a digit is [0-9], a letter [a-zA-Z], a space [ ]",
                     at[1]);
            return why;
        }
    reading r = {.at = expression};
    written_out(&r);
    if (!r.fault && *r.at)
        r.fault = "a ) has no (";
    if (r.fault)
        snprintf(why, size, "%s", r.fault);
    return r.fault ? why : NULL;
}

const char *toasty__pattern_fault(const char *expression, char *why, size_t size)
{
    regex_t compiled;
    if (strlen(expression) > TOASTY__MOST_PATTERN) {
        snprintf(why, size, "an expression has at most %d bytes", TOASTY__MOST_PATTERN);
        return why;
    }
    if (read_whole(expression, why, size))
        return why;
    int failed = compile(&compiled, expression);
    if (failed) {
        regerror(failed, &compiled, why, size);
        return why;
    }
    regfree(&compiled);
    return NULL;
}

static toasty__pattern *find(toasty__pattern *at, const toasty__pattern *end, const toasty_rule *rule)
{
    while (at != end && at->rule != rule)
        at = at->next;
    return at == end ? NULL : at;
}

static void release(toasty__pattern *pattern)
{
    regfree(&pattern->compiled);
    toasty__free(pattern);
}

/* Puts it in front, unless another thread was faster. */
static toasty__pattern *keep(toasty__patterns *patterns, toasty__pattern *made)
{
    toasty__pattern *seen = NULL, *first = atomic_load_explicit(&patterns->first, memory_order_acquire);
    do {
        toasty__pattern *other = find(first, seen, made->rule);
        if (other) {
            release(made);
            return other;
        }
        made->next = seen = first;
    } while (!atomic_compare_exchange_weak_explicit(&patterns->first, &first, made, memory_order_acq_rel,
                                                    memory_order_acquire));
    return made;
}

/* NULL when out of memory. */
static const toasty__pattern *pattern_of(toasty__patterns *patterns, const toasty_rule *rule)
{
    toasty__pattern *found = find(atomic_load_explicit(&patterns->first, memory_order_acquire), NULL, rule);
    if (found)
        return found;
    toasty__pattern *made = toasty__malloc(sizeof *made);
    if (!made)
        return NULL;
    made->rule = rule;
    if (compile(&made->compiled, rule->operands->as.text)) {
        toasty__free(made);
        return NULL;
    }
    return keep(patterns, made);
}

void toasty__patterns_done(toasty__patterns *patterns)
{
    toasty__pattern *next = atomic_load_explicit(&patterns->first, memory_order_relaxed);
    while (next) {
        toasty__pattern *pattern = next;
        next = pattern->next;
        release(pattern);
    }
}

static int matches(toasty__patterns *patterns, const toasty_rule *rule, const toasty_value *value)
{
    const toasty__pattern *pattern = pattern_of(patterns, rule);
    int unlike = pattern ? regexec(&pattern->compiled, value->as.text, 0, NULL, 0) : REG_ESPACE;
    return unlike == REG_ESPACE ? -1 : !unlike;
}

/* --- values --- */

/* In code points, of text that may be invalid: those begin at each byte that continues none. */
static int64_t length_of(const toasty_value *value)
{
    int64_t length = value->len;
    for (uint32_t i = 0; value->kind == TOASTY_VALUE_TEXT && i < value->len; i++)
        length -= ((unsigned char)value->as.text[i] & 0xc0) == 0x80;
    return length;
}

static bool is_one_of(const toasty_field *field, const toasty_rule *rule, const toasty_value *value)
{
    for (uint16_t i = 0; i < rule->operand_count; i++)
        if (toasty__compare_values(field, &rule->operands[i], value) == 0)
            return true;
    return false;
}

int toasty__keeps_rule(toasty__patterns *patterns, const toasty_model *model, const toasty_rule *rule,
                       const toasty_value *value)
{
    const toasty_field *field = &model->fields[rule->field];
    if (value->kind == TOASTY_VALUE_NULL || value->kind == TOASTY_VALUE_INVALID)
        return 1;
    switch ((toasty_rule_kind)rule->kind) {
    case TOASTY_RULE_MIN:
        return toasty__compare_values(field, value, rule->operands) >= 0;
    case TOASTY_RULE_MAX:
        return toasty__compare_values(field, value, rule->operands) <= 0;
    case TOASTY_RULE_MIN_LENGTH:
        return length_of(value) >= rule->operands->as.integer;
    case TOASTY_RULE_MAX_LENGTH:
        return length_of(value) <= rule->operands->as.integer;
    case TOASTY_RULE_PATTERN:
        return patterns ? matches(patterns, rule, value) : 0;
    case TOASTY_RULE_ONE_OF:
    case TOASTY_RULE_COUNT:
        break;
    }
    return is_one_of(field, rule, value);
}

/* Rules are sorted by their fields. */
static const toasty_rule *first_of(const toasty_model *model, uint16_t field)
{
    const toasty_rule *rule = model->rules, *end = rule + model->rule_count;
    while (rule != end && rule->field != field)
        rule++;
    return rule;
}

int toasty__keeps_rules(toasty__patterns *patterns, const toasty_model *model, uint16_t field,
                        const toasty_value *value, toasty__breaks *breaks, size_t row)
{
    const toasty_rule *most = toasty__rule_of(model, field, TOASTY_RULE_MAX_LENGTH);
    bool too_long = most && toasty__keeps_rule(patterns, model, most, value) == 0;
    const toasty_rule *end = model->rules + model->rule_count;
    int all = 1;
    for (const toasty_rule *rule = first_of(model, field); rule != end && rule->field == field; rule++) {
        if (too_long && rule->kind == TOASTY_RULE_PATTERN)
            continue;
        int keeps = toasty__keeps_rule(patterns, model, rule, value);
        if (keeps < 0)
            return -1;
        if (!keeps && breaks)
            toasty__break_rule(breaks, model, row, rule);
        all = all && keeps;
    }
    return all;
}

const toasty_rule *toasty__rule_of(const toasty_model *model, uint16_t field, toasty_rule_kind kind)
{
    const toasty_rule *end = model->rules + model->rule_count;
    for (const toasty_rule *rule = first_of(model, field); rule != end && rule->field == field; rule++)
        if (rule->kind == kind)
            return rule;
    return NULL;
}

/* --- the error --- */

enum { ROOM_FOR_MORE = sizeof ",{\"more\":18446744073709551615}]" };

/* Appends to a text that has room for `size` bytes; what does not fit is lost, and the length tells. */
static size_t append(char *text, size_t size, size_t at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static size_t append(char *text, size_t size, size_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(at < size ? text + at : NULL, at < size ? size - at : 0, format, arguments);
    va_end(arguments);
    return at + (length > 0 ? (size_t)length : 0);
}

/* The same of a string of JSON, whose text may be the program's own. */
static size_t append_string(char *text, size_t size, size_t at, const char *string)
{
    at = append(text, size, at, "\"");
    for (const char *c = string, *end = string + strlen(string); c < end;) {
        char one[TOASTY__JSON_LETTER];
        c += toasty__json_letter(c, (size_t)(end - c), one);
        at = append(text, size, at, "%s", one);
    }
    return append(text, size, at, "\"");
}

/* One more of the list. */
static void add_detail(toasty__breaks *breaks, const toasty_model *model, size_t row, const char *field,
                       const char *rule)
{
    char *details = breaks->err->details;
    size_t room = sizeof breaks->err->details, length = breaks->listed;
    length = append(details, room, length, "%c{\"model\":", length ? ',' : '[');
    length = append_string(details, room, length, model->name);
    length = append(details, room, length, ",\"row\":%zu,\"field\":", row == TOASTY__ONE_ROW ? 0 : row);
    length = append_string(details, room, length, field);
    length = append(details, room, length, ",\"rule\":");
    length = append_string(details, room, length, rule);
    length = append(details, room, length, "}");
    if (!breaks->more && length + ROOM_FOR_MORE <= room)
        breaks->listed = length;
    else
        breaks->more++;
    if (breaks->more)
        append(details, room, breaks->listed, "%c{\"more\":%zu}]", breaks->listed ? ',' : '[', breaks->more);
    else
        append(details, room, breaks->listed, "]");
}

/* The first one decides what kind of error it is. */
static bool begin(toasty__breaks *breaks, toasty_code code, const toasty_model *model, const char *field)
{
    if (breaks->count++)
        return false;
    toasty__fail(breaks->err, code, "%s", "");
    toasty__error_set(breaks->err, table, model->table);
    toasty__error_set(breaks->err, field, field);
    return true;
}

/* rule: as the message has it; word: as the details do. */
static void note(toasty__breaks *breaks, const toasty_model *model, size_t row, const char *field,
                 const char *rule, const char *word)
{
    char place[32] = "";
    bool first = begin(breaks, TOASTY_VALIDATION_FAILED, model, field);
    if (row != TOASTY__ONE_ROW)
        snprintf(place, sizeof place, "[%zu]", row);
    if (breaks->err->code == TOASTY_VALIDATION_FAILED)
        toasty__error_add(breaks->err, "%s%s%s%s%s breaks the rule %s", first ? "" : "; ", model->name, place,
                          *field ? "." : "", field, rule);
    add_detail(breaks, model, row, field, word);
}

void toasty__break_rule(toasty__breaks *breaks, const toasty_model *model, size_t row,
                        const toasty_rule *rule)
{
    note(breaks, model, row, model->fields[rule->field].name, rule->text, toasty__rule_words[rule->kind]);
}

void toasty__break_required(toasty__breaks *breaks, const toasty_model *model, size_t row, const char *field)
{
    begin(breaks, TOASTY_MISSING_FIELD, model, field);
    add_detail(breaks, model, row, field, "required");
}

/* --- what the program finds --- */

struct toasty_errors {
    toasty__breaks *breaks;
    const toasty_model *model;
    size_t row;
};

void toasty_errors_add(toasty_errors *errors, const char *field, const char *rule)
{
    const char *text = rule ? rule : "";
    note(errors->breaks, errors->model, errors->row, field ? field : "", text, text);
}

void toasty__validate(toasty__breaks *breaks, const toasty_model *model, size_t row, const void *record)
{
    toasty_error *err = breaks->err, own;
    toasty_errors errors = {breaks, model, row};
    size_t before = breaks->count;
    /* Aside, since calls of the library that the function makes empty the error of the fiber, or fill it. */
    if (before)
        own = *err;
    breaks->err = &own;
    if (model->validate(record, &errors) < 0 && breaks->count == before)
        toasty_errors_add(&errors, "", "validate");
    breaks->err = err;
    if (breaks->count)
        *err = own;
    else
        toasty__error_clear(err);
}
