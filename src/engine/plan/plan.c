/* Plans: made empty, and freed by the last who holds them. */
#include "engine/plan/plan.h"
#include "base/alloc.h"
#include "base/error.h"
#include "core/decode.h"

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

const toasty_field *toasty__version_field(const toasty_model *model)
{
    for (uint16_t i = 0; i < model->field_count; i++)
        if (model->fields[i].on_update == TOASTY_SOURCE_VERSION)
            return &model->fields[i];
    return NULL;
}

bool toasty__next_version(const toasty_field *version, const void *record, toasty_value *next)
{
    *next = toasty__load(version, record, version->offset, TOASTY_NO_OFFSET);
    if (next->kind == TOASTY_VALUE_INT && next->as.integer < INT64_MAX) {
        next->as.integer++;
        return true;
    }
    next->kind = TOASTY_VALUE_UINT; /* INT64_MAX is the same number there */
    return version->type == TOASTY_TYPE_U64 && next->as.unsigned_integer++ < UINT64_MAX;
}
