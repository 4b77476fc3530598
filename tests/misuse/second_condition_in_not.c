/* A second condition where a negation takes one. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    return (int)user_count(db, .where = user_not(user_age_ge(18), user_age_le(30))); // refused: user_not
}
