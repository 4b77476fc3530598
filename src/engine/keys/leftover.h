/* Conditions of a step that its index does not serve: equal values that a change expects, a filter that the
 * store evaluates, and what is kept for the engine (kept.h). Without filters, a store takes only the first.
 */
#ifndef TOASTY_ENGINE_KEYS_LEFTOVER_H
#define TOASTY_ENGINE_KEYS_LEFTOVER_H

#include "engine/plan/plan.h"
#include "engine/plan/state.h"

typedef struct toasty__leftover {
    toasty__expr **filter, **kept;
    uint32_t filter_count, kept_count;
    uint16_t *also; /* of a change; the step counts them */
    toasty__bind *also_binds;
} toasty__leftover;

/* Room for `count` conditions. 0, or -1 when out of memory. */
int toasty__leftover_init(toasty__leftover *left, toasty__arena *arena, uint32_t count);
/* Takes a condition of a step whose index is chosen. 1, 0: it cannot be, or -1: out of memory. */
int toasty__leave(const toasty_capability *can, toasty__step *step, toasty__leftover *left,
                  const toasty__expr *expr);
/* A condition that the chosen index serves: a row that was found by other than its own key may have changed
 * there before it is written, so a change expects it too. 0, or -1: out of memory. */
int toasty__expect_found(const toasty_capability *can, toasty__step *step, toasty__leftover *left,
                         const toasty__expr *expr);
/* Makes all of them part of the step. 0, or -1 with err: there are more than one filter has. */
int toasty__keep_leftover(const toasty__engine *engine, toasty__arena *arena, toasty__step *step,
                          toasty__leftover *left, toasty_error *err);

#endif
