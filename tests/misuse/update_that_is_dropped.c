/* Update whose status is dropped. */
#include "models.toasty.h"

int misuse(toasty_db *db, User *user);

int misuse(toasty_db *db, User *user)
{
    user_update(db, user, user_name_set("Ada")); // refused: user_update
    return 0;
}
