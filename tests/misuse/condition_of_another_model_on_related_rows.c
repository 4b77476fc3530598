/* Condition of the owner where one of the related rows stands. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db,
                                          .where = user_todos_any(user_name_eq("x"))); // refused: todo_condition
    return users ? 0 : -1;
}
