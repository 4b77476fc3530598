/* Condition in and. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db, .where = user_and(user_age_ge(18),
                                                                 todo_done_eq(false))); // refused: user_condition
    return users ? 0 : -1;
}
