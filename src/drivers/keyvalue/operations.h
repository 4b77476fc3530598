/* The operations of a job on a store. */
#ifndef TOASTY_KEYVALUE_OPERATIONS_H
#define TOASTY_KEYVALUE_OPERATIONS_H

#include "drivers/keyvalue/store.h"

/* Runs an operation and fills its answer, which has at most `page` rows and then a continuation; 0: no limit.
 * The store does what `can` says and no more. */
int toasty__kv_operate(toasty__kv_store *store, uint32_t page, const toasty_capability *can,
                       toasty__kv_log *log, toasty_operation *operation, toasty_error *err);

/* A key that no item can have is refused like a value that none can keep: -1 with err, invalid_value. */
int toasty__kv_check_key(const toasty_operation *operation, toasty_error *err);

#endif
