/* Change where a condition is asked for. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    return (int)user_count(db, .where = user_name_set("a")); // refused: user_name_set
}
