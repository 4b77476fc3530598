/* Change of a list that may not have been added. */
#include "models.toasty.h"

int misuse(UserChanges *changes);

int misuse(UserChanges *changes)
{
    user_changes_add(changes, user_name_set("Ada")); // refused: user_changes_add
    return 0;
}
