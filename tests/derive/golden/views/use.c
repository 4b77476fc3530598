/* Calls of each kind, as a program writes them. */
#include "models.toasty.h"

int use(toasty_db *db);
int use(toasty_db *db)
{
    toasty_auto(UserCardList) cards =
        user_card_all(db, .where = user_card_or(user_card_todo_count_gt(1), user_card_of(user_name_eq("Ann"))),
                      .order_by = {user_card_next_asc(), user_card_company_desc_nulls_first()}, .limit = 5);
    toasty_auto(TodoCard) first = todo_card_first(db, .where = todo_card_company_is_null());
    toasty_auto(TodosByDayList) days = todos_by_day_all(
        db, .where = todos_by_day_and(todos_by_day_todos_gt(1), todos_by_day_of(todo_minutes_gt(0))),
        .order_by = {todos_by_day_minutes_desc()});
    toasty_auto(NamedList) names = named_all(db, .order_by = {named_name_asc()});
    return days && names && cards && first && user_card_count(db) > 0 && user_card_exists(db, .where = user_card_role_eq(ROLE_ADMIN)) > 0;
}
