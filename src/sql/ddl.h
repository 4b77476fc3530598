/* What a schema needs in a database, statement by statement: shared over a table of differences.
 *
 * Names come from the schema as they are; with a prefix, names of indexes and constraints are made anew from
 * the prefixed table, since a database has them in one room. */
#ifndef TOASTY_SQL_DDL_H
#define TOASTY_SQL_DDL_H

#include "sql/writer.h"

typedef struct toasty__ddl_rules {
    const toasty__sql_rules *words; /* how names are quoted */
    const char *target;
    const char *sequence;     /* after the type of a key that the database counts up */
    const char *table_end;    /* after the closing parenthesis of a table */
    const char *drop_end;     /* after the name of a table that goes */
    bool enum_types;          /* each enum is a type; else text with a check */
    bool integer_widths;      /* integers of 2 and 4 bytes are types; else all have 8 */
    bool sequence_is_primary; /* such a key is the whole primary key, and says so itself */
    bool foreign_keys_inside; /* of their table's statement; else each is a statement of its own, after the
                                 indexes */
    bool nulls_are_largest;   /* an index on a nullable column says where NULLs go */
    /* The type of a column; with its collation. */
    void (*column_type)(toasty__sql_writer *w, const toasty_field *field);
} toasty__ddl_rules;

int toasty__ddl_create(const toasty__ddl_rules *rules, const toasty_schema *schema, const char *prefix,
                       size_t step, toasty__ddl_object *object, toasty__buffer *out, toasty_error *err);
bool toasty__ddl_constraint(const toasty__ddl_rules *rules, const toasty_model *model, const char *prefix,
                            size_t n, toasty__ddl_object *object);
int toasty__ddl_drop(const toasty__ddl_rules *rules, const toasty_schema *schema, const char *prefix,
                     size_t step, toasty__buffer *out, toasty_error *err);

#endif
