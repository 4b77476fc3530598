/* Owner of another model. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    Todo *todo = NULL;
    toasty_auto(TodoList) todos = user_todos(db, todo); // refused: user_todos
    return todos ? 0 : -1;
}
