/* Condition that the type lacks. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(TodoList) todos = todo_all(db, .where = todo_done_gt(false)); // refused: todo_done_gt
    return todos ? 0 : -1;
}
