/* A fraction that is added to an integer. */
#include "models.toasty.h"

int misuse(toasty_db *db, User *user);

int misuse(toasty_db *db, User *user)
{
    return user_update(db, user, user_age_add(0.5)); // refused: user_age_add
}
