/* Change of a generated field. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    int done = user_update_by_id(db, 1, user_created_at_set((toasty_timestamp){0})); // refused: user_created_at_set
    return done;
}
