/* Change of another model in an upsert of many. */
#include "models.toasty.h"

int misuse(toasty_db *db, const UserNew *rows);

int misuse(toasty_db *db, const UserNew *rows)
{
    return (int)user_upsert_array_by_email(db, rows, 3, todo_title_incoming()); // refused: user_changing
}
