/* A condition on a record that is always there: it would be NULL. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(TodoList) todos =
        todo_all(db, .include = {todo_with_user(.where = user_age_ge(18))}); // refused: where
    return todos ? 0 : -1;
}
