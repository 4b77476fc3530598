/* Optional that is used as its value. */
#include "models.toasty.h"

int misuse(const User *user);

int misuse(const User *user)
{
    return user->age + 1; // refused: age
}
