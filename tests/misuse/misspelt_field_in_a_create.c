/* Misspelt field in a create. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(User) user = user_create(db,
                                         .nmae = "a"); // refused: UserNew
    return user ? 0 : -1;
}
