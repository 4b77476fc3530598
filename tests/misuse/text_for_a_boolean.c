/* Text for a boolean, which C takes for "not NULL". */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(TodoList) todos = todo_all(db, .where = todo_done_eq("no")); // refused: todo_done_eq
    return 0;
}
