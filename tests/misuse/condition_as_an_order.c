/* Condition where an order is asked for. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db, .order_by = {user_name_eq("a")}); // refused: user_name_eq
    return users ? 0 : -1;
}
