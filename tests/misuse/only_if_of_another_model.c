/* Condition of another model that the row must meet. */
#include "models.toasty.h"

int misuse(toasty_db *db, User *user);

int misuse(toasty_db *db, User *user)
{
    return user_update(db, user, user_name_set("a"),
                       user_only_if(todo_done_eq(true))); // refused: user_condition
}
