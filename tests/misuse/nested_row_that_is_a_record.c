/* Nested row that is a record. */
#include "models.toasty.h"

int misuse(toasty_db *db, const Todo *todo);

int misuse(toasty_db *db, const Todo *todo)
{
    toasty_auto(User) user = user_create(db, .name = "a", .email = "b", .todos = todo); // refused: todos
    return user ? 0 : -1;
}
