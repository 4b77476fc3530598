/* Record of another model. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    Todo *todo = NULL;
    int done = user_delete(db, todo); // refused: user_delete
    return done;
}
