/* A limit of an include that is one record. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users =
        user_all(db, .include = {user_with_badge(.limit = 1)}); // refused: limit
    return users ? 0 : -1;
}
