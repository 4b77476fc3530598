/* What a database has now, as its dialect describes it, and how that differs from what the models say. */
#ifndef TOASTY_DB_EXISTING_H
#define TOASTY_DB_EXISTING_H

#include "db/handle.h"
#include "sql/dialect.h"

typedef struct toasty__existing {
    toasty_rows *columns;     /* table, column, type, not null */
    toasty_rows *indexes;     /* table, index, unique, columns */
    toasty_rows *types;       /* type, labels; NULL where there are none */
    toasty_rows *constraints; /* table, name of a check or a foreign key */
} toasty__existing;

/* 0, or -1 with err. */
int toasty__existing_read(toasty__existing *existing, toasty_db *db, const toasty__dialect *dialect,
                          toasty_error *err);
void toasty__existing_done(toasty__existing *existing);

bool toasty__existing_has_table(const toasty__existing *existing, const char *table);
/* 1 when the object is there and is what the schema says, 0 when it is missing, -1 with err (invalid_schema)
 * when it differs. Tables are compared by toasty__existing_compare. */
int toasty__existing_has(const toasty__existing *existing, const toasty_schema *schema, const char *prefix,
                         const toasty__ddl_object *object, toasty_error *err);
/* Compares the tables that are there with their models: 0, or -1 with err, which names the first difference.
 */
int toasty__existing_compare(const toasty__existing *existing, const toasty_schema *schema,
                             const char *prefix, const toasty__dialect *dialect, toasty_error *err);

#endif
