/* SQL as tokens: enough to find the parts of a table's statement and to compare two expressions.
 *
 * Knows comments, strings, the ways to quote a name, numbers and operators; no grammar. Points into the text
 * that it reads. What does not end (a string, a comment) ends with the text. */
#ifndef TOASTY_SCHEMA_TOKENS_H
#define TOASTY_SCHEMA_TOKENS_H

#include "schema/room.h"

typedef enum toasty__token_kind {
    TOASTY__TOKEN_END,
    TOASTY__TOKEN_WORD,   /* a keyword or a name without quotes */
    TOASTY__TOKEN_NAME,   /* "name", `name`, [name] */
    TOASTY__TOKEN_STRING, /* 'text' */
    TOASTY__TOKEN_NUMBER,
    TOASTY__TOKEN_SYMBOL /* ( ) , and operators, the longest first */
} toasty__token_kind;

typedef struct toasty__token {
    toasty__token_kind kind;
    const char *text; /* with its quotes */
    size_t length;
} toasty__token;

/* The token at *at, which moves behind it. */
toasty__token toasty__token_next(const char **at);

/* A word without regard to case, or a symbol: never a name in quotes or a string. */
bool toasty__token_is(toasty__token token, const char *word);
/* A name, with or without quotes, or a string, without its quotes. */
const char *toasty__token_text(toasty__room *room, toasty__token token);

#endif
