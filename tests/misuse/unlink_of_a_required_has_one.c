/* Unlink of a has_one whose key is required. */
#include "models.toasty.h"

int misuse(toasty_db *db, const User *user);

int misuse(toasty_db *db, const User *user)
{
    int done = user_badge_unlink(db, user); // refused: user_badge_unlink
    return done;
}
