/* Conditions that a store is not asked for: those on the key that it goes by, beyond equality and a range,
 * and all that stand beside a whole key. The engine evaluates them on the rows that come (step->kept).
 *
 * The store does not know then how many rows it is asked for, so a limit is the engine's too. */
#ifndef TOASTY_ENGINE_KEYS_KEPT_H
#define TOASTY_ENGINE_KEYS_KEPT_H

#include "engine/run/run.h"

/* What the conditions of a step are evaluated with. */
typedef struct toasty__keeping {
    const toasty_value *parameters; /* of the step */
    size_t looked;                  /* rows that were looked at, and stay */
} toasty__keeping;

/* Drops the rows of a step that came since the last time and do not match. */
void toasty__keep_matching(toasty__loaded *loaded);

#endif
