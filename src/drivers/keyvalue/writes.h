/* The operations that change items. They go through the log, so that an atomic job can be taken back as a
 * whole and any other at least leaves no operation half done. */
#ifndef TOASTY_KEYVALUE_WRITES_H
#define TOASTY_KEYVALUE_WRITES_H

#include "drivers/keyvalue/store.h"

/* Each: 0, also when what it expects was not met, which its answer says; or -1 with err, and nothing changed.
 */
int toasty__kv_insert(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                      toasty_error *err);
int toasty__kv_update(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                      toasty_error *err);
int toasty__kv_delete(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                      toasty_error *err);
int toasty__kv_upsert(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                      toasty_error *err);

#endif
