/* Writing the statement of a step: see statement.h. */
#include "engine/plan/statement.h"
#include "base/error.h"
#include "engine/plan/shape.h"
#include "sql/dialect.h"

/* Where the text for a list of `size` placeholders is kept: 0 is the single parameter. */
static size_t variant_of(uint32_t size)
{
    size_t variant = 0;
    for (; size; size /= 2)
        variant++;
    return variant;
}

/* Lists of gathered keys get their number of placeholders; everything else is as it was lowered. */
static const toasty__stmt *sized_stmt(toasty__plan *plan, const toasty__step *step, uint32_t size)
{
    if (!size)
        return step->stmt;
    toasty__stmt *stmt = toasty__arena_copy(&plan->arena, step->stmt, sizeof(*stmt));
    toasty_parameter *parameters = toasty__arena_copy(&plan->arena, step->stmt->parameters,
                                                      step->stmt->parameter_count * sizeof(*parameters));
    if (!stmt || !parameters)
        return NULL;
    for (uint32_t i = 0; i < stmt->parameter_count; i++)
        if (step->binds[i].source == TOASTY__BIND_KEYS)
            parameters[i].list_size = size;
    stmt->parameters = parameters;
    return stmt;
}

static toasty_statement *build(toasty__engine *engine, toasty__plan *plan, const toasty__step *step,
                               uint32_t size, toasty_error *err)
{
    const toasty__stmt *stmt = sized_stmt(plan, step, size);
    toasty_statement *statement = toasty__arena_calloc(&plan->arena, 1, sizeof(*statement));
    if (!stmt || !statement) {
        toasty__fail_memory(err);
        return NULL;
    }
    if (toasty__sql_prepare(engine->driver->dialect, stmt, engine->prefix, &plan->arena, statement, err) < 0)
        return NULL;
    atomic_fetch_add_explicit(&engine->cache.statements, 1, memory_order_relaxed);
    return statement;
}

const toasty_statement *toasty__plan_write(toasty__engine *engine, toasty__plan *plan, toasty__step *step,
                                           size_t key_count, toasty_error *err)
{
    uint32_t size = step->sized ? toasty__list_size(engine->driver->capability, key_count) : 0;
    size_t variant = variant_of(size);
    if (variant >= TOASTY__VARIANTS) {
        toasty__fail(err, TOASTY_INVALID_STATEMENT, "too many keys for one statement of %s",
                     step->table->table);
        return NULL;
    }
    toasty_statement *statement = atomic_load_explicit(&step->variants[variant], memory_order_acquire);
    if (statement)
        return statement;
    toasty__lock_take(&engine->cache.lock);
    statement = atomic_load_explicit(&step->variants[variant], memory_order_relaxed);
    bool is_new = !statement;
    if (is_new && (statement = build(engine, plan, step, size, err)))
        atomic_store_explicit(&step->variants[variant], statement, memory_order_release);
    toasty__lock_give(&engine->cache.lock);
    if (is_new)
        toasty__cache_grown(&engine->cache, plan);
    return statement;
}
