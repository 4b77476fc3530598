/* Operation that is dropped, and so never runs. */
#include "models.toasty.h"

void misuse(Todo **todo);

void misuse(Todo **todo)
{
    todo_create_op(todo, .user_id = 1, .title = "a"); // refused by clang: todo_create_op
}
