/* Range with one end. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    return (int)user_count(db, .where = user_age_between(1)); // refused: user_age_between
}
