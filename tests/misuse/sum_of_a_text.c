/* Sum of a text. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_opt(int64_t) sum;
    return user_name_sum(db, &sum); // refused: user_name_sum
}
