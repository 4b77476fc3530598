/* An offset of an include, which would be one for each parent. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(UserList) users =
        user_all(db, .include = {user_with_todos(.offset = 1)}); // refused: offset
    return users ? 0 : -1;
}
