/* Set null of a required field. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    int done = user_update_by_id(db, 1, user_name_set_null()); // refused: user_name_set_null
    return done;
}
