/* Constants of annotations: what stands after `default =`, worked out from its text. Macros in it have been
 * expanded by the compiler's preprocessor. */
#ifndef TOASTY_DERIVE_CONSTANT_H
#define TOASTY_DERIVE_CONSTANT_H

#include "derive/model/model.h"

/* A whole number as wide as every integer type of a field. */
typedef struct derive_integer {
    bool negative;
    uint64_t magnitude;
} derive_integer;

/* An expression of integer literals, constants of enums, + - * / % << >> | & ^ ~ and parentheses. False when
 * the text is something else or overflows. */
bool toasty__derive_integer(const derive_schema *schema, const char *text, derive_integer *result);

/* The end of the string literal that begins at `text`; NULL when none does, or when it holds NUL. */
const char *toasty__derive_literal_end(const char *text);

/* What a string literal, or several of them one after the other, stand for; NULL when the text is something
 * else. */
const char *toasty__derive_literal_text(derive_memory *memory, const char *text);

/* Is it a constant that a field of the member can hold? */
bool toasty__derive_is_constant_of(derive_schema *schema, const derive_member *member, const char *text);

/* Checks the default of a member against its type and completes it (source, is_zero). Errors are reported at
 * `at`. */
void toasty__derive_resolve_default(derive_schema *schema, const derive_member *member, derive_default *value,
                                    const char *word, derive_location at);

#endif
