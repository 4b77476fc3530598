/* SQL text from statements and schemas. One dialect a database: what differs is in the table below, the rest
 * is shared.
 *
 * Identifiers are always quoted, values are always parameters. The text is deterministic. */
#ifndef TOASTY_SQL_DIALECT_H
#define TOASTY_SQL_DIALECT_H

#include "base/buffer.h"
#include "core/stmt.h"
#include <toasty/driver/driver.h>

/* What a step of `create` makes, so that a push can leave out what is there. */
typedef struct toasty__ddl_object {
    enum {
        TOASTY__DDL_TYPE,
        TOASTY__DDL_TABLE,
        TOASTY__DDL_INDEX,      /* unique ones too; primary keys belong to their table */
        TOASTY__DDL_FOREIGN_KEY /* only where it is not part of its table's statement */
    } kind;
    const toasty_model *model; /* NULL for a type */
    char name[256];            /* in the database, with its prefix */
} toasty__ddl_object;

typedef struct toasty__sql_rules toasty__sql_rules; /* writer.h */

typedef struct toasty__dialect {
    const toasty__sql_rules *rules; /* of statements */

    /* The statements that make what a schema needs, one a call: create types, tables with keys and foreign
     * keys, indexes, in an order that works, or drop them all. *object is what the statement makes. step
     * counts from 0; returns 1 while there is a statement, 0 after the last, -1 with err. */
    int (*create)(const toasty_schema *schema, const char *prefix, size_t step, toasty__ddl_object *object,
                  toasty__buffer *out, toasty_error *err);
    int (*drop)(const toasty_schema *schema, const char *prefix, size_t step, toasty__buffer *out,
                toasty_error *err);

    /* A query without parameters for what exists now: rows of text (table, column, type, "t" or "f" for NOT
     * NULL) of the tables that an application sees. */
    const char *describe_columns;
    /* Rows of text (table, index name, "t"/"f" unique, column names in order joined by ','), primary keys
     * too. */
    const char *describe_indexes;
    /* Rows of text (type, labels in order joined by ','); NULL where there are no types to make. */
    const char *describe_types;
    /* Rows of text (table, name) of checks and foreign keys. */
    const char *describe_constraints;
    /* The n-th check or foreign key that a model's table has, as an object of the kind table or foreign key;
     * false after the last. */
    bool (*constraint)(const toasty_model *model, const char *prefix, size_t n, toasty__ddl_object *object);
    /* The type that describe_columns would show for a field, into out. */
    void (*column_type)(const toasty_field *field, const char *prefix, toasty__buffer *out);

    bool ddl_in_transaction;
} toasty__dialect;

/* Writes the text of a statement. -1 with err: out_of_memory, unsupported. prefix: of table names, may be "".
 */
int toasty__sql_statement(const toasty__dialect *dialect, const toasty__stmt *stmt, const char *prefix,
                          toasty__buffer *out, toasty_error *err);
/* Text and the rest of a statement for a driver, made once a plan; arena: where sql, parameters and so on
 * live. */
int toasty__sql_prepare(const toasty__dialect *dialect, const toasty__stmt *stmt, const char *prefix,
                        struct toasty__arena *arena, toasty_statement *out, toasty_error *err);

/* The text of an operation on a transaction; "" of a ping. */
enum { TOASTY__CONTROL_TEXT = 96 };
void toasty__sql_control(const toasty__dialect *dialect, const toasty_operation *operation, char *out,
                         size_t size);

extern const toasty__dialect toasty__dialect_sqlite, toasty__dialect_postgresql;
/* What is left where a database has few comforts, said so that SQLite understands it (plain.c). */
extern const toasty__dialect toasty__dialect_plain;

#endif
