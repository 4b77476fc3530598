/* Rows whose changes are counted. */
#pragma once
#include <toasty/model.h>

/* Found by a text. */
toasty_model(Account) {
    toasty(key)                  const char  *label;
    toasty(version)              uint64_t     version;
                                 int64_t      balance;
    toasty(null)                 const char  *remark;
    toasty(auto)                 toasty_timestamp updated_at;
    toasty_has_many(Card, cards);
};

/* Has another unique value, and perhaps belongs to an account. */
toasty_model(Card) {
    toasty(key, auto)            toasty_uuid  id;
    toasty(unique)               const char  *number;
    toasty(version)              int32_t      revision;
    toasty(null)                 const char  *account_label;
    toasty_belongs_to(Account, account, key = account_label, references = label);
                                 bool         blocked;
};
