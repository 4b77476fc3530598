/* Nested row of a draft that may not have been added. */
#include "models.toasty.h"

int misuse(UserDraft *draft);

int misuse(UserDraft *draft)
{
    user_draft_add_todos(draft, todo_new({.title = "x"})); // refused: user_draft_add_todos
    return 0;
}
