/* Enum of another type. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    Color color = COLOR_RED;
    toasty_auto(TodoList) todos = todo_all(db, .where = todo_priority_eq(color)); // refused: todo_priority_eq
    return todos ? 0 : -1;
}
