/* derive: from annotated headers to the typed API of their models.
 *
 *     front (libclang) → schema → resolve → check → emit → files
 *
 * Each step needs the one before it to have found no error, and shows all of its own at once. */
#ifndef TOASTY_DERIVE_DERIVE_H
#define TOASTY_DERIVE_DERIVE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct derive_options {
    const char *const *targets; /* names, as on the command line */
    size_t target_count;
    const char *output;  /* folder; NULL with json: no files */
    bool json;           /* what was read and is generated is described on stdout, errors too */
    const char *schema;  /* NULL: as the first header */
    const char *depfile; /* NULL: none */
    const char *const *headers;
    size_t header_count;
    const char *const *arguments; /* for the compiler */
    size_t argument_count;
} derive_options;

/* 0, or 1 after messages: then no file was written. */
int toasty__derive(const derive_options *options);

struct toasty__schema;
/* The schema of the headers as data, in *out, whose room is set; writes nothing. 0, or 1 after messages on
 * stderr. */
int toasty__derive_schema(const derive_options *options, struct toasty__schema *out);

#endif
