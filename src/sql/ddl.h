/* Schemas as SQL: one statement for each change, over a table of what differs between dialects; and the
 * queries by which what is there is read. */
#ifndef TOASTY_SQL_DDL_H
#define TOASTY_SQL_DDL_H

#include "base/buffer.h"
#include "schema/diff.h"
#include "schema/mapping.h"

struct toasty_rows;

/* What stands around the name of an index in its table's statement: "CONSTRAINT " and " UNIQUE", "INDEX " and
 * "". NULL: it has a statement of its own, after the tables. */
typedef struct toasty__sql_index_words {
    const char *before, *after;
} toasty__sql_index_words;

typedef struct toasty__sql_schema {
    const char *target;      /* as the capability table says it */
    toasty__mapping mapping; /* first what the tables look like, then how to say so: */
    const char *counts;      /* after the type of a column that the database counts up */
    const char *collation;   /* the one that needs no saying; NULL: each is said */
    const char *table_end;   /* after the closing parenthesis of a table */
    const char *drop_end;    /* after the name of a table that goes */
    const char
        *escape; /* before a text with backslashes, which are doubled then; NULL: they are like any other */
    toasty__sql_index_words unique_inside, index_inside;
    bool foreign_keys_inside; /* of their table's statement; else each is a statement of its own, after the
                                 indexes */
    bool in_transaction;      /* a change of the schema can be rolled back */
    /* The first statement of a push or a reset, which waits until no other one is under way; NULL: a
     * transaction that writes has waited when it begins. */
    const char *lock;
    /* What a reset runs before and after its transaction, where tables whose rows refer to each other cannot
     * be dropped otherwise; NULL: they can. */
    const char *unbind, *bind;
    /* Statements without parameters, ended by NULL; their answers, rows of text, make a store. */
    const char *const *queries;
    int (*read)(toasty__store *store, const struct toasty_rows *const *answers, toasty_error *err);
} toasty__sql_schema;

/* The most queries that a dialect has. */
enum { TOASTY__MOST_QUERIES = 8 };

/* Every dialect's, ended by NULL. */
extern const toasty__sql_schema *const toasty__sql_schemas[];
extern const toasty__sql_schema toasty__sql_schema_sqlite, toasty__sql_schema_plain,
    toasty__sql_schema_postgresql, toasty__sql_schema_mysql, toasty__sql_schema_mariadb;

/* The statement of a change. 1, 0 when another change's statement does it already, -1 with err: unsupported
 * for a change that no push makes. */
int toasty__ddl_change(const toasty__sql_schema *dialect, const toasty__change *change, toasty__buffer *out,
                       toasty_error *err);

#endif
