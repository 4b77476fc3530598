/* Arguments in the wrong order. */
#include "models.toasty.h"

int misuse(toasty_db *db, User *user);

int misuse(toasty_db *db, User *user)
{
    return user_update(user, db, user_bio_set("a")); // refused: user_update
}
