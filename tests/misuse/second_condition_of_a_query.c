/* A second condition where a query takes one. */
#include "models.toasty.h"

int misuse(UserQuery *query);

int misuse(UserQuery *query)
{
    return user_query_where(query, user_age_ge(18), user_age_le(30)); // refused: user_query_where
}
