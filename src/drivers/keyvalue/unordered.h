/* Answers in any order: a job that only reads, on a store that answers as it likes (capability.unordered). */
#ifndef TOASTY_KEYVALUE_UNORDERED_H
#define TOASTY_KEYVALUE_UNORDERED_H

#include "drivers/keyvalue/store.h"

bool toasty__kv_only_reads(const toasty_job *job);
/* As toasty__kv_run, with the store's lock held: all gets at once, the last key first, then what else there
 * is, the last operation first. */
uint64_t toasty__kv_run_unordered(toasty__kv_store *store, uint32_t page, const toasty_capability *can,
                                  toasty_job *job);

#endif
