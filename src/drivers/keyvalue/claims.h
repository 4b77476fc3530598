/* Unique values as rows of their own: who has which value of a unique index.
 *
 * With capability.claims nothing else keeps values unique: an item whose values nobody claimed is not found
 * by them, and another may have the same. */
#ifndef TOASTY_KEYVALUE_CLAIMS_H
#define TOASTY_KEYVALUE_CLAIMS_H

#include "drivers/keyvalue/store.h"

/* CLAIM and UNCLAIM. -1 with err, and nothing changed: the values are another's. */
int toasty__kv_claims_take(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                           toasty_error *err);
int toasty__kv_claims_give_up(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                              toasty_error *err);

/* The item of whoever has all these values of index number `number`, and still has them; NULL: nobody. 0, or
 * -1 with err: out of memory. */
int toasty__kv_claimed(const toasty__kv_table *table, uint16_t number, const toasty_value *values,
                       toasty__kv_item **item, toasty_error *err);

/* The claims of a log stay, or become those of before (store.c). */
void toasty__kv_claims_keep(toasty__kv_log *log);
void toasty__kv_claims_take_back(toasty__kv_log *log);
void toasty__kv_claims_free(toasty__kv_table *table);

#endif
