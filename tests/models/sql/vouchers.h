/* A key that the database counts up, of a type of the program's own, and views of such types. */
#pragma once
#include "invoices.h"
#include <toasty/model.h>

toasty_newtype(VoucherNumber, uint64_t);

toasty_model(Voucher) {
    toasty(key, auto)            VoucherNumber number;
                                 Cents         worth;
                                 EmailAddress  holder;
};

toasty_view(VoucherTotal, of = Voucher, group_by = holder) {
                                 EmailAddress  holder;
    toasty(sum = worth)          toasty_opt(int64_t) worth;
    toasty(max = worth)          toasty_opt(Cents) most;
};

toasty_view(Taxpayer, of = Customer) {
                                 CustomerNumber number;
    toasty(null)                 const char    *tax_number;
};
