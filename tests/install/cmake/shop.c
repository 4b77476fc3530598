/* What the library `shop` does with its models. */
#include "shop.h"

toasty_db *shop_open(void)
{
    toasty_db *db = toasty_open("sqlite::memory:", &shop_schema);
    if (!db || toasty_push_schema(db) == 0)
        return db;
    toasty_free(db);
    return NULL;
}

int64_t shop_purchases_of(toasty_db *db, uint64_t customer_id)
{
    return purchase_count(db, .where = purchase_customer_id_eq(customer_id));
}
