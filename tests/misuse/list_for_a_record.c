/* List where one record is asked for. */
#include "models.toasty.h"

int misuse(toasty_db *db, UserList *users);

int misuse(toasty_db *db, UserList *users)
{
    return user_update(db, users, user_bio_set("a")); // refused: user_update
}
