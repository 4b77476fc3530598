/* List that is indexed as an array. */
#include "models.toasty.h"

const char *misuse(const UserList *users);

const char *misuse(const UserList *users)
{
    return users[0].name; // refused: name
}
