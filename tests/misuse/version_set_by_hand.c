/* A version set by hand. */
#include "models.toasty.h"

int misuse(toasty_db *db, Badge *badge);

int misuse(toasty_db *db, Badge *badge)
{
    return badge_update(db, badge, badge_version_set(7)); // refused: badge_version_set
}
