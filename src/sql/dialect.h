/* SQL text from statements. One dialect a database: what differs is in the table below, the rest is shared.
 *
 * Identifiers are always quoted, values are always parameters. The text is deterministic. */
#ifndef TOASTY_SQL_DIALECT_H
#define TOASTY_SQL_DIALECT_H

#include "base/buffer.h"
#include "core/stmt.h"
#include <toasty/driver/driver.h>

struct toasty__sql_schema;

typedef struct toasty__sql_rules toasty__sql_rules; /* writer.h */

typedef struct toasty__dialect {
    const toasty__sql_rules *rules; /* of statements */

    const struct toasty__sql_schema *schema; /* tables: sql/ddl.h */
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

/* What is said before a statement to have its plan instead of its rows; runs: after having run it, else
 * without. NULL: the database has none of that kind for statements that write, or for those that only read.
 */
const char *toasty__sql_explains(const toasty__dialect *dialect, bool writes, bool runs);
/* The same in a form that shows no value of a row, where others may: a database that reads rows to make a
 * plan writes what it found into conditions. NULL: no plan shows any. */
const char *toasty__sql_explains_discreetly(const toasty__dialect *dialect);
/* Does a statement of the library's look at a column of that name, other than to give it back or to write it?
 * At times true although it does not. */
bool toasty__sql_looks_at(const toasty__dialect *dialect, const char *sql, const char *column);
/* Are the rows of a plan nodes of a tree, with the columns id, parent, … and, last, what is done? */
bool toasty__sql_explains_by_nodes(const toasty__dialect *dialect);

extern const toasty__dialect toasty__dialect_sqlite, toasty__dialect_postgresql, toasty__dialect_mysql,
    toasty__dialect_mariadb;
/* What is left where a database has few comforts, said so that SQLite understands it (plain.c). */
extern const toasty__dialect toasty__dialect_plain;

#endif
