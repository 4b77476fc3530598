/* Include of a query that may not have been added. */
#include "models.toasty.h"

int misuse(UserQuery *query);

int misuse(UserQuery *query)
{
    user_query_include(query, user_with_todos()); // refused: user_query_include
    return 0;
}
