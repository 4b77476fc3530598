/* Condition where a change is asked for. */
#include "models.toasty.h"

int misuse(toasty_db *db, User *user);

int misuse(toasty_db *db, User *user)
{
    return user_update(db, user, user_bio_eq("a")); // refused: user_bio_eq
}
