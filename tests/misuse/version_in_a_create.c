/* A version in a create. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(Badge) badge = badge_create(db, .user_id = 1, .text = "a",
                                            .version = 7); // refused: BadgeNew
    return badge ? 0 : -1;
}
