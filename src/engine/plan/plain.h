/* Plain requests: those without any option, like a read by key. Their plans have places of their own.
 *
 * They are most of what an application asks, and all that tells them apart stands in a few members: so their
 * plan is found without walking the request, and their values are its keys where they lie. A plan that has a
 * place keeps it as long as the engine lives; when a place is taken by another, the request goes the usual
 * way, as on its first time. */
#ifndef TOASTY_ENGINE_PLAN_PLAIN_H
#define TOASTY_ENGINE_PLAN_PLAIN_H

#include "engine/plan/plan.h"
#include "engine/plan/state.h"
#include <toasty/codegen.h>

/* Is a request of a kind that may be plain (run.h) without any option? */
bool toasty__is_plain(const toasty_request *request);
/* The plan of a plain request when it has a place, held for the caller; NULL otherwise. */
toasty__plan *toasty__plain_find(toasty__engine *engine, const toasty_request *request);
/* Gives the plan of a plain request its place, if that is free. */
void toasty__plain_keep(toasty__engine *engine, const toasty_request *request, toasty__plan *plan);
/* Lets go of all of them. */
void toasty__plain_done(toasty__engine *engine);

#endif
