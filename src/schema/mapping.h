/* How a database keeps what the models say: one constant table a database, and the function that applies it.
 *
 * The table says what differs; that a uint8_t in a wider column gets a check, or that a name with a prefix is
 * made anew, is the same everywhere and stands in mapping.c. */
#ifndef TOASTY_SCHEMA_MAPPING_H
#define TOASTY_SCHEMA_MAPPING_H

#include "schema/schema.h"
#include "schema/store.h"

#include <toasty/driver/capability.h>

typedef struct toasty__mapping {
    const char *database; /* for messages: "PostgreSQL" */
    const char
        *types[TOASTY_TYPE_COUNT]; /* as the catalogue shows them; NULL of an enum: a type of its own */
    bool labels_in_type;           /* …or one that is written out, enum('a','b'), wherever it is used */
    /* The types of text and bytes in a key or an index where capability.key_bytes limits it: "VARCHAR(%u)",
     * of characters that have up to four bytes; "VARBINARY(%u)". NULL: as elsewhere. */
    const char *key_text, *key_blob;
    const char *text_collation; /* of columns of text; NULL: nothing is said */
    const char *table_options;  /* "" when there are none */
    char quote;                 /* of names in expressions */
    bool backslash_escapes;     /* in literals */
    const char *key_name;       /* of every primary key; NULL: each has its own */
    bool checks;                /* columns have checks */
    bool integer_widths;        /* integers of 2 and 4 bytes are types of their own */
    bool nulls_are_largest;     /* an index on a nullable column says where NULLs go */
    bool counts_whole_keys;     /* only the whole primary key counts up */
    const char
        *instead_of_altering; /* what to do where it alters no columns and constraints; NULL: it does */
    bool keys_only; /* knows no columns but those of keys and indexes, and not whether they are NULL */
} toasty__mapping;

/* What the schema looks like in that database, in *store, whose room is set. can: of the database, which says
 * whether it keeps references, what its integers hold and how long its keys are. prefix: of the names of
 * tables and types, may be "". 0, or -1 with err: invalid_schema (a name too long), unsupported,
 * out_of_memory. */
int toasty__store_from_schema(toasty__store *store, const toasty__mapping *mapping,
                              const toasty_capability *can, const toasty__schema *schema, const char *prefix,
                              toasty_error *err);

#endif
