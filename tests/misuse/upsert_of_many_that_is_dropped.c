/* Upsert of many that is dropped. */
#include "models.toasty.h"

void misuse(toasty_db *db, const UserNew *rows);

void misuse(toasty_db *db, const UserNew *rows)
{
    user_upsert_array_by_email(db, rows, 3, user_name_incoming()); // refused: user_upsert_array_by_email
}
