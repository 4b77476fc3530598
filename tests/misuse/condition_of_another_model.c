/* Condition of another model. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db,
                                          .where = todo_done_eq(false)); // refused: user_condition
    return users ? 0 : -1;
}
