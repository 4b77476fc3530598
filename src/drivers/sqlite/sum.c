/* Sums of reals, toasty_sum(a, b, bits): rounded to what keeps them, as other databases do, and refused where
 * they leave its range.
 *
 * SQLite's own + makes infinity of such a sum, or NULL where two infinities cancel each other, and keeps in a
 * column of floats what no float can be. NULL and anything makes NULL. */
#include "drivers/sqlite/connection.h"

#include <math.h>

const char toasty__sqlite_sum_fault[] = "a sum of reals is out of range";

static void add(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_type(values[1]) == SQLITE_NULL)
        return;
    double a = sqlite3_value_double(values[0]), b = sqlite3_value_double(values[1]), sum = a + b;
    if (sqlite3_value_int(values[2]) == 32)
        sum = (double)(float)sum;
    if (!isnan(sum) && (isfinite(sum) || !isfinite(a) || !isfinite(b))) {
        sqlite3_result_double(context, sum);
        return;
    }
    sqlite3_result_error(context, toasty__sqlite_sum_fault, -1);
    sqlite3_result_error_code(context, SQLITE_MISMATCH);
}

int toasty__sqlite_add_sums(sqlite3 *db)
{
    return sqlite3_create_function(db, "toasty_sum", 3, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, add, NULL,
                                   NULL);
}
