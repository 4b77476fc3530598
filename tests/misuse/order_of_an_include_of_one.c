/* An order of an include that is one record. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users =
        user_all(db, .include = {user_with_badge(.order_by = {badge_text_asc()})}); // refused: order_by
    return users ? 0 : -1;
}
