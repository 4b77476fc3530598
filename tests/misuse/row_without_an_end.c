/* A nested row that is not of todo_new(…): an array needs an end. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(User) user =
        user_create(db, .name = "Ada", .email = "a@x", .todos = &(TodoNew){.title = "x"}); // refused: TodoRows
    return user ? 0 : -1;
}
