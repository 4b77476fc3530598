/* What one database has: tables, columns, indexes, keys and checks as its catalogue shows them.
 *
 * Made from a schema by the database's mapping (mapping.h), or read from the database; two of them are
 * compared (diff.h). Types are spelled as the catalogue spells them, and expressions are compared without
 * regard to how they are written. What refers to something does so by name. */
#ifndef TOASTY_SCHEMA_STORE_H
#define TOASTY_SCHEMA_STORE_H

#include "schema/room.h"

typedef struct toasty__store_column {
    const char *name, *type;
    const char *collation; /* NULL: nothing to say */
    const char *generated; /* the expression; NULL: an ordinary column */
    bool own_type;         /* its type is one of the store's enums */
    bool null, counts;     /* counts: the database counts it up and never gives a value twice */
} toasty__store_column;

typedef struct toasty__store_part {
    const char *column, *expression; /* one of them */
    bool descending, nulls_first;
} toasty__store_part;

typedef struct toasty__store_index {
    const char *name;  /* NULL: it has none that it was given */
    const char *where; /* NULL: all rows */
    TOASTY__LIST(toasty__store_part) parts;
    uint32_t partition;  /* where only keys are known */
    bool unique, broken; /* broken: there, but not usable: a build of it failed */
} toasty__store_index;

typedef struct toasty__store_foreign {
    const char *name; /* NULL: none */
    const char *table;
    toasty__texts columns, references; /* no references: the key of the table */
    const char *on_delete, *on_update; /* "CASCADE", …; NULL: the default, NO ACTION */
    bool deferrable;
} toasty__store_foreign;

typedef struct toasty__store_check {
    const char *name, *expression; /* no name: NULL */
} toasty__store_check;

typedef struct toasty__store_table {
    const char *name;
    const char *options; /* "STRICT"; "" */
    TOASTY__LIST(toasty__store_column) columns;
    toasty__store_index key; /* without parts: there is none */
    TOASTY__LIST(toasty__store_index) indexes;
    TOASTY__LIST(toasty__store_foreign) foreigns;
    TOASTY__LIST(toasty__store_check) checks;
} toasty__store_table;

typedef struct toasty__store_enum {
    const char *name;
    toasty__texts labels;
} toasty__store_enum;

typedef struct toasty__store {
    toasty__room *room; /* where it lives; not its own */
    TOASTY__LIST(toasty__store_enum) enums;
    TOASTY__LIST(toasty__store_table) tables;
} toasty__store;

/* NULL when there is none. */
toasty__store_enum *toasty__store_find_enum(const toasty__store *store, const char *name);
toasty__store_table *toasty__store_find_table(const toasty__store *store, const char *name);
toasty__store_column *toasty__store_find_column(const toasty__store_table *table, const char *name);
toasty__store_index *toasty__store_find_index(const toasty__store_table *table, const char *name);

#endif
