/* Null key. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(User) user = user_get_by_email(db, NULL); // refused: user_get_by_email
    return user ? 0 : -1;
}
