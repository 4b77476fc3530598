/* The statements of a plan's steps: written when they are first needed, and kept with the plan. */
#ifndef TOASTY_ENGINE_PLAN_STATEMENT_H
#define TOASTY_ENGINE_PLAN_STATEMENT_H

#include "engine/plan/plan.h"
#include "engine/plan/state.h"

const toasty_statement *toasty__plan_write(toasty__engine *engine, toasty__plan *plan, toasty__step *step,
                                           size_t key_count, toasty_error *err);
/* The statement of a step whose text is always the same; NULL when that is not written yet. */
static inline const toasty_statement *toasty__written_statement(const toasty__step *step)
{
    return step->sized ? NULL : atomic_load_explicit(&step->variants[0], memory_order_acquire);
}
/* The statement of a step for key_count gathered keys, with a text of that size where lists are placeholders;
 * NULL with err. */
static inline const toasty_statement *toasty__plan_statement(toasty__engine *engine, toasty__plan *plan,
                                                             toasty__step *step, size_t key_count,
                                                             toasty_error *err)
{
    const toasty_statement *only = toasty__written_statement(step);
    return only ? only : toasty__plan_write(engine, plan, step, key_count, err);
}

#endif
