/* Statements that are not made of a request: the user's own, and those of the schema. */
#ifndef TOASTY_DB_RAW_H
#define TOASTY_DB_RAW_H

#include "db/handle.h"

/* Runs a statement of the library's own, which has no values and leaves nothing in its session, on a
 * connection that it has alone. rows (may be NULL) gets the rows as text, a block. 0, or -1 with err. */
int toasty__raw_run(toasty_db *db, const char *sql, toasty_rows **rows, toasty_error *err);

#endif
