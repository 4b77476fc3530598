/* What the library offers besides its models. */
#ifndef SHOP_H
#define SHOP_H
#include "customer.toasty.h"
#include "purchase.toasty.h"

/* How many things the customer bought, or -1. */
int64_t shop_purchases_of(toasty_db *db, uint64_t customer_id);
#endif
