/* Null record. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    int done = user_delete(db, NULL); // refused: user_delete
    return done;
}
