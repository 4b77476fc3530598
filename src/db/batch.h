/* Operations, of a batch or started, as the requests that run them, and what each gives back. */
#ifndef TOASTY_DB_BATCH_H
#define TOASTY_DB_BATCH_H

#include "base/arena.h"
#include "engine/engine.h"

/* 0, or -1 with err when an operation has nowhere to put its record. */
int toasty__ops_check(const toasty_op *ops, size_t count, toasty_error *err);

/* The requests of some operations, in their order. Absent operations are not there; a create that replaces a
 * has_one has the request that makes room for it before its own. */
typedef struct toasty__op_requests {
    const toasty_op **ops; /* of each request: where its result goes; NULL: nowhere */
    const toasty_request **requests;
    toasty__task_result *results;
    size_t count;
} toasty__op_requests;

/* Borrows the operations; the rest is in the arena. -1: out of memory. */
int toasty__op_requests_make(toasty__op_requests *all, toasty__arena *arena, const toasty_op *ops,
                             size_t count);
/* Puts the results where the operations say. */
void toasty__op_requests_give(const toasty__op_requests *all);

#endif
