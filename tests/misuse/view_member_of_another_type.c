/* Text for a count of a view. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserCardList) cards = user_card_all(db, .where = user_card_todo_count_gt("1")); // refused: user_card_todo_count_gt
    return cards ? 0 : -1;
}
