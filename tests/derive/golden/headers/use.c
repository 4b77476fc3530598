/* Models of both headers in one file; and the type order_line_order_by beside the call order_line_order. */
#include "order.toasty.h"
#include "user.toasty.h"

int use(const char *url);

int use(const char *url)
{
    toasty_auto(toasty_db) db = toasty_open(url, &shop_schema);
    toasty_auto(User) user = user_create(db, .orders = order_new({.state = STATE_PAID}, {.state = STATE_OPEN}));
    if (!user)
        return -1;
    toasty_auto(OrderList) orders = user_orders(db, user, .where = order_state_eq(STATE_OPEN),
                                                .include = {order_with_user(.include = {user_with_orders()})});
    return orders ? (int)orders->len : -1;
}
OrderLineList *lines_of(toasty_db *db, order_line_order_by by);
Order *order_of(toasty_db *db, const OrderLine *line);

OrderLineList *lines_of(toasty_db *db, order_line_order_by by)
{
    return order_line_all(db, .order_by = {by, order_line_order_id_desc()});
}

Order *order_of(toasty_db *db, const OrderLine *line)
{
    return order_line_order(db, line, .include = {order_with_user()});
}
