/* Models of both headers in one file. */
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
