/* Delete whose status is dropped. */
#include "models.toasty.h"

int misuse(toasty_db *db, User *user);

int misuse(toasty_db *db, User *user)
{
    user_delete(db, user); // refused: user_delete
    return 0;
}
