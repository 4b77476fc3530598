/* Null handle. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    (void)db;
    toasty_auto(UserList) users = user_all(NULL); // refused: user_all
    return users ? 0 : -1;
}
