/* Transaction that is dropped: a result of the library's own macros. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_begin(db); // refused: toasty_begin
    return 0;
}
