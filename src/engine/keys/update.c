/* Updates by key: each row gets the values that the plan names. */
#include "base/error.h"
#include "engine/keys/change.h"
#include "engine/keys/reached.h"
#include "engine/keys/write_set.h"

/* The unique values that a row gives up are known: there are none, or the record has them. */
static bool is_direct(const toasty__running *run)
{
    const toasty__plan *plan = run->plan;
    const toasty_capability *can = run->execution->engine->driver->capability;
    return !toasty__claims_values(can, plan->steps[0].table, plan->assigned, plan->assigned_count) ||
           (run->request->record && can->expect);
}

static int change(toasty__running *run, const toasty__reached *rows, const char *row, const toasty_value *key,
                  toasty_sink *sink, toasty_error *err)
{
    const toasty__plan *plan = run->plan;
    toasty_operation *operation =
        toasty__key_change_of(run, TOASTY_OPERATION_UPDATE, plan->steps[0].table, key, row, NULL);
    toasty_value *values =
        toasty__arena_alloc(&run->execution->arena, plan->assigned_count * sizeof(*values));
    (void)rows;
    if (!operation || !values)
        return toasty__fail_memory(err);
    for (uint16_t i = 0; i < plan->assigned_count; i++)
        values[i] = run->shape.values[plan->assigned_values[i]];
    operation->fields = plan->assigned;
    operation->changes = plan->assigned_kinds;
    operation->values = values;
    operation->value_count = plan->assigned_count;
    operation->sink = sink;
    return 0;
}

const toasty__key_change toasty__updating_by_key = {.is_direct = is_direct, .change = change};
