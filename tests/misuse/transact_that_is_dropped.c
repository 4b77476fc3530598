/* Transaction of a function whose status is dropped. */
#include "models.toasty.h"

int misuse(toasty_db *db, toasty_transaction_function work);

int misuse(toasty_db *db, toasty_transaction_function work)
{
    toasty_transact(db, work, NULL); // refused: toasty_transact
    return 0;
}
