/* Query object that nobody frees. */
#include "models.toasty.h"

int misuse(void);

int misuse(void)
{
    user_query_new(); // refused: user_query_new
    return 0;
}
