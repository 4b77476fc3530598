/* Text for a number. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db, .where = user_age_eq("old")); // refused: user_age_eq
    return users ? 0 : -1;
}
