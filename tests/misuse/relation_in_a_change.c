/* Relation that is set as a field. */
#include "models.toasty.h"

int misuse(toasty_db *db, Todo *todo, User *user);

int misuse(toasty_db *db, Todo *todo, User *user)
{
    return todo_update(db, todo, todo_user_set(&user)); // refused: todo_user_set
}
