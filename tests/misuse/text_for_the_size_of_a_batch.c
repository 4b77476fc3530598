/* Text for the size of a batch. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    int rows = 0;
    user_each_batch(db, users, "500") // refused: int64_t
        rows += (int)users->len;
    return rows;
}
