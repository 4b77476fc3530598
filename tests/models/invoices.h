/* Types of a program's own for single columns: keys that cannot be mixed up, and amounts. */
#pragma once
#include <toasty/model.h>

toasty_newtype(CustomerNumber, uint32_t);
toasty_newtype(InvoiceId, toasty_uuid);
toasty_newtype(EmailAddress, const char *);
toasty_newtype(Cents, int64_t);
toasty_newtype(Approved, bool);

typedef struct {
    Cents        net;
    toasty_opt(Cents) tax;
} Amount;

toasty_model(Customer) {
    toasty(key)                  CustomerNumber number;
    toasty(unique)               EmailAddress   email;
    toasty(null)                 EmailAddress   second_email;
    toasty(default = 100)        Cents          credit;
    toasty_opt(Cents)                           limit;
    toasty(sensitive, null)      const char    *tax_number;
    toasty_has_many(Invoice, invoices);
};

toasty_model(Invoice) {
    toasty(key, auto)            InvoiceId      id;
    toasty(explicit)             CustomerNumber customer_number;
    toasty_belongs_to(Customer, customer);
                                 Amount         amount;
    toasty(index)                Cents          paid;
                                 Approved       approved;
};
