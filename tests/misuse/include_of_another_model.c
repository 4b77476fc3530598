/* Include of another model. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db,
                                          .include = {todo_with_user()}); // refused: user_including
    return users ? 0 : -1;
}
