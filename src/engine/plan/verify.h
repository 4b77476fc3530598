/* Verifying: what a request may not ask, reported before anything is planned or sent.
 *
 * Generated code refuses most of it when it is compiled; what only the run can know is found here: relations
 * and orders that do not belong to the model, and what is beyond the target. What one kind of request alone
 * may not ask is found in its own file (engine/kinds/). */
#ifndef TOASTY_ENGINE_PLAN_VERIFY_H
#define TOASTY_ENGINE_PLAN_VERIFY_H

#include "engine/plan/state.h"
#include <toasty/codegen.h>

/* What no request may ask, of whatever kind: 0, or -1 with err. */
int toasty__verify(const toasty__engine *engine, const toasty_request *request, toasty_error *err);
/* Fails with unsupported: the database cannot do `what`. Always -1. */
int toasty__unsupported(const toasty__engine *engine, const char *what, toasty_error *err);

#endif
