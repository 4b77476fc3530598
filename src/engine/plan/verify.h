/* Verifying: what a request may not ask, told before anything is planned or sent.
 *
 * Generated code refuses most of it when it is compiled; what only the run can know is found here: whole
 * tables changed by an empty condition, NULL for a required field, an operation beyond the target. */
#ifndef TOASTY_ENGINE_PLAN_VERIFY_H
#define TOASTY_ENGINE_PLAN_VERIFY_H

#include "engine/plan/state.h"
#include <toasty/codegen.h>

/* What no request may ask, of whatever kind: 0, or -1 with err. */
int toasty__verify(const toasty__engine *engine, const toasty_request *request, toasty_error *err);
/* Says that the driver's database cannot do `what`. -1. */
int toasty__unsupported(const toasty__engine *engine, const char *what, toasty_error *err);

#endif
