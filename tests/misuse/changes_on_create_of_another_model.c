/* What an upsert does on create, of another model. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    User *user = user_upsert_by_email(db, "a", user_name_set("a"),
                                      user_on_create(todo_done_set(true))); // refused: user_changing
    return user != NULL;
}
