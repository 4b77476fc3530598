/* What the two dialects that SQLite understands share. */
#ifndef TOASTY_SQL_SQLITE_H
#define TOASTY_SQL_SQLITE_H

#include "sql/writer.h"

/* Sums and averages are functions of the driver's (drivers/sqlite/aggregate.c), whatever the type: SQLite's
 * own sum fails on its way to a result that fits, and its average adds doubles. */
#define TOASTY__SQLITE_FUNCTIONS                                                                             \
    {                                                                                                        \
        [TOASTY__FUNCTION_SUM] = "toasty_total", [TOASTY__FUNCTION_SUM_REALS] = "toasty_total",              \
        [TOASTY__FUNCTION_AVERAGE] = "toasty_average", [TOASTY__FUNCTION_AVERAGE_REALS] = "toasty_average"   \
    }

/* column IN list, columns IN lists, lists as a source: rules of both. */
void toasty__sqlite_in(toasty__sql_writer *w, const toasty__expr *expr);
void toasty__sqlite_tuple_in(toasty__sql_writer *w, const toasty__expr *expr);
void toasty__sqlite_lists(toasty__sql_writer *w, toasty__expr *const *lists, uint32_t count);

#endif
