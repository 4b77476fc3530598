/* Row of many without braces. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users =
        user_create_many(db, .name = "a", .email = "b"); // refused: user_create_many
    return users ? 0 : -1;
}
