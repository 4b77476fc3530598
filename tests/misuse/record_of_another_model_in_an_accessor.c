/* A record of another model where one is asked for what belongs to it. */
#include "models.toasty.h"

const User *misuse(const User *user);

const User *misuse(const User *user)
{
    return todo_user_of(user); // refused: Todo
}
