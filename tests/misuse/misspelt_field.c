/* Misspelt field. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users = user_all(db, .where = user_agee_eq(1)); // refused: user_agee_eq
    return users ? 0 : -1;
}
