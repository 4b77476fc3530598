/* A call that waits: a runner, and the wait for it. */
#ifndef TOASTY_DB_CALL_H
#define TOASTY_DB_CALL_H

#include "db/handle.h"

/* Runs requests, all or nothing when more than one, and waits for them. 0, or -1 with the context's error;
 * the handle was checked. */
int toasty__call(toasty_db *db, struct toasty__context *context, const toasty_request *const *requests,
                 size_t count, toasty__task_result *results);

#endif
