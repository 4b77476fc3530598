/* A fraction for an integer type with a name of its own. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(TodoList) todos = todo_all(db, .where = todo_effort_lt(2.5)); // refused: todo_effort_lt
    return 0;
}
