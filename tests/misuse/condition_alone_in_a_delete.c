/* Condition alone in a delete. */
#include "models.toasty.h"

int misuse(toasty_db *db, User *user);

int misuse(toasty_db *db, User *user)
{
    return user_delete(db, user, user_name_eq("a")); // refused: user_changing
}
