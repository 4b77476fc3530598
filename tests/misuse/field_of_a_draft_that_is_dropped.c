/* Field of a draft that may not have been set. */
#include "models.toasty.h"

int misuse(UserDraft *draft);

int misuse(UserDraft *draft)
{
    user_draft_set(draft, .name = "Ada"); // refused: user_draft_set
    return 0;
}
