/* Result that is dropped. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    user_all(db); // refused: user_
    return 0;
}
