/* Member that a view does not have. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserCardList) cards = user_card_all(db, .where = user_card_email_eq("a")); // refused: user_card_email_eq
    return cards ? 0 : -1;
}
