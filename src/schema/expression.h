/* Expressions of checks, generated columns and partial indexes, compared by what they say.
 *
 * Servers rewrite what they are given: parentheses, casts of constants, BETWEEN and IN come back in another
 * dress. Two texts are equal here when they differ in nothing else. What is beyond the grammar (CASE,
 * sub-selects) is compared token by token. */
#ifndef TOASTY_SCHEMA_EXPRESSION_H
#define TOASTY_SCHEMA_EXPRESSION_H

#include "schema/room.h"

/* A text that is the same for expressions that say the same. Only for comparing. */
const char *toasty__expression_canonical(toasty__room *room, const char *text);
/* NULL is equal to NULL only. */
bool toasty__expression_equal(toasty__room *room, const char *a, const char *b);

#endif
