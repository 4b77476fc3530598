/* Plans by name: found in the cache, or made and kept there. */
#ifndef TOASTY_ENGINE_PLAN_MAKE_H
#define TOASTY_ENGINE_PLAN_MAKE_H

#include "engine/plan/lower.h"

/* What a plan is made of. */
typedef struct toasty__recipe {
    /* Makes the steps. 0, or -1 with lowering->err unless memory was short. */
    int (*lower)(toasty__lowering *lowering, const struct toasty__recipe *recipe);
    bool rare; /* its shape is not likely to come again: it is not kept */
} toasty__recipe;

/* The plan of that name, held for the caller. NULL with err. */
toasty__plan *toasty__plan_of(toasty__engine *engine, const toasty__name *name, const toasty__recipe *recipe,
                              toasty_error *err);

/* The plan that inserts row_count rows. *held: for the caller; that of one row mostly stays as long as the
 * engine. */
toasty__plan *toasty__plan_of_insert(toasty__engine *engine, const toasty_model *model, uint32_t row_count,
                                     toasty__key_source key, bool *held, toasty_error *err);
/* The plan that draws keys, held for the caller. */
toasty__plan *toasty__plan_of_draw(toasty__engine *engine, const toasty_model *model, toasty_error *err);

#endif
