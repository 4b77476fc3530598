/* A fraction for a key. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(User) user = user_get_by_id(db, 1.5); // refused: user_get_by_id
    return 0;
}
