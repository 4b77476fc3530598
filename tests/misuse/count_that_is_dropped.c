/* Count that is dropped. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    user_count(db); // refused: user_count
    return 0;
}
