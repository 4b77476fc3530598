/* What the library offers besides its models. */
#ifndef SHOP_H
#define SHOP_H
#include "customer.toasty.h"
#include "purchase.toasty.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A shop in memory with nothing sold yet, for toasty_free; NULL: toasty_last_error() says why. */
toasty_db *shop_open(void);
/* How many things the customer bought, or -1. */
int64_t shop_purchases_of(toasty_db *db, uint64_t customer_id);

#ifdef __cplusplus
}
#endif
#endif
