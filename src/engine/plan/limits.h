/* Sums within the limits of their fields (toasty(min = 0) … user_credit_subtract(3)): what a row has is known
 * to the database alone, so that a limit becomes a condition of the statement that adds. The limit is moved
 * by what is added, and what a database computes stays within its integers. */
#ifndef TOASTY_ENGINE_PLAN_LIMITS_H
#define TOASTY_ENGINE_PLAN_LIMITS_H

#include "base/arena.h"
#include <toasty/codegen.h>

/* Has the field a least or a greatest value? */
bool toasty__has_limits(const toasty_model *model, uint16_t field);

/* Does one of `count` changes calculate with such a field? */
bool toasty__has_limited_sums(const toasty_model *model, const toasty_change *changes, size_t count);

/* Can a change of this kind lead beyond a limit of the field? */
bool toasty__may_leave_limits(const toasty_model *model, uint16_t field, uint8_t kind,
                              const toasty_value *value);

/* The conditions that keep them, in the arena; NULL in *out: none is needed. Refuses what no row could keep,
 * and what could lead beyond a limit in more than one row, of which some would be changed. 0, or -1 with err.
 */
int toasty__keep_limits(const toasty_request *request, const toasty_change *changes, size_t change_count,
                        toasty__arena *arena, const toasty_query **out, toasty_error *err);

/* The row that a request with such sums means is there, as given, and was not changed: -1 with err where they
 * would lead beyond a limit; 0 where something else must have been in the way. */
int toasty__refuse_sums(const toasty_request *request, const void *row, toasty_error *err);

#endif
