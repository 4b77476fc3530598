/* List of another type. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    const char *const names[] = {"a"};
    toasty_auto(UserList) users = user_all(db, .where = user_age_in(names, 1)); // refused: user_age_in
    return users ? 0 : -1;
}
