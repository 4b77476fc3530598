/* What is ordered. */
#pragma once
#include "user.h"

toasty_model(Order) {
    toasty(key, auto) uint64_t id;
    UserId user_id;
    State state;
    toasty_belongs_to(User, user);
};
