/* Query of another model as an option. */
#include "models.toasty.h"

int misuse(toasty_db *db, const TodoQuery *query);

int misuse(toasty_db *db, const TodoQuery *query)
{
    toasty_auto(UserList) users = user_all(db, .query = query); // refused: query
    return users ? 0 : -1;
}
