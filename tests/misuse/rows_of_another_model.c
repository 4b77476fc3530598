/* Rows of another model. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(User) user = user_create(db, .name = "a",
                                         .todos = user_new({.name = "b"})); // refused: user_new
    return user ? 0 : -1;
}
