/* Order that is a name of a field. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db, .order_by = {"name"}); // refused: name
    return users ? 0 : -1;
}
