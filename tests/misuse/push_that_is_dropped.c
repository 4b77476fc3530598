/* Push of a schema whose status is dropped. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_push_schema(db); // refused: toasty_push_schema
    return 0;
}
