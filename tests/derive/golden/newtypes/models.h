/* Types of a program's own for single columns: keys that cannot be mixed up, and amounts. */
#pragma once
#include <toasty/model.h>

toasty_newtype(UserId, uint64_t);
toasty_newtype(OrderId, toasty_uuid);
toasty_newtype(Email, const char *);
toasty_newtype(Cents, int64_t);
toasty_newtype(Consent, bool);
toasty_newtype(Rate, double);
toasty_newtype(Signature, toasty_bytes);
typedef UserId MemberId;

typedef struct {
    Cents net;
    toasty_opt(Rate) tax;
} Price;

toasty_model(User) {
    toasty(key, auto)         UserId       id;
    toasty(unique)            Email        email;
    toasty(null)              Email        billing_email;
    toasty(default = 100)     Cents        credit;
    toasty_opt(Cents)                      limit;
    toasty(explicit)          Consent      newsletter;
    toasty_has_many(Order, orders);
};

toasty_model(Order, unique = (member_id, number)) {
    toasty(key, auto)         OrderId      id;
                              MemberId     member_id;
    toasty_belongs_to(User, member);
                              int32_t      number;
                              Price        price;
    toasty(null)              Signature    signature;
};

toasty_view(OrderLine, of = Order) {
                              OrderId      id;
    toasty(path = price.net)  Cents        net;
    toasty(path = member.email) Email      email;
};
