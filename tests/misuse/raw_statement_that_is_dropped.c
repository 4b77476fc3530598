/* Raw statement whose count is dropped. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_sql(db, "DELETE FROM users"); // refused: toasty_sql
    return 0;
}
