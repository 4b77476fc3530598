/* Planning for stores that only know keys: how each lowered step asks a store without SQL.
 *
 * A step whose conditions name a full primary key is a get; one that names the partition of an index is a
 * query of it; one that names nothing is a scan, which the verification let through only when it was spelled
 * out. */
#ifndef TOASTY_ENGINE_KEYS_PLAN_H
#define TOASTY_ENGINE_KEYS_PLAN_H

#include "engine/plan/plan.h"
#include "engine/plan/state.h"

int toasty__plan_keys(toasty__engine *engine, toasty__plan *plan, toasty_error *err);

#endif
