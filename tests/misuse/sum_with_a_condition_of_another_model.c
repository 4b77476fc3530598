/* Sum of the rows that a condition of another model means. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_opt(int64_t) sum;
    return user_age_sum(db, &sum, .where = todo_done_eq(true)); // refused: user_condition
}
