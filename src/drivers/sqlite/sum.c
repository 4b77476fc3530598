/* Sums and products of reals, toasty_sum(a, b, bits) and toasty_product(a, b, bits): rounded to what keeps
 * them, as other databases do, and refused where they leave its range.
 *
 * SQLite's own + makes infinity of such a sum, or NULL where two infinities cancel each other, and keeps in a
 * column of floats what no float can be; so does its *. NULL and anything makes NULL. */
#include "drivers/sqlite/connection.h"

#include <math.h>

const char toasty__sqlite_sum_fault[] = "a sum or a product of reals is out of range";

static bool is_null(sqlite3_value **values)
{
    return sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_type(values[1]) == SQLITE_NULL;
}

/* result: of a and b, the two values. */
static void answer(sqlite3_context *context, sqlite3_value **values, double a, double b, double result)
{
    if (sqlite3_value_int(values[2]) == 32)
        result = (double)(float)result;
    if (!isnan(result) && (isfinite(result) || !isfinite(a) || !isfinite(b))) {
        sqlite3_result_double(context, result);
        return;
    }
    sqlite3_result_error(context, toasty__sqlite_sum_fault, -1);
    sqlite3_result_error_code(context, SQLITE_MISMATCH);
}

static void add(sqlite3_context *context, int count, sqlite3_value **values)
{
    double a = sqlite3_value_double(values[0]), b = sqlite3_value_double(values[1]);
    (void)count;
    if (!is_null(values))
        answer(context, values, a, b, a + b);
}

static void multiply(sqlite3_context *context, int count, sqlite3_value **values)
{
    double a = sqlite3_value_double(values[0]), b = sqlite3_value_double(values[1]);
    (void)count;
    if (!is_null(values))
        answer(context, values, a, b, a * b);
}

int toasty__sqlite_add_sums(sqlite3 *db)
{
    enum { FLAGS = SQLITE_UTF8 | SQLITE_DETERMINISTIC };
    int code = sqlite3_create_function(db, "toasty_sum", 3, FLAGS, NULL, add, NULL, NULL);
    return code != SQLITE_OK
               ? code
               : sqlite3_create_function(db, "toasty_product", 3, FLAGS, NULL, multiply, NULL, NULL);
}
