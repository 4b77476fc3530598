/* Uses the models of the library `shop`, related across their two headers. */
#include "shop.h"
#include <stdio.h>

int main(void)
{
    toasty_auto(toasty_db) db = shop_open();
    if (!db) {
        fprintf(stderr, "open: %s\n", toasty_last_error()->message);
        return 1;
    }
    toasty_auto(Customer) ann =
        customer_create(db, .name = "Ann", .purchases = purchase_new({.what = "milk"}, {.what = "bread"}));
    if (!ann) {
        fprintf(stderr, "create: %s\n", toasty_last_error()->message);
        return 1;
    }
    printf("%s bought %d things\n", ann->name, (int)shop_purchases_of(db, ann->id));
    return 0;
}
