/* Sum into a number that cannot be absent. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    int64_t sum;
    return user_age_sum(db, &sum); // refused: sum
}
