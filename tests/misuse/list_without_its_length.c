/* List of values without its length. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    int32_t ages[2] = {1, 2};
    return (int)user_count(db, .where = user_age_in(ages)); // refused: user_age_in
}
