/* Created record that is dropped. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    user_create(db, .name = "a"); // refused: user_
    return 0;
}
