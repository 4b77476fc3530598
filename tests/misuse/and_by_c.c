/* Conditions joined by C. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    return (int)user_count(db, .where = user_age_ge(1) && user_age_le(2)); // refused: user_age_le
}
