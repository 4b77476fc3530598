/* What the two dialects that SQLite understands share. */
#ifndef TOASTY_SQL_SQLITE_H
#define TOASTY_SQL_SQLITE_H

#include "sql/writer.h"

/* column IN list, columns IN lists, lists as a source: rules of both. */
void toasty__sqlite_in(toasty__sql_writer *w, const toasty__expr *expr);
void toasty__sqlite_tuple_in(toasty__sql_writer *w, const toasty__expr *expr);
void toasty__sqlite_lists(toasty__sql_writer *w, toasty__expr *const *lists, uint32_t count);

#endif
