/* Words and names: from C's spelling to the database's, and the user's comments. Pure functions of text. */
#ifndef TOASTY_DERIVE_TEXT_H
#define TOASTY_DERIVE_TEXT_H

#include "derive/base/memory.h"
#include <stdbool.h>

/* "UserCard" → "user_card", "HTTPServer" → "http_server", "PRIORITY_LOW" → "priority_low". */
char *toasty__derive_snake(derive_memory *memory, const char *name);
/* "user" → "users", "category" → "categories", "person" → "people"; of the last word only. */
char *toasty__derive_plural(derive_memory *memory, const char *name);
char *toasty__derive_upper(derive_memory *memory, const char *name);

/* The comment that belongs to the declaration on `line` (from 1): the one after it on the same line, else the
 * one that ends on the line before and stands alone there. On one line, without its marks; NULL when there is
 * none. */
char *toasty__derive_comment(derive_memory *memory, const char *source, size_t length, unsigned line);

/* What stands between the quotes of a string literal, as the compiler reads it: writes it, which is no longer
 * than it is spelled, and returns its length. */
size_t toasty__derive_unescape(const char *spelled, size_t length, char *out);

/* A string literal of text in one line. */
const char *toasty__derive_quoted(derive_memory *memory, const char *text);

/* Text of the user's as it may stand in a comment: one that ends a comment does not. */
const char *toasty__derive_in_comment(derive_memory *memory, const char *text);

/* A keyword of C (up to C23) or C++ (up to C++20). */
bool toasty__derive_is_keyword(const char *name);

#endif
