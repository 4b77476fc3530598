/* Include of a view, which has no relations. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserCardList) cards =
        user_card_all(db, .include = {user_with_todos()}); // refused: include
    return cards ? 0 : -1;
}
