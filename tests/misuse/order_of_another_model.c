/* Order of another model. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db,
                                          .order_by = {todo_title_asc()}); // refused: user_ordering
    return users ? 0 : -1;
}
