/* Condition of another model in a loop of batches. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    int rows = 0;
    user_each_batch(db, users, 500, .where = todo_title_eq("x")) // refused: user_condition
        rows += (int)users->len;
    return rows;
}
