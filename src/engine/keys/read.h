/* How a read asks a store that only knows keys. */
#ifndef TOASTY_ENGINE_KEYS_READ_H
#define TOASTY_ENGINE_KEYS_READ_H

#include "engine/run/run.h"

/* Is an end of a step's range NULL? Nothing is smaller or larger than that. values: of the step's parameters.
 */
bool toasty__has_null_end(const toasty__step *step, const toasty_value *values);
/* By which operation a step asks. */
toasty_operation_kind toasty__operation_of(const toasty__step *step);
/* Sets the range and the filter of an operation that asks for rows of a step. */
void toasty__ask_for(toasty_operation *operation, const toasty__step *step, const toasty_value *values);
/* How many rows of a step are wanted, of a child step for each parent; 0: as many as there are. */
uint32_t toasty__read_limit(const toasty__running *run, const toasty__step *step);

/* Adds the operations of a step. 0, or -1 with err. */
int toasty__read_keys(toasty__running *run, const toasty__step *step, toasty__loaded *loaded,
                      toasty_error *err);

#endif
