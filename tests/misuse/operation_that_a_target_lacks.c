/* Operation that a target lacks. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db, .where = user_name_ilike("a%")); // refused: user_name_ilike
    return users ? 0 : -1;
}
