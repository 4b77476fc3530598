/* Condition that is a text of SQL. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db, .where = "age > 17"); // refused: where
    return users ? 0 : -1;
}
