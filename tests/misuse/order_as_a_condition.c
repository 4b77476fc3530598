/* Order where a condition is asked for. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db, .where = user_name_asc()); // refused: user_name_asc
    return users ? 0 : -1;
}
