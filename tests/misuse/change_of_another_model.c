/* Change of another model. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    User *user = user_get_by_id(db, 1);
    int done = user_update(db, user, user_name_set("a"),
                           todo_done_set(true)); // refused: user_changing
    return done;
}
