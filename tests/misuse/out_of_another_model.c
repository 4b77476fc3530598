/* Out of another model. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    Todo *todo = NULL;
    int done = toasty_batch(db, user_get_by_id_op(&todo, 1)); // refused: user_get_by_id_op
    return done;
}
