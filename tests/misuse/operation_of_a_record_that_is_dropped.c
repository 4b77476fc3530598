/* Operation on a record that is dropped, and so never runs. */
#include "models.toasty.h"

void misuse(Todo *todo);

void misuse(Todo *todo)
{
    todo_update_op(NULL, todo, todo_title_set("a")); // refused by clang: todo_update_op
}
