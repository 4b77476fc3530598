/* Sums and averages as other databases have them: toasty_total(value), toasty_average(value).
 *
 * Integers are added exactly, in more bits than any number of rows needs, so that only a result that does not
 * fit is an error. Reals are added as doubles; a sum that leaves their range is an error too, unless infinity
 * was among them. NULLs do not count, and of nothing there is no sum. */
#include "drivers/sqlite/connection.h"

#include <math.h>

/* SQLite's memory for an aggregate is aligned to 8 bytes. */
__extension__ typedef __int128 wide __attribute__((aligned(8)));

typedef struct tally {
    wide whole;  /* of the integers */
    double real; /* of the reals */
    int64_t count;
    bool reals, infinite; /* there was one */
} tally;

_Static_assert(_Alignof(tally) == 8, "as SQLite's memory is");

static void add(sqlite3_context *context, int count, sqlite3_value **values)
{
    int type = sqlite3_value_type(values[0]);
    tally *all = type == SQLITE_NULL ? NULL : sqlite3_aggregate_context(context, sizeof *all);
    (void)count;
    if (type == SQLITE_NULL)
        return;
    if (!all) {
        sqlite3_result_error_nomem(context);
        return;
    }
    all->count++;
    if (type == SQLITE_INTEGER) {
        all->whole += sqlite3_value_int64(values[0]);
        return;
    }
    double value = sqlite3_value_double(values[0]);
    all->reals = true;
    all->infinite = all->infinite || isinf(value);
    all->real += value;
}

static void refuse(sqlite3_context *context)
{
    sqlite3_result_error(context, "a sum is out of the range of its type", -1);
    sqlite3_result_error_code(context, SQLITE_MISMATCH);
}

static void answer_real(sqlite3_context *context, const tally *all, double divisor)
{
    double sum = all->real + (double)all->whole;
    if (isinf(sum) && !all->infinite)
        refuse(context);
    else
        sqlite3_result_double(context, sum / divisor);
}

/* The tally; NULL: no value was there, and that is the answer. */
static const tally *tally_of(sqlite3_context *context)
{
    return sqlite3_aggregate_context(context, 0);
}

static void answer_sum(sqlite3_context *context)
{
    const tally *all = tally_of(context);
    if (!all)
        sqlite3_result_null(context);
    else if (all->reals)
        answer_real(context, all, 1);
    else if (all->whole < INT64_MIN || all->whole > INT64_MAX)
        refuse(context);
    else
        sqlite3_result_int64(context, (int64_t)all->whole);
}

static void answer_average(sqlite3_context *context)
{
    const tally *all = tally_of(context);
    if (all)
        answer_real(context, all, (double)all->count);
    else
        sqlite3_result_null(context);
}

int toasty__sqlite_add_aggregates(sqlite3 *db)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int code = sqlite3_create_function_v2(db, "toasty_total", 1, flags, NULL, NULL, add, answer_sum, NULL);
    return code == SQLITE_OK ? sqlite3_create_function_v2(db, "toasty_average", 1, flags, NULL, NULL, add,
                                                          answer_average, NULL)
                             : code;
}
