/* A lock of a view, which has no records of its own. */
#include "models.toasty.h"

int misuse(toasty_db *tx);

int misuse(toasty_db *tx)
{
    toasty_auto(UserCardList) cards = user_card_all(tx, .lock = TOASTY_FOR_UPDATE); // refused: lock
    return cards ? 0 : -1;
}
