/* Key that is not given. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(User) user = user_get_by_id(db); // refused: user_get_by_id
    return user ? 0 : -1;
}
