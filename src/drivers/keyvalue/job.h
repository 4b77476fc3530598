/* Jobs on a store, and what it takes of a group. */
#ifndef TOASTY_KEYVALUE_JOB_H
#define TOASTY_KEYVALUE_JOB_H

#include "drivers/keyvalue/store.h"

/* Runs the operations in order, fills their answers and the job's error. An answer has at most `page` rows,
 * then a continuation; 0: no limit. The store does what `can` says and no more. With job->atomic a failure
 * leaves the store as it was before the job. Returns how many requests a store behind a network would be
 * sent. */
uint64_t toasty__kv_run(toasty__kv_store *store, uint32_t page, const toasty_capability *can,
                        toasty_job *job);

#endif
