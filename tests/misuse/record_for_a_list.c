/* Record where a list is expected. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_get_by_id(db, 1); // refused: user_get_by_id
    return users ? 0 : -1;
}
