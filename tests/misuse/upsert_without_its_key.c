/* Upsert by a unique text that is NULL. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    User *user = user_upsert_by_email(db, NULL, user_name_set("a")); // refused: null
    return user != NULL;
}
