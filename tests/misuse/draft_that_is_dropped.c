/* Draft that nobody frees. */
#include "models.toasty.h"

int misuse(void);

int misuse(void)
{
    user_draft_new(); // refused: user_draft_new
    return 0;
}
