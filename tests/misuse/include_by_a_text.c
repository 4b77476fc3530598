/* Include that is a name of a relation. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db, .include = {"todos"}); // refused: todos
    return users ? 0 : -1;
}
