/* Names and comments: see text.h. */
#include "derive/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* --- names --- */

char *toasty__derive_snake(derive_memory *memory, const char *name)
{
    size_t length = strlen(name), out = 0;
    char *snake = toasty__derive_alloc(memory, 2 * length + 1);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i], before = i ? (unsigned char)name[i - 1] : '_';
        unsigned char after = (unsigned char)name[i + 1];
        bool starts_word = isupper(c) && before != '_' && (!isupper(before) || islower(after));
        if (starts_word)
            snake[out++] = '_';
        snake[out++] = (char)tolower(c);
    }
    return snake;
}

char *toasty__derive_upper(derive_memory *memory, const char *name)
{
    char *upper = toasty__derive_text(memory, name, strlen(name));
    for (char *c = upper; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return upper;
}

static bool ends_with(const char *text, size_t length, const char *ending)
{
    size_t n = strlen(ending);
    return length >= n && memcmp(text + length - n, ending, n) == 0;
}

char *toasty__derive_plural(derive_memory *memory, const char *name)
{
    static const char *const irregular[][2] = {
        {"person", "people"},
        {"child", "children"},
        {"man", "men"},
        {"woman", "women"},
        {"mouse", "mice"},
        {"foot", "feet"},
        {"tooth", "teeth"},
        {"goose", "geese"},
        {"news", "news"},
        {"series", "series"},
        {"species", "species"},
        {"data", "data"},
        {"information", "information"},
        {"equipment", "equipment"},
    };
    const char *last = strrchr(name, '_');
    last = last ? last + 1 : name;
    int lead = (int)(last - name);
    size_t length = strlen(last);
    for (size_t i = 0; i < sizeof irregular / sizeof *irregular; i++)
        if (strcmp(last, irregular[i][0]) == 0)
            return toasty__derive_format(memory, "%.*s%s", lead, name, irregular[i][1]);
    if (length > 1 && last[length - 1] == 'y' && !strchr("aeiou", last[length - 2]))
        return toasty__derive_format(memory, "%.*s%.*sies", lead, name, (int)length - 1, last);
    if (ends_with(last, length, "s") || ends_with(last, length, "x") || ends_with(last, length, "z") ||
        ends_with(last, length, "ch") || ends_with(last, length, "sh"))
        return toasty__derive_format(memory, "%ses", name);
    return toasty__derive_format(memory, "%ss", name);
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool toasty__derive_is_keyword(const char *name)
{
    static const char *const keywords[] = {
        /* in the order of strcmp */
        "_Alignas",
        "_Alignof",
        "_Atomic",
        "_Bool",
        "_Complex",
        "_Generic",
        "_Imaginary",
        "_Noreturn",
        "_Static_assert",
        "_Thread_local",
        "alignas",
        "alignof",
        "and",
        "and_eq",
        "asm",
        "auto",
        "bitand",
        "bitor",
        "bool",
        "break",
        "case",
        "catch",
        "char",
        "char16_t",
        "char32_t",
        "char8_t",
        "class",
        "co_await",
        "co_return",
        "co_yield",
        "compl",
        "concept",
        "const",
        "const_cast",
        "consteval",
        "constexpr",
        "constinit",
        "continue",
        "decltype",
        "default",
        "delete",
        "do",
        "double",
        "dynamic_cast",
        "else",
        "enum",
        "explicit",
        "export",
        "extern",
        "false",
        "float",
        "for",
        "friend",
        "goto",
        "if",
        "inline",
        "int",
        "long",
        "mutable",
        "namespace",
        "new",
        "noexcept",
        "not",
        "not_eq",
        "nullptr",
        "operator",
        "or",
        "or_eq",
        "private",
        "protected",
        "public",
        "register",
        "reinterpret_cast",
        "requires",
        "restrict",
        "return",
        "short",
        "signed",
        "sizeof",
        "static",
        "static_assert",
        "static_cast",
        "struct",
        "switch",
        "template",
        "this",
        "thread_local",
        "throw",
        "true",
        "try",
        "typedef",
        "typeid",
        "typename",
        "typeof",
        "typeof_unqual",
        "union",
        "unsigned",
        "using",
        "virtual",
        "void",
        "volatile",
        "wchar_t",
        "while",
        "xor",
        "xor_eq",
    };
    return bsearch(&name, keywords, sizeof keywords / sizeof *keywords, sizeof *keywords, compare_words) !=
           NULL;
}

/* --- comments --- */

static const char *line_start(const char *source, size_t length, unsigned line)
{
    const char *at = source, *end = source + length;
    for (; line > 1 && at < end; line--) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (!at)
            return end;
        at++;
    }
    return at;
}

static const char *find(const char *start, const char *end, const char *what)
{
    size_t n = strlen(what);
    for (; start + n <= end; start++)
        if (memcmp(start, what, n) == 0)
            return start;
    return NULL;
}

/* Words of a comment on one line: marks, stars at the start of lines and runs of white space go. */
static char *clean(derive_memory *memory, const char *start, const char *end)
{
    char *text = toasty__derive_alloc(memory, (size_t)(end - start) + 1);
    size_t out = 0;
    bool at_line_start = true, space = false;
    for (; start < end; start++) {
        if (*start == '\n')
            at_line_start = true;
        if (isspace((unsigned char)*start)) {
            space = true;
            continue;
        }
        if (at_line_start && strchr("*/!<", *start))
            continue;
        at_line_start = false;
        if (space && out > 0)
            text[out++] = ' ';
        space = false;
        text[out++] = *start;
    }
    return out ? text : NULL;
}

/* Where the first comment of a line begins: what stands in quotes, as in a default, begins none. */
static const char *find_open(const char *start, const char *end)
{
    char quote = 0;
    for (const char *at = start; at + 1 < end; at++) {
        if (quote && *at == '\\')
            at++;
        else if (quote || *at == '"' || *at == '\'')
            quote = !quote ? *at : *at == quote ? 0 : quote;
        else if (*at == '/' && (at[1] == '/' || at[1] == '*'))
            return at;
    }
    return NULL;
}

/* The comment that starts after the declaration on its own line. */
static char *trailing(derive_memory *memory, const char *start, const char *line_end, const char *end)
{
    const char *open = find_open(start, line_end);
    if (open && open[1] == '/')
        return clean(memory, open + 2, line_end);
    const char *close = open ? find(open + 2, end, "*/") : NULL;
    return close ? clean(memory, open + 2, close) : NULL;
}

static bool only_space(const char *start, const char *end)
{
    while (start < end && isspace((unsigned char)*start))
        start++;
    return start == end;
}

/* The comment that ends just before `start`, the first character of a line. */
static char *preceding(derive_memory *memory, const char *source, const char *start)
{
    const char *end = start;
    while (end > source && isspace((unsigned char)end[-1]) && !(end[-1] == '\n' && end != start))
        end--;
    if (end - source >= 4 && end[-1] == '/' && end[-2] == '*') {
        const char *open = end - 4;
        while (open > source && memcmp(open, "/*", 2) != 0)
            open--;
        const char *line = open;
        while (line > source && line[-1] != '\n')
            line--;
        return only_space(line, open) && memcmp(open, "/*", 2) == 0 ? clean(memory, open + 2, end - 2) : NULL;
    }
    const char *first = NULL;
    for (const char *below = start; below > source;) {
        const char *line = below - 1;
        while (line > source && line[-1] != '\n')
            line--;
        const char *text = line;
        while (text < below && (*text == ' ' || *text == '\t'))
            text++;
        if (memcmp(text, "//", 2) != 0)
            break;
        first = text;
        below = line;
    }
    return first ? clean(memory, first, start) : NULL;
}

char *toasty__derive_comment(derive_memory *memory, const char *source, size_t length, unsigned line)
{
    if (!source || line == 0)
        return NULL;
    const char *end = source + length, *start = line_start(source, length, line);
    const char *line_end = memchr(start, '\n', (size_t)(end - start));
    char *comment = trailing(memory, start, line_end ? line_end : end, end);
    return comment ? comment : preceding(memory, source, start);
}

/* --- literals --- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The byte that stands for what follows a backslash; *at moves behind it. */
static char escaped(const char **at)
{
    static const char letters[] = "abfnrtv", bytes[] = "\a\b\f\n\r\t\v";
    const char *letter = **at ? strchr(letters, **at) : NULL;
    int value = 0, digits = 0;
    if (letter) {
        ++*at;
        return bytes[letter - letters];
    }
    if (**at == 'x') {
        while (hex_digit(*++*at) >= 0)
            value = value * 16 + hex_digit(**at);
        return (char)value;
    }
    for (; digits < 3 && **at >= '0' && **at <= '7'; digits++)
        value = value * 8 + *(*at)++ - '0';
    return digits ? (char)value : *(*at)++;
}

const char *toasty__derive_quoted(derive_memory *memory, const char *text)
{
    char *quoted = toasty__derive_alloc(memory, 2 * strlen(text) + 3), *at = quoted;
    *at++ = '"';
    for (; *text; *at++ = *text++)
        if (*text == '"' || *text == '\\' || *text == '?') /* ??/ would be another character */
            *at++ = '\\';
    *at = '"';
    return quoted;
}

size_t toasty__derive_unescape(const char *spelled, size_t length, char *out)
{
    const char *end = spelled + length;
    char *at = out;
    while (spelled < end)
        *at++ = *spelled == '\\' && spelled[1] ? (spelled++, escaped(&spelled)) : *spelled++;
    return (size_t)(at - out);
}

const char *toasty__derive_in_comment(derive_memory *memory, const char *text)
{
    if (!strstr(text, "*/") && !strstr(text, "/*"))
        return text;
    char *out = toasty__derive_alloc(memory, strlen(text) * 2 + 1), *at = out;
    for (; *text; text++) {
        *at++ = *text;
        if ((*text == '*' && text[1] == '/') || (*text == '/' && text[1] == '*'))
            *at++ = ' ';
    }
    *at = '\0';
    return out;
}
