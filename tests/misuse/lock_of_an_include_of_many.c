/* A lock on records that are included. */
#include "models.toasty.h"

int misuse(toasty_db *tx);

int misuse(toasty_db *tx)
{
    User *user = user_first(tx, .include = {user_with_todos(.lock = TOASTY_FOR_UPDATE)}); // refused: lock
    return user ? 0 : -1;
}
