/* Second condition of the model of a view. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserCardList) cards = user_card_all(
        db, .where = user_card_of(user_name_eq("a"), user_age_eq(1))); // refused: user_card_of
    return cards ? 0 : -1;
}
