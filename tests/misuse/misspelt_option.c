/* Misspelt option. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db,
                                          .wher = user_age_ge(1)); // refused: UserFind
    return users ? 0 : -1;
}
