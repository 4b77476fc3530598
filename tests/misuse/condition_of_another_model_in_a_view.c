/* Condition of a model that the view is not of. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserCardList) cards =
        user_card_all(db, .where = user_card_of(todo_done_eq(true))); // refused: todo_expr
    return cards ? 0 : -1;
}
