/* Transaction function of another shape. */
#include "models.toasty.h"

int misuse(toasty_db *db, int (*work)(void *));

int misuse(toasty_db *db, int (*work)(void *))
{
    return toasty_transact(db, work, NULL); // refused: toasty_transact
}
