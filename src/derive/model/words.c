/* Splitting the text of an annotation into words. Knows the shape `name`, `name = value`, `name(value)`, and
 * no name. */
#include "derive/model/annotations.h"

#include <ctype.h>
#include <string.h>

/* Behind a string or a character in quotes that starts at `text`; text itself where none does. */
static const char *behind_quotes(const char *text, const char *end)
{
    if (*text != '"' && *text != '\'')
        return text;
    const char *at = text + 1;
    while (at < end && *at != *text)
        at += *at == '\\' && at + 1 < end ? 2 : 1;
    return at < end ? at + 1 : end;
}

/* The end of the word that starts at `text`: its comma, or the end. Commas in parentheses, braces and strings
 * do not count. */
static const char *word_end(const char *text)
{
    const char *end = text + strlen(text);
    int depth = 0;
    while (text < end) {
        const char *behind = behind_quotes(text, end);
        if (behind != text) {
            text = behind;
            continue;
        }
        if (*text == ',' && depth == 0)
            break;
        depth += (strchr("([{", *text) != NULL) - (strchr(")]}", *text) != NULL);
        text++;
    }
    return text;
}

static void trim(const char **start, const char **end)
{
    while (*start < *end && isspace((unsigned char)**start))
        ++*start;
    while (*start < *end && isspace((unsigned char)(*end)[-1]))
        --*end;
}

/* True when the parenthesis at start is closed by the one at end - 1. */
static bool in_parentheses(const char *start, const char *end)
{
    if (end - start < 2 || *start != '(' || end[-1] != ')')
        return false;
    int depth = 0;
    for (const char *at = start; at < end - 1;) {
        const char *behind = behind_quotes(at, end - 1);
        depth += behind == at ? (*at == '(') - (*at == ')') : 0;
        if (depth == 0)
            return false;
        at = behind == at ? at + 1 : behind;
    }
    return true;
}

static const char *value_text(derive_memory *memory, const char *start, const char *end)
{
    trim(&start, &end);
    if (in_parentheses(start, end)) {
        start++, end--;
        trim(&start, &end);
    }
    return toasty__derive_text(memory, start, (size_t)(end - start));
}

void toasty__derive_split(derive_memory *memory, const char *text, derive_location at, derive_words *words)
{
    while (*text) {
        const char *start = text, *end = word_end(text);
        text = *end ? end + 1 : end;
        trim(&start, &end);
        if (start == end)
            continue;
        const char *name_end = start;
        while (name_end < end && (isalnum((unsigned char)*name_end) || *name_end == '_'))
            name_end++;
        derive_word word = {.at = at};
        const char *rest = name_end;
        while (rest < end && isspace((unsigned char)*rest))
            rest++;
        if (rest == end) {
            word.name = toasty__derive_text(memory, start, (size_t)(end - start));
        } else if (name_end > start && *rest == '=') {
            word.name = toasty__derive_text(memory, start, (size_t)(name_end - start));
            word.value = value_text(memory, rest + 1, end);
        } else if (name_end > start && *rest == '(') {
            word.name = toasty__derive_text(memory, start, (size_t)(name_end - start));
            word.value = value_text(memory, rest, end);
        } else {
            word.name = toasty__derive_text(memory, start, (size_t)(end - start));
        }
        DERIVE_PUSH(memory, words, word);
    }
}
