/* Number for a cursor. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserPage) users = user_page(db, .per_page = 20, .cursor = 7); // refused: char \*
    return users ? 0 : -1;
}
