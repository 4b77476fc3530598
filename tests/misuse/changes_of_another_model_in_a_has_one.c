/* An update inside of a has_one with a change of the owner. */
#include "models.toasty.h"

int misuse(toasty_db *db, const User *user);

int misuse(toasty_db *db, const User *user)
{
    int done = user_badge_update(db, user, user_name_set("x")); // refused: badge_change
    return done;
}
