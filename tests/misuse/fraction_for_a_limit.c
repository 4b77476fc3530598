/* A fraction for the limit of a query. */
#include "models.toasty.h"

int misuse(UserQuery *query);

int misuse(UserQuery *query)
{
    return user_query_limit(query, 2.5); // refused: user_query_limit
}
