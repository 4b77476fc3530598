/* A second include where a query takes one. */
#include "models.toasty.h"

int misuse(UserQuery *query);

int misuse(UserQuery *query)
{
    return user_query_include(query, user_with_todos(), user_with_badge()); // refused: user_query_include
}
