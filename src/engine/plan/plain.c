/* The places of plain requests: a table in the engine. */
#include "engine/plan/plain.h"
#include "core/access.h"

void toasty__plain_keep(toasty__engine *engine, uintptr_t number, toasty__plan *plan)
{
    toasty__plan *none = NULL;
    toasty__plan_hold(plan);
    if (!atomic_compare_exchange_strong(&engine->plain[number % TOASTY__PLAIN_PLACES], &none, plan))
        toasty__plan_release(plan);
}

void toasty__plain_done(toasty__engine *engine)
{
    for (size_t i = 0; i < TOASTY__PLAIN_PLACES; i++)
        toasty__plan_release(engine->plain[i]);
}

uintptr_t toasty__plain_number(const toasty_request *request)
{
    return toasty__has_only_keys(request) ? toasty__number_of_keys(request) : 0;
}

toasty_value *toasty__plain_keys(toasty__shape *shape, const toasty__plan *plan,
                                 const toasty_request *request, uint32_t more)
{
    const toasty_model *model = request->model;
    uint32_t keys = request->key_count, count = keys + plan->record_field_count;
    toasty_value *values = toasty__arena_alloc(shape->arena, (count + more) * sizeof(*values));
    for (uint32_t i = 0; values && i < count; i++) {
        values[i] = i < keys
                        ? request->keys[i]
                        : toasty__get(model, request->record, &model->fields[plan->record_fields[i - keys]]);
        if (values[i].kind == TOASTY_VALUE_INVALID)
            return NULL;
    }
    shape->values = values;
    shape->value_count = count + more;
    return values ? values + count : NULL;
}

bool toasty__plain_take(toasty__shape *shape, const toasty__plan *plan, const toasty_request *request)
{
    if (!toasty__has_keys_of(plan, request))
        return false;
    if (request->record)
        return toasty__plain_keys(shape, plan, request, 0) != NULL;
    for (uint32_t i = 0; i < request->key_count; i++)
        if (request->keys[i].kind == TOASTY_VALUE_INVALID)
            return false;
    shape->values = request->keys;
    shape->value_count = request->key_count;
    return true;
}
