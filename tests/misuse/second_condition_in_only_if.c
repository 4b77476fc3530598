/* Second condition that the row must meet. */
#include "models.toasty.h"

int misuse(toasty_db *db, User *user);

int misuse(toasty_db *db, User *user)
{
    return user_delete(db, user,
                       user_only_if(user_name_eq("a"), user_age_ge(18))); // refused: user_only_if
}
