/* Those who order. */
#pragma once
#include "ids.h"
#include <toasty/model.h>

toasty_model(User) {
    toasty(key, auto) UserId id;
    State state;
    toasty_has_many(Order, orders);
};
