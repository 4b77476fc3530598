/* Plans: made empty, and freed by the last who holds them. */
#include "engine/plan/plan.h"
#include "base/alloc.h"
#include "base/error.h"

toasty__plan *toasty__plan_new(toasty_error *err)
{
    toasty__plan *plan = toasty__calloc(1, sizeof(*plan));
    if (!plan) {
        toasty__fail_memory(err);
        return NULL;
    }
    toasty__arena_init(&plan->arena, 2048);
    atomic_init(&plan->references, 1);
    return plan;
}

void toasty__plan_free(toasty__plan *plan)
{
    toasty__arena_done(&plan->arena);
    toasty__free(plan);
}

const toasty_field *toasty__sequence_field(const toasty_model *model)
{
    for (uint16_t i = 0; i < model->field_count; i++)
        if (model->fields[i].on_create == TOASTY_SOURCE_SEQUENCE)
            return &model->fields[i];
    return NULL;
}
