/* Sum into a place of another type. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_opt(int32_t) sum;
    return user_age_sum(db, &sum); // refused: value
}
