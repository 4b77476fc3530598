/* Cursor that is dropped. */
#include "models.toasty.h"

void misuse(const UserPage *page);

void misuse(const UserPage *page)
{
    user_page_next_cursor(page); // refused: user_page_next_cursor
}
