/* Number for a uuid. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(Todo) todo = todo_get_by_id(db, 42); // refused: todo_get_by_id
    return todo ? 0 : -1;
}
