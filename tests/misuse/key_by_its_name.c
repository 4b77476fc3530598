/* Key that is written as an option. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(User) user = user_get_by_id(db, .id = 1); // refused: user_get_by_id
    return user ? 0 : -1;
}
