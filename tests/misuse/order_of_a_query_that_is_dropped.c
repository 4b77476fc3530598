/* Order of a query that may not have been added. */
#include "models.toasty.h"

int misuse(UserQuery *query);

int misuse(UserQuery *query)
{
    user_query_order_by(query, user_name_asc()); // refused: user_query_order_by
    return 0;
}
