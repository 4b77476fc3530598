/* Enum of another type in a create. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    Color color = COLOR_RED;
    toasty_auto(Todo) todo = todo_create(db, .title = "a",
                                         .priority = color); // refused: Color
    return todo ? 0 : -1;
}
