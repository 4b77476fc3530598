/* Result of another model. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(Todo) todo = user_get_by_id(db, 1); // refused: user_get_by_id
    return todo ? 0 : -1;
}
