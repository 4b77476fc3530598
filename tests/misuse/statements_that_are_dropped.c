/* A text of statements that nobody frees. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_statements(db, user_all_op(NULL)); // refused: toasty_statements
    return 0;
}
