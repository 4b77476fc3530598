/* Operation that turns a page and is dropped, and so never runs. */
#include "models.toasty.h"

void misuse(UserPage **next, const UserPage *page);

void misuse(UserPage **next, const UserPage *page)
{
    user_page_next_op(next, page); // refused by clang: user_page_next_op
}
