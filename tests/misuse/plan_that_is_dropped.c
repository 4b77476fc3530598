/* A plan that nobody frees. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_explain(db, user_all_op(NULL)); // refused: toasty_explain
    return 0;
}
