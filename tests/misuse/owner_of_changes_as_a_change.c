/* Owner of changes where a change is asked for: user_changes(changes) is one. */
#include "models.toasty.h"

int misuse(toasty_db *db, User *user, UserChanges *changes);

int misuse(toasty_db *db, User *user, UserChanges *changes)
{
    return user_update(db, user, changes); // refused: changes
}
