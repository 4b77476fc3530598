/* What is ordered. */
#pragma once
#include "user.h"

toasty_model(Order) {
    toasty(key, auto) uint64_t id;
    UserId user_id;
    State state;
    toasty_belongs_to(User, user);
};

/* What one order is of. Its call order_line_order is not its type of that name. */
toasty_model(OrderLine) {
    toasty(key, auto) uint64_t id;
    uint64_t order_id;
    toasty_belongs_to(Order, order);
};
