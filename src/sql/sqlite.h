/* What the two dialects that SQLite understands share. */
#ifndef TOASTY_SQL_SQLITE_H
#define TOASTY_SQL_SQLITE_H

#include "sql/writer.h"

/* Sums and averages are functions of the driver's (drivers/sqlite/aggregate.c), whatever the type: SQLite's
 * own sum fails on its way to a result that fits, and its average adds doubles. */
#define TOASTY__SQLITE_FUNCTIONS                                                                             \
    {                                                                                                        \
        [TOASTY__FUNCTION_COUNT_DISTINCT] = "count(DISTINCT %)", [TOASTY__FUNCTION_SUM] = "toasty_total",    \
        [TOASTY__FUNCTION_SUM_REALS] = "toasty_total", [TOASTY__FUNCTION_AVERAGE] = "toasty_average",        \
        [TOASTY__FUNCTION_AVERAGE_REALS] = "toasty_average"                                                  \
    }
#define TOASTY__SQLITE_CUT "(substr(%, 1, #) || '&')"
#define TOASTY__SQLITE_CUTS                                                                                  \
    {                                                                                                        \
        [TOASTY_TYPE_TIMESTAMP] = TOASTY__SQLITE_CUT, [TOASTY_TYPE_DATETIME] = TOASTY__SQLITE_CUT,           \
        [TOASTY_TYPE_DATE] = TOASTY__SQLITE_CUT, [TOASTY_TYPE_TIME] = TOASTY__SQLITE_CUT                     \
    }

#define TOASTY__SQLITE_EXPLAIN                                                                               \
    {                                                                                                        \
        "EXPLAIN QUERY PLAN ", "EXPLAIN QUERY PLAN "                                                         \
    }

/* column IN list, columns IN lists, lists as a source: rules of both. */
void toasty__sqlite_in(toasty__sql_writer *w, const toasty__expr *expr);
void toasty__sqlite_tuple_in(toasty__sql_writer *w, const toasty__expr *expr);
void toasty__sqlite_lists(toasty__sql_writer *w, toasty__expr *const *lists, uint32_t count);

#endif
