/* List where one record is expected. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(User) user = user_all(db); // refused: user_all
    return user ? 0 : -1;
}
