/* Number for a key. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(User) user = user_get_by_email(db, 42); // refused: user_get_by_email
    return user ? 0 : -1;
}
