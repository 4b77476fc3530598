/* One half of the schema `shop`; its other half is purchase.h. */
#ifndef CUSTOMER_H
#define CUSTOMER_H
#include <toasty/model.h>

toasty_model(Customer) {
    toasty(key, auto)    uint64_t     id;
                         const char  *name;
    toasty_has_many(Purchase, purchases);
};
#endif
