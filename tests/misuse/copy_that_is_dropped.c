/* Copy of a record that nobody frees. */
#include "models.toasty.h"

int misuse(const User *user);

int misuse(const User *user)
{
    user_copy(user); // refused: user_copy
    return 0;
}
