/* Checks over the whole schema, after it has been resolved: what the parts allow and the whole does not. */
#ifndef TOASTY_DERIVE_CHECK_H
#define TOASTY_DERIVE_CHECK_H

#include "derive/model/model.h"

/* A generated identifier and what it was made from. */
typedef struct derive_generated {
    const char *name;
    derive_location at;
    const char *origin; /* "field `email`", "relation `todos`", "model `User`" */
    bool is_type;       /* and not called: a macro with parameters may have the same name */
} derive_generated;

typedef DERIVE_LIST(derive_generated) derive_generated_names;

/* Names that cannot be used, cycles of required keys. */
void toasty__derive_check(derive_schema *schema);
/* Generated names that are equal to each other or to what the user's headers declare. */
void toasty__derive_check_names(derive_schema *schema, const derive_generated_names *names);

#endif
