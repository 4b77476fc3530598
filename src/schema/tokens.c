/* The tokenizer: see tokens.h. */
#include "schema/tokens.h"

#include <ctype.h>
#include <strings.h>

static const char *skip_blanks(const char *at)
{
    for (;;) {
        if (isspace((unsigned char)*at))
            at++;
        else if (at[0] == '-' && at[1] == '-')
            at += strcspn(at, "\n");
        else if (at[0] == '/' && at[1] == '*') {
            const char *end = strstr(at + 2, "*/");
            at = end ? end + 2 : at + strlen(at);
        } else
            return at;
    }
}

/* Behind the quote that ends what begins at `at`; a doubled one is part of it. */
static const char *quoted_end(const char *at, char quote)
{
    for (at++; *at; at++)
        if (*at == quote && *++at != quote)
            return at;
    return at;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static const char *number_end(const char *at)
{
    while (isalnum((unsigned char)*at) || *at == '.' ||
           ((*at == '+' || *at == '-') && (at[-1] == 'e' || at[-1] == 'E')))
        at++;
    return at;
}

static size_t symbol_length(const char *at)
{
    static const char *const long_ones[] = {
        "!~~*", "!~~", "~~*", "->>", "::", "<>", "!=", "<=", ">=", "||", "==", "->", "<<", ">>", "~~", "!~"};
    for (size_t i = 0; i < sizeof long_ones / sizeof *long_ones; i++)
        if (strncmp(at, long_ones[i], strlen(long_ones[i])) == 0)
            return strlen(long_ones[i]);
    return 1;
}

toasty__token toasty__token_next(const char **at)
{
    toasty__token token = {TOASTY__TOKEN_END, skip_blanks(*at), 0};
    const char *text = token.text, *end = text;
    if (*text == '\'') {
        token.kind = TOASTY__TOKEN_STRING;
        end = quoted_end(text, '\'');
    } else if (*text == '"' || *text == '`' || *text == '[') {
        token.kind = TOASTY__TOKEN_NAME;
        end = quoted_end(text, *text == '[' ? ']' : *text);
    } else if (isdigit((unsigned char)*text) || (*text == '.' && isdigit((unsigned char)text[1]))) {
        token.kind = TOASTY__TOKEN_NUMBER;
        end = number_end(text);
    } else if (is_word(*text)) {
        token.kind = TOASTY__TOKEN_WORD;
        while (is_word(*end))
            end++;
    } else if (*text) {
        token.kind = TOASTY__TOKEN_SYMBOL;
        end = text + symbol_length(text);
    }
    token.length = (size_t)(end - text);
    *at = end;
    return token;
}

bool toasty__token_is(toasty__token token, const char *word)
{
    return (token.kind == TOASTY__TOKEN_WORD || token.kind == TOASTY__TOKEN_SYMBOL) &&
           strlen(word) == token.length && strncasecmp(token.text, word, token.length) == 0;
}

const char *toasty__token_text(toasty__room *room, toasty__token token)
{
    if (token.kind != TOASTY__TOKEN_NAME && token.kind != TOASTY__TOKEN_STRING)
        return toasty__room_text(room, token.text, token.length);
    char quote = token.text[0] == '[' ? ']' : token.text[0];
    char *text = room->failed ? NULL : toasty__arena_alloc_aligned(&room->arena, token.length + 1, 1),
         *out = text;
    if (!text) {
        room->failed = true;
        return "";
    }
    for (size_t i = 1; i < token.length; i++) {
        if (token.text[i] == quote && (i + 1 == token.length || token.text[++i] != quote))
            break;
        *out++ = token.text[i];
    }
    *out = '\0';
    return text;
}
