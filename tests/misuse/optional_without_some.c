/* Optional without some. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(User) user = user_create(db, .name = "a", .age = 42); // refused: user_create
    return user ? 0 : -1;
}
