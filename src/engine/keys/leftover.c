/* What an index leaves over: see leftover.h. */
#include "engine/keys/leftover.h"
#include "base/error.h"
#include "core/evaluate.h"

enum { MAX_ALSO = 3 * TOASTY_MAX_KEYS };

int toasty__leftover_init(toasty__leftover *left, toasty__arena *arena, uint32_t count)
{
    size_t size = count * sizeof(*left->filter) + 1;
    *left =
        (toasty__leftover){.filter = toasty__arena_alloc(arena, size),
                           .kept = toasty__arena_alloc(arena, size),
                           .also = toasty__arena_calloc(arena, MAX_ALSO, sizeof(*left->also)),
                           .also_binds = toasty__arena_calloc(arena, MAX_ALSO, sizeof(*left->also_binds))};
    return left->filter && left->kept && left->also && left->also_binds ? 0 : -1;
}

/* --- where a condition goes --- */

static bool has_field(const toasty_index *index, uint16_t field)
{
    for (uint8_t i = 0; i < index->field_count; i++)
        if (index->fields[i] == field)
            return true;
    return false;
}

static toasty__visit_next see_key(const toasty__visited *visited, void *arg)
{
    const toasty__step *step = arg;
    const toasty__expr *expr = visited->expr;
    bool key = expr->tag == TOASTY__EXPR_COLUMN &&
               (has_field(step->index, expr->field) || has_field(&step->table->indexes[0], expr->field));
    return key ? TOASTY__VISIT_STOP : TOASTY__VISIT_CONTINUE;
}

/* A store evaluates no condition on what it gets by a whole key, nor on the key that it goes by. 1: it is the
 * engine's; -1: out of memory. */
static int is_kept(toasty__step *step, const toasty__expr *expr)
{
    if (step->access == TOASTY__ACCESS_SCAN)
        return 0;
    bool whole = step->access == TOASTY__ACCESS_GET ||
                 (step->index->unique && step->key_count == step->index->field_count);
    return whole ? 1 : toasty__visit_expr(expr, see_key, step);
}

/* A change expects equal values by themselves. */
static bool leave_to_change(toasty__step *step, toasty__leftover *left, const toasty__expr *expr)
{
    if (expr->tag != TOASTY__EXPR_EQ || !step->index || step->also_count == MAX_ALSO)
        return false;
    left->also[step->also_count] = expr->items[0]->field;
    left->also_binds[step->also_count++] = step->binds[expr->items[1]->parameter];
    return true;
}

static bool reads(const toasty__step *step)
{
    return step->stmt->tag == TOASTY__STMT_SELECT;
}

int toasty__expect_found(const toasty_capability *can, toasty__step *step, toasty__leftover *left,
                         const toasty__expr *expr)
{
    if (reads(step) || step->index->primary || leave_to_change(step, left, expr) || !can->filter)
        return 0;
    int known = toasty__can_evaluate(expr);
    if (known > 0)
        left->kept[left->kept_count++] = (toasty__expr *)expr;
    return known < 0 ? -1 : 0;
}

int toasty__leave(const toasty_capability *can, toasty__step *step, toasty__leftover *left,
                  const toasty__expr *expr)
{
    if (!reads(step) && leave_to_change(step, left, expr))
        return 1;
    int kept = can->filter ? is_kept(step, expr) : 0;
    int known = kept > 0 || !reads(step) ? toasty__can_evaluate(expr) : 1;
    if (kept < 0 || known < 0)
        return -1;
    if (!can->filter || !known)
        return 0;
    if (kept || !reads(step))
        left->kept[left->kept_count++] = (toasty__expr *)expr;
    if (!kept)
        left->filter[left->filter_count++] = (toasty__expr *)expr;
    return 1;
}

/* --- what becomes of them --- */

static const toasty__expr *join(toasty__arena *arena, toasty__expr **items, uint32_t count)
{
    toasty__expr *made = count ? toasty__arena_alloc(arena, sizeof(*made)) : NULL;
    if (made)
        *made = (toasty__expr){.tag = TOASTY__EXPR_AND, .count = count, .items = items};
    return made;
}

static toasty__visit_next count_term(const toasty__visited *visited, void *arg)
{
    *(uint32_t *)arg += toasty__is_condition(visited->expr);
    return TOASTY__VISIT_CONTINUE;
}

/* One comparison or conjunction of what is sent is one term of it. */
static int check_terms(const toasty__engine *engine, const toasty__step *step, toasty_error *err)
{
    uint32_t terms = 0, most = engine->driver->capability->max_terms;
    if (toasty__visit_expr(reads(step) ? step->filter : step->kept, count_term, &terms) < 0)
        return toasty__fail_memory(err);
    return !most || terms <= most
               ? 0
               : toasty__fail(err, TOASTY_INVALID_STATEMENT,
                              "%s: %u conditions in one filter, of which %s takes at most %u",
                              step->table->name, (unsigned)terms, engine->driver->name, (unsigned)most);
}

/* What is counted is looked at before. */
static int read_all_columns(toasty__arena *arena, toasty__step *step)
{
    const toasty_field **columns = toasty__arena_alloc(arena, step->table->field_count * sizeof(*columns));
    for (uint16_t i = 0; columns && i < step->table->field_count; i++)
        columns[i] = &step->table->fields[i];
    step->model = step->table;
    step->columns = columns;
    step->column_count = step->table->field_count;
    return columns ? 0 : -1;
}

int toasty__keep_leftover(const toasty__engine *engine, toasty__arena *arena, toasty__step *step,
                          toasty__leftover *left, toasty_error *err)
{
    step->also = left->also;
    step->also_binds = left->also_binds;
    step->filter = join(arena, left->filter, left->filter_count);
    step->kept = join(arena, left->kept, left->kept_count);
    if (!step->filter != !left->filter_count || !step->kept != !left->kept_count ||
        (step->kept && reads(step) && !step->column_count && read_all_columns(arena, step) < 0))
        return toasty__fail_memory(err);
    return check_terms(engine, step, err);
}
