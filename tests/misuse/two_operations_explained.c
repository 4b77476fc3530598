/* Two operations where one is explained. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(const char) plan = toasty_explain(db, user_all_op(NULL), user_first_op(NULL)); // refused: toasty_op
    return plan ? 0 : -1;
}
