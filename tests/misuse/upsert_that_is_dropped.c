/* Upsert whose record is dropped. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    user_upsert_by_email(db, "a", user_name_set("Ada")); // refused: user_upsert_by_email
    return 0;
}
