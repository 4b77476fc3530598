/* Conditions among the changes of a request, which narrow the rows that it means: those that are given
 * (user_only_if), and those that keep a sum within the limits of its field (toasty(min = 0)), since what a
 * row has is only known to the database. */
#ifndef TOASTY_ENGINE_PLAN_NARROW_H
#define TOASTY_ENGINE_PLAN_NARROW_H

#include "base/arena.h"
#include <toasty/codegen.h>

/* Does the request mean one row, which must be there? */
bool toasty__means_one_row(const toasty_request *request);

/* Does such a condition stand among the changes of a request? */
bool toasty__has_conditions(const toasty_request *request);

/* Where an update or a delete has such conditions, *request becomes a copy that has them in its `where`; in a
 * delete nothing else may stand beside them. Sums within limits are those of one row. 0, or -1 with err. */
int toasty__narrow(const toasty_request **request, toasty__arena *arena, toasty_error *err);

#endif
