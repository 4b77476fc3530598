/* What the library `shop` does with its models. */
#include "shop.h"

int64_t shop_purchases_of(toasty_db *db, uint64_t customer_id)
{
    return purchase_count(db, .where = purchase_customer_id_eq(customer_id));
}
