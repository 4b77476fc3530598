/* Statements for all databases: see template.h. */
#include "sql/template.h"

#include "base/error.h"
#include "sql/ddl.h"
#include "sql/writer.h"

#include <stdint.h>
#include <string.h>

/* --- what is not looked at --- */

static bool begins_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_in_name(char c)
{
    return begins_name(c) || (c >= '0' && c <= '9');
}

/* The end of what a quote begins, behind the other one; a doubled quote is both end and beginning. */
static const char *after_quote(const char *at, bool escapes)
{
    char quote = *at++;
    for (; *at && *at != quote; at++)
        at += escapes && *at == '\\' && at[1];
    return *at ? at + 1 : at;
}

static const char *after_line(const char *at)
{
    return at + strcspn(at, "\n");
}

/* Comments nest where the standard is followed, and a text in which they do not has none inside of another.
 */
static const char *after_comment(const char *at)
{
    int depth = 0;
    for (; *at; at++) {
        if (at[0] == '/' && at[1] == '*')
            depth++, at++;
        else if (at[0] == '*' && at[1] == '/' && (at++, --depth == 0))
            return at + 1;
    }
    return at;
}

/* $tag$ … $tag$; `at` itself where it is none. */
static const char *after_dollars(const char *at)
{
    const char *tag_end = at + 1;
    while (is_in_name(*tag_end))
        tag_end++;
    if (*tag_end != '$' || (tag_end > at + 1 && !begins_name(at[1])))
        return at;
    size_t length = (size_t)(tag_end + 1 - at);
    for (const char *end = tag_end + 1; *end; end++)
        if (strncmp(end, at, length) == 0)
            return end + length;
    return at + strlen(at);
}

/* The end of the quotes or the comment that begin here; `at` itself when none do. start: of the whole text.
 */
static const char *after_untouched(const toasty__dialect *dialect, const char *start, const char *at)
{
    bool escapes = dialect->schema->mapping.backslash_escapes;
    switch (*at) {
    case '\'':
        if (!escapes && at > start && (at[-1] == 'E' || at[-1] == 'e'))
            escapes = at - 1 == start || !is_in_name(at[-2]); /* E'…' */
        return after_quote(at, escapes);
    case '"':
    case '`':
        return after_quote(at, escapes && *at == '"');
    case '-':
        return at[1] == '-' ? after_line(at) : at;
    case '#':
        return escapes ? after_line(at) : at; /* elsewhere an operator */
    case '/':
        return at[1] == '*' ? after_comment(at) : at;
    case '$':
        return at > start && is_in_name(at[-1]) ? at : after_dollars(at);
    default:
        return at;
    }
}

/* --- what stands in braces --- */

/* The end of {}, {Model} or {Model.field}, behind the brace; NULL when it is something else. */
static const char *after_braces(const char *at)
{
    if (*++at == '}')
        return at + 1;
    for (; begins_name(*at); at++) {
        while (is_in_name(*at))
            at++;
        if (*at == '}')
            return at + 1;
        if (*at != '.')
            return NULL;
    }
    return NULL;
}

static bool is_named(const char *name, const char *text, size_t length)
{
    return strncmp(name, text, length) == 0 && !name[length];
}

static int write_name(toasty__sql_writer *w, const toasty_schema *schema, const char *name, size_t length,
                      toasty_error *err)
{
    const char *dot = memchr(name, '.', length);
    size_t model_length = dot ? (size_t)(dot - name) : length, field_length = length - model_length - 1;
    const toasty_model *model = NULL;
    for (size_t i = 0; i < schema->model_count && !model; i++)
        if (is_named(schema->models[i]->name, name, model_length))
            model = schema->models[i];
    if (!model)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "{%.*s}: the schema has no model `%.*s`",
                            (int)length, name, (int)model_length, name);
    if (!dot) {
        toasty__sql_prefixed(w, model->table);
        return 0;
    }
    for (uint16_t i = 0; i < model->field_count; i++)
        if (is_named(model->fields[i].name, dot + 1, field_length)) {
            toasty__sql_name(w, model->fields[i].column);
            return 0;
        }
    return toasty__fail(err, TOASTY_INVALID_STATEMENT, "{%.*s}: %s has no field `%.*s`", (int)length, name,
                        model->name, (int)field_length, dot + 1);
}

/* --- placeholders of the database's own --- */

/* $7: 7. */
static size_t number_behind(const char *at, const char *mark)
{
    size_t number = 0, length = strlen(mark);
    if (strncmp(at, mark, length) != 0)
        return 0;
    for (at += length; *at >= '0' && *at <= '9' && number <= UINT16_MAX; at++)
        number = number * 10 + (size_t)(*at - '0');
    return number;
}

bool toasty__sql_takes(const toasty__dialect *dialect, const char *text, size_t count)
{
    const char *mark = dialect->rules->numbered;
    size_t most = 0;
    if (!mark || !count)
        return true;
    for (const char *at = text; *at && most < count;) {
        const char *after = after_untouched(dialect, text, at);
        size_t number = at > text && is_in_name(at[-1]) ? 0 : number_behind(at, mark);
        if (after == at && number > most)
            most = number;
        at = after > at ? after : at + 1;
    }
    return most >= count;
}

/* --- all of it --- */

bool toasty__sql_is_template(const char *text)
{
    return strchr(text, '{') != NULL;
}

int toasty__sql_template(const toasty__dialect *dialect, const toasty_schema *schema, const char *prefix,
                         const char *text, toasty__buffer *out, size_t *places, toasty_error *err)
{
    toasty__sql_writer w = {
        .out = out, .rules = dialect->rules, .quote = dialect->rules->quote, .prefix = prefix};
    const char *copied = text;
    *places = 0;
    for (const char *at = text; *at;) {
        const char *after = *at == '{' ? after_braces(at) : NULL;
        if (!after) {
            after = after_untouched(dialect, text, at);
            at = after > at ? after : at + 1;
            continue;
        }
        toasty__buffer_add(out, copied, (size_t)(at - copied));
        if (at[1] != '}') {
            if (write_name(&w, schema, at + 1, (size_t)(after - at) - 2, err) < 0)
                return -1;
        } else if (++*places, dialect->rules->numbered)
            toasty__buffer_printf(out, "%s%zu", dialect->rules->numbered, *places);
        else
            toasty__buffer_char(out, '?');
        at = copied = after;
    }
    toasty__buffer_text(out, copied);
    return out->failed ? toasty__fail_memory(err) : 0;
}
