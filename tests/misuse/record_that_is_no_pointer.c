/* Record that is given by its value. */
#include "models.toasty.h"

int misuse(toasty_db *db, User *user);

int misuse(toasty_db *db, User *user)
{
    return user_delete(db, *user); // refused: user_delete
}
