/* Null for a required text. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    int done = user_update_by_id(db, 1, user_name_set(NULL)); // refused: user_name_set
    return done;
}
