/* Limit of a query that may have been refused. */
#include "models.toasty.h"

int misuse(UserQuery *query);

int misuse(UserQuery *query)
{
    user_query_limit(query, 3); // refused: user_query_limit
    return 0;
}
