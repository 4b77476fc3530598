/* A fraction for an integer, which C cuts. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db, .where = user_age_ge(17.5)); // refused: user_age_ge
    return 0;
}
