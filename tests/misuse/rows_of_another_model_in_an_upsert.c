/* Rows of another model in an upsert of many. */
#include "models.toasty.h"

int misuse(toasty_db *db, const TodoNew *rows);

int misuse(toasty_db *db, const TodoNew *rows)
{
    return (int)user_upsert_array_by_email(db, rows, 3); // refused: TodoNew
}
