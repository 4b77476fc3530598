/* Text where a timestamp is asked for. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    return (int)user_count(db, .where = user_created_at_ge("2024-01-01")); // refused: user_created_at_ge
}
