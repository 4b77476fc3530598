/* Link whose status is dropped. */
#include "models.toasty.h"

int misuse(toasty_db *db, const User *user, Todo *todo);

int misuse(toasty_db *db, const User *user, Todo *todo)
{
    user_todos_link(db, user, todo); // refused: user_todos_link
    return 0;
}
