/* Condition on a relation, seen from its other side. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db,
                                          .where = todo_user_is(user_name_eq("x"))); // refused: user_condition
    return users ? 0 : -1;
}
