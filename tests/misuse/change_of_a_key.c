/* Change of a key. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    int done = user_update_by_id(db, 1, user_id_set(2)); // refused: user_id_set
    return done;
}
