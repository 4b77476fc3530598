/* A fraction for an integer of a draft. */
#include "models.toasty.h"

int misuse(UserDraft *draft);

int misuse(UserDraft *draft)
{
    return user_draft_age_set(draft, 1.5); // refused: user_draft_age_set
}
