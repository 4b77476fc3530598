/* Condition of a query that may not have been added. */
#include "models.toasty.h"

int misuse(UserQuery *query);

int misuse(UserQuery *query)
{
    user_query_where(query, user_age_ge(18)); // refused: user_query_where
    return 0;
}
