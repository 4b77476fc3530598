/* Templates of generated text: "${model}_all" with the variables of the scopes around it.
 *
 * A scope holds what is known at one level (a model, a field) and points to the one outside; a value may
 * itself use the variables outside of its scope, so that expansion always ends. A variable that is in no
 * scope is a mistake of derive itself and shows as it is written, which no compiler accepts. */
#ifndef TOASTY_DERIVE_TEMPLATE_H
#define TOASTY_DERIVE_TEMPLATE_H

#include "base/buffer.h"
#include "derive/base/memory.h"

typedef struct derive_variable {
    const char *name, *value; /* a NULL name ends a list */
} derive_variable;

typedef struct derive_scope {
    const struct derive_scope *outer;
    const derive_variable *variables;
} derive_scope;

/* Appends the text with every ${name} replaced. */
void toasty__derive_expand(toasty__buffer *out, const derive_scope *scope, const char *text);
/* The same as a string of its own. */
const char *toasty__derive_expanded(derive_memory *memory, const derive_scope *scope, const char *text);

#endif
