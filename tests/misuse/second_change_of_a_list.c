/* A second change where a list takes one. */
#include "models.toasty.h"

int misuse(UserChanges *changes);

int misuse(UserChanges *changes)
{
    return user_changes_add(changes, user_name_set("Ada"), user_age_set(3)); // refused: user_changes_add
}
