/* Upsert by a key that the database counts up. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    User *user = user_upsert_by_id(db, 1, user_name_set("a")); // refused: user_upsert_by_id
    return user != NULL;
}
