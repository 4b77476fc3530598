/* Value of a raw statement that is bare. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    return (int)toasty_sql(db, "DELETE FROM users WHERE id = {}", 7); // refused: toasty_sql
}
