/* A nested row that is not of badge_new(…). */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(User) user =
        user_create(db, .name = "Ada", .email = "a@x", .badge = &(BadgeNew){.text = "x"}); // refused: BadgeRows
    return user ? 0 : -1;
}
