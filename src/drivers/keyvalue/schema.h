/* The operations on a store's schema. The store's lock is held. */
#ifndef TOASTY_KEYVALUE_SCHEMA_H
#define TOASTY_KEYVALUE_SCHEMA_H

#include "drivers/keyvalue/store.h"

extern const struct toasty__mapping toasty__kv_mapping;

/* 0, or -1 with err. */
int toasty__kv_describe(toasty__kv_store *store, const toasty_operation *operation, toasty_error *err);
int toasty__kv_change_schema(toasty__kv_store *store, const toasty_operation *operation, toasty_error *err);

#endif
