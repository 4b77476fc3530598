/* The lock of a transaction where that of rows is asked for. */
#include "models.toasty.h"

int misuse(toasty_db *tx);

int misuse(toasty_db *tx)
{
    User *user = user_first(tx, .lock = TOASTY_IMMEDIATE_LOCK); // refused: toasty_row_lock
    return user ? 0 : -1;
}
