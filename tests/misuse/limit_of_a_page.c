/* Limit of a page, which has `per_page`. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_page(db, .limit = 2); // refused: limit
    return users ? 0 : -1;
}
