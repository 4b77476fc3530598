/* Draft of another model. */
#include "models.toasty.h"

int misuse(toasty_db *db, TodoDraft *draft);

int misuse(toasty_db *db, TodoDraft *draft)
{
    toasty_auto(User) user = user_create_draft(db, draft); // refused: draft
    return user ? 0 : -1;
}
