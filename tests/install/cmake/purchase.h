/* The other half of the schema `shop`. */
#ifndef PURCHASE_H
#define PURCHASE_H
#include "customer.h"

toasty_model(Purchase) {
    toasty(key, auto)    uint64_t     id;
    toasty(index)        uint64_t     customer_id;
    toasty_belongs_to(Customer, customer);
                         const char  *what;
};
#endif
