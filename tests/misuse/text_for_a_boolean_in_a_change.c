/* Text for a boolean, in a change. */
#include "models.toasty.h"

int misuse(toasty_db *db, Todo *todo);

int misuse(toasty_db *db, Todo *todo)
{
    return todo_update(db, todo, todo_done_set("no")); // refused: todo_done_set
}
