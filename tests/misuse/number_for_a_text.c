/* Number for a text. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db, .where = user_name_eq(42)); // refused: user_name_eq
    return users ? 0 : -1;
}
