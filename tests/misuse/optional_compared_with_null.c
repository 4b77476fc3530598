/* Optional that is compared with NULL. */
#include "models.toasty.h"

int misuse(const User *user);

int misuse(const User *user)
{
    return user->age == NULL; // refused: age
}
