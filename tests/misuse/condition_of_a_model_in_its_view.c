/* Condition of the model where one of its view is due. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserCardList) cards = user_card_all(db, .where = user_name_eq("a")); // refused: user_condition
    return cards ? 0 : -1;
}
