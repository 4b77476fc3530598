/* Cursor of a page of another model. */
#include "models.toasty.h"

const char *misuse(const TodoPage *page);

const char *misuse(const TodoPage *page)
{
    return user_page_next_cursor(page); // refused: UserPage
}
