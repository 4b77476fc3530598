/* Condition in not. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    user_expr e = user_not(todo_done_eq(false)); // refused: user_condition
    toasty_auto(UserList) users = user_all(db, .where = e);
    return users ? 0 : -1;
}
