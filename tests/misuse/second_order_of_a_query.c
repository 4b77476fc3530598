/* A second order where a query takes one. */
#include "models.toasty.h"

int misuse(UserQuery *query);

int misuse(UserQuery *query)
{
    return user_query_order_by(query, user_name_asc(), user_age_asc()); // refused: user_query_order_by
}
