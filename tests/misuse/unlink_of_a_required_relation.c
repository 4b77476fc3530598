/* Unlink of a required relation. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    int done = user_todos_unlink(db, NULL, NULL); // refused: user_todos_unlink
    return done;
}
