/* How a read asks a store that only knows keys. */
#ifndef TOASTY_ENGINE_KEYS_READ_H
#define TOASTY_ENGINE_KEYS_READ_H

#include "engine/run/run.h"

/* Adds the operations of a step. 0, or -1 with err. */
int toasty__read_keys(toasty__running *run, const toasty__step *step, toasty__loaded *loaded,
                      toasty_error *err);

#endif
