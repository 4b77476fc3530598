/* Change of a view, which only shows. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    UserCard card = {0};
    return user_card_update(db, &card, user_card_name_set("a")); // refused: user_card_update
}
