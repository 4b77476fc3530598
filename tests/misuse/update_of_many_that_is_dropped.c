/* Update of many rows whose count is dropped. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    user_update_all(db, .everything = true, .set = {user_name_set("Ada")}); // refused: user_update_all
    return 0;
}
