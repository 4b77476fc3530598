/* How a database keeps what the models say: one constant table a database, and the function that applies it.
 *
 * The table says what differs; that a uint8_t in a wider column gets a check, or that a name with a prefix is
 * made anew, is the same everywhere and stands in mapping.c. */
#ifndef TOASTY_SCHEMA_MAPPING_H
#define TOASTY_SCHEMA_MAPPING_H

#include "schema/schema.h"
#include "schema/store.h"

typedef struct toasty__mapping {
    const char *database; /* for messages: "PostgreSQL" */
    const char
        *types[TOASTY_TYPE_COUNT]; /* as the catalogue shows them; NULL of an enum: a type of its own */
    bool labels_in_type;           /* …or one that is written out, enum('a','b'), wherever it is used */
    const char *text_collation;    /* of columns of text; NULL: nothing is said */
    const char *table_options;     /* "" when there are none */
    char quote;                    /* of names in expressions */
    bool backslash_escapes;        /* in literals */
    bool checks;                   /* columns have checks */
    bool integer_widths;           /* integers of 2 and 4 bytes are types of their own */
    bool exact_integers;           /* …and all others too, also those without a sign */
    bool foreign_keys;
    bool nulls_are_largest; /* an index on a nullable column says where NULLs go */
    bool counts_whole_keys; /* only the whole primary key counts up */
    uint32_t key_bytes;     /* that an index holds: text and bytes in one have a length; 0: any */
    const char *key_name;   /* of every primary key; NULL: each has its own */
    bool keys_only; /* knows no columns but those of keys and indexes, and not whether they are NULL */
} toasty__mapping;

/* --- what an index holds, where that is limited --- */

/* How much an index has left for its columns of any length; begins with key_bytes of the mapping. */
typedef struct toasty__key_room {
    uint32_t left, sharers;
} toasty__key_room;

enum { TOASTY__LONGEST_IN_KEY = 255 /* characters or bytes; less where several share an index */ };

/* Adds a column of that type. */
void toasty__key_room_add(toasty__key_room *room, uint8_t type);
/* The characters of a text, or the bytes, that a column of any length may have in such an index. */
uint32_t toasty__key_room_length(const toasty__key_room *room);

/* What the schema looks like in that database, in *store, whose room is set. prefix: of the names of tables
 * and types, may be "". 0, or -1 with err: invalid_schema (a name too long), unsupported, out_of_memory. */
int toasty__store_from_schema(toasty__store *store, const toasty__mapping *mapping,
                              const toasty__schema *schema, const char *prefix, toasty_error *err);

#endif
