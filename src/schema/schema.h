/* A schema as data: what models say about tables, one for all databases.
 *
 * Plain structs in one room; what refers to something else does so by name, so that half a schema is a value
 * too. Has nothing of C in it (offsets, structs, validation): only what a database could keep. How one
 * database keeps it is in store.h. */
#ifndef TOASTY_SCHEMA_SCHEMA_H
#define TOASTY_SCHEMA_SCHEMA_H

#include "schema/room.h"

#include <toasty/error.h>
#include <toasty/schema.h>

/* How types become columns is versioned, so that a library of another release does not find a difference in
 * every database. */
enum { TOASTY__SCHEMA_FORMAT = 1, TOASTY__SCHEMA_MAPPING = 1 };

typedef TOASTY__LIST(int64_t) toasty__integers;

typedef struct toasty__schema_column {
    const char *name;
    const char *labels;      /* of an enum: its name; NULL otherwise */
    toasty__integers values; /* of an enum that is stored as its value: what there is */
    uint8_t type;            /* toasty_type */
    bool null, counts;       /* counts: the database counts it up */
    /* Of an optional struct: the column without which this one is NULL; together: and with which it is not.
     * NULL: none. */
    const char *needs;
    bool together;
} toasty__schema_column;

typedef struct toasty__schema_index {
    const char *name; /* NULL: the primary key */
    toasty__texts columns;
    uint32_t partition; /* where only keys are known: the leading columns that make the partition */
    bool unique;
} toasty__schema_index;

typedef struct toasty__schema_foreign {
    const char *name, *table;
    toasty__texts columns, references;
    uint8_t on_delete; /* toasty_delete_rule */
} toasty__schema_foreign;

typedef struct toasty__schema_table {
    const char *name, *model;
    TOASTY__LIST(toasty__schema_column) columns;
    toasty__schema_index key;
    TOASTY__LIST(toasty__schema_index) indexes;
    TOASTY__LIST(toasty__schema_foreign) foreigns;
} toasty__schema_table;

typedef struct toasty__schema_enum {
    const char *name;
    toasty__texts labels; /* in order */
} toasty__schema_enum;

typedef struct toasty__schema {
    toasty__room *room; /* where it lives; not its own */
    uint32_t mapping;
    toasty__texts targets;
    TOASTY__LIST(toasty__schema_enum) enums;
    TOASTY__LIST(toasty__schema_table) tables;
} toasty__schema;

/* NULL when there is none. */
const toasty__schema_enum *toasty__schema_find_enum(const toasty__schema *schema, const char *name);
const toasty__schema_table *toasty__schema_find_table(const toasty__schema *schema, const char *name);
const toasty__schema_column *toasty__schema_find_column(const toasty__schema_table *table, const char *name);

/* Part of a foreign key: it holds nothing that the column it refers to does not. */
bool toasty__schema_is_reference(const toasty__schema_table *table, const char *column);

/* Sorts tables, and the columns of each, as generated code has them: the text form has no order, and who
 * looks at a table expects that of the struct. What the models do not have comes last. */
void toasty__schema_sort_as(toasty__schema *schema, const toasty_schema *models);

/* --- the text form: print.c, parse.c --- */

struct toasty__buffer;

/* One fact a line, sorted, defaults left out. The same schema always gives the same bytes. */
void toasty__schema_print(const toasty__schema *schema, struct toasty__buffer *out);
/* Reads the text form into *schema, whose room is set. 0, or -1 with err (invalid_schema) that names the
 * line. */
int toasty__schema_parse(toasty__schema *schema, const char *text, toasty_error *err);

/* "u8", "text": a type in the text form; TOASTY_TYPE_COUNT for a word that is none. */
const char *toasty__schema_type_name(uint8_t type);
uint8_t toasty__schema_type_of(const char *name);
/* "set_null": a rule of deletion, in the text form and in annotations; NULL after the last. */
const char *toasty__schema_rule_name(size_t rule);

#endif
