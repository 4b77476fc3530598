/* A nested row that is not of todo_new(…), in a draft. */
#include "models.toasty.h"

int misuse(UserDraft *draft);

int misuse(UserDraft *draft)
{
    return user_draft_add_todos(draft, &(TodoNew){.title = "x"}); // refused: TodoRows
}
