/* Diagnostics: collected while the headers are read and checked, then shown all at once, in the format of a
 * compiler:
 *
 *     models.h:12:5: error: `emial` is not a word of toasty(...); did you mean `email`?
 *
 * Each says what is wrong and what to write instead. Shown in the order of files and lines, equal ones once.
 */
#ifndef TOASTY_DERIVE_DIAGNOSTIC_H
#define TOASTY_DERIVE_DIAGNOSTIC_H

#include "derive/base/memory.h"
#include <stdbool.h>
#include <stdio.h>

typedef struct derive_location {
    const char *file; /* as the user would write it; NULL: the command line */
    unsigned line, column;
} derive_location;

typedef struct derive_diagnostic {
    derive_location at;
    const char *message;
    size_t order; /* of reporting, for those of one place */
} derive_diagnostic;

typedef struct derive_diagnostics {
    derive_memory *memory;
    DERIVE_LIST(derive_diagnostic) list;
} derive_diagnostics;

/* Adds an error. */
void toasty__derive_error(derive_diagnostics *diagnostics, derive_location at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* In the order of files and lines, equal ones once. */
void toasty__derive_sort(derive_diagnostics *diagnostics);
/* Sorts and prints them. */
void toasty__derive_show(derive_diagnostics *diagnostics, FILE *stream);

/* The candidate that `word` was probably meant to be, or NULL. */
const char *toasty__derive_nearest(const char *word, const char *const *candidates, size_t count);

#endif
