/* What an operation of a batch, or one that was started, gives back. */
#ifndef TOASTY_DB_BATCH_H
#define TOASTY_DB_BATCH_H

#include "engine/engine.h"

/* True when the result is a record, a list or a page, false when it is a count. */
bool toasty__op_makes_root(const toasty_request *request);
/* Puts the result where the operation says. */
void toasty__op_give_result(const toasty_op *op, const toasty__task_result *result);
/* 0, or -1 with err when an operation has nowhere to put its record. */
int toasty__ops_check(const toasty_op *ops, size_t count, toasty_error *err);

#endif
