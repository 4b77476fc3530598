/* Update by key whose status is dropped. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    user_update_by_id(db, 1, user_name_set("Ada")); // refused: user_update_by_id
    return 0;
}
