/* The call itself where the operation that stands for it is explained. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(const char) plan = toasty_explain(db, user_all(db)); // refused: toasty_explain
    return plan ? 0 : -1;
}
