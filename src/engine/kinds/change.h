/* What updates and deletes share: which rows are meant, the statement that changes them, and the rows that it
 * gives back or that are read beside it (plan/lower_write.c). Stores without SQL are in keys/change.c. */
#ifndef TOASTY_ENGINE_KINDS_CHANGE_H
#define TOASTY_ENGINE_KINDS_CHANGE_H

#include "engine/keys/change.h"
#include "engine/run/run.h"

/* Refuses a change that does not say which rows it means, or that the database cannot do. verb: "change";
 * what: "the changed rows". */
int toasty__verify_change(const toasty__engine *engine, const toasty_request *request, const char *verb,
                          const char *what, toasty_error *err);

/* Adds the changes of an update, or of one side of an upsert, to its shape. */
int toasty__change_shape(toasty__shape *shape, const toasty_request *request, toasty_error *err);

/* Makes the result, when rows are wanted back, and the places of what the steps answer. by_key: how a store
 * changes rows that only knows keys. */
int toasty__change_begin(toasty__running *run, const toasty__key_change *by_key, toasty_error *err);
int toasty__change_issue(toasty__running *run, toasty_error *err);
int toasty__change_absorb(toasty__running *run, toasty_error *err);
void toasty__change_end(toasty__running *run);

#endif
