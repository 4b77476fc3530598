/* Sum whose failure nobody looks at. */
#include "models.toasty.h"

void misuse(toasty_db *db);

void misuse(toasty_db *db)
{
    toasty_opt(int64_t) sum;
    user_age_sum(db, &sum); // refused: user_age_sum
}
