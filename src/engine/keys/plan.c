/* How a step asks a store without SQL: the index that its conditions name decides. */
#include "engine/keys/plan.h"
#include "base/error.h"

/* --- conditions --- */

/* The conditions of a step's statement, which must all hold. */
typedef struct conditions {
    const toasty__expr **items; /* NULL: they are counted */
    uint32_t count;
} conditions;

static toasty__visit_next see_condition(const toasty__visited *visited, void *arg)
{
    conditions *all = arg;
    if (visited->expr->tag == TOASTY__EXPR_AND)
        return TOASTY__VISIT_CONTINUE;
    if (all->items)
        all->items[all->count] = visited->expr;
    all->count++;
    return TOASTY__VISIT_SKIP;
}

/* -1 when out of memory. */
static int take_conditions(const toasty__expr *where, toasty__arena *arena, conditions *all)
{
    *all = (conditions){.items = NULL};
    if (toasty__visit_expr(where, see_condition, all) < 0)
        return -1;
    all->items = toasty__arena_alloc(arena, all->count * sizeof(*all->items) + 1);
    all->count = 0;
    return all->items ? toasty__visit_expr(where, see_condition, all) : -1;
}

static bool is_range(const toasty__expr *expr)
{
    return expr->tag >= TOASTY__EXPR_LT && expr->tag <= TOASTY__EXPR_GE;
}

/* How many columns a comparison for equality has at its head; 0: it is another one. */
static uint32_t equal_columns(const toasty__expr *expr)
{
    return expr->tag == TOASTY__EXPR_EQ || expr->tag == TOASTY__EXPR_IN ? 1
           : expr->tag == TOASTY__EXPR_TUPLE_IN                         ? expr->count / 2
                                                                        : 0;
}

/* The parameter that a column is compared with for equality, or a list of gathered keys; NULL when it is not.
 */
static const toasty__expr *compared_with(const conditions *all, uint16_t field)
{
    for (uint32_t c = 0; c < all->count; c++) {
        const toasty__expr *expr = all->items[c];
        uint32_t columns = equal_columns(expr);
        for (uint32_t i = 0; i < columns; i++)
            if (expr->items[i]->tag == TOASTY__EXPR_COLUMN && expr->items[i]->field == field)
                return expr->items[columns + i];
    }
    return NULL;
}

/* Is a column an end of a range? */
static bool is_ranged(const conditions *all, uint16_t field)
{
    for (uint32_t c = 0; c < all->count; c++)
        if (is_range(all->items[c]) && all->items[c]->items[0]->field == field)
            return true;
    return false;
}

/* --- the index --- */

/* How many leading fields of an index are given. */
static uint8_t given_fields(const conditions *all, const toasty_index *index)
{
    uint8_t given = 0;
    while (given < index->field_count && compared_with(all, index->fields[given]))
        given++;
    return given;
}

/* Takes a comparison as an end of the range of the index's next field. False when it is none. */
static bool take_end(toasty__step *step, const toasty__expr *comparison)
{
    const toasty__expr *column = comparison->items[0], *value = comparison->items[1];
    bool low = comparison->tag == TOASTY__EXPR_GT || comparison->tag == TOASTY__EXPR_GE;
    bool open = comparison->tag == TOASTY__EXPR_GT || comparison->tag == TOASTY__EXPR_LT;
    uint32_t *end = low ? &step->low : &step->high;
    if (!step->index || step->key_count == step->index->field_count ||
        step->index->fields[step->key_count] != column->field || *end != TOASTY__NO_PARAMETER)
        return false;
    *end = value->parameter;
    *(low ? &step->low_bound : &step->high_bound) = open ? TOASTY_EXCLUSIVE : TOASTY_INCLUSIVE;
    /* NULL is before all values, and smaller than none. */
    if (step->low_bound == TOASTY_UNBOUNDED)
        step->low_bound = TOASTY_EXCLUSIVE;
    return true;
}

static bool serves(const toasty_index *index, uint8_t given, uint16_t field)
{
    for (uint8_t i = 0; index && i < given; i++)
        if (index->fields[i] == field)
            return true;
    return false;
}

enum { MAX_ALSO = 2 * TOASTY_MAX_KEYS };

static bool all_served(const toasty__step *step, const toasty__expr *list)
{
    for (uint32_t i = 0; i < equal_columns(list); i++)
        if (!serves(step->index, step->key_count, list->items[i]->field))
            return false;
    return true;
}

/* A condition that the index leaves over is added to those of the step. False when it cannot be: it is no
 * equality of a column, or there are too many. */
static bool take_rest(toasty__step *step, const conditions *all, const toasty__expr *expr, uint16_t *fields,
                      toasty__bind *binds)
{
    if (expr->tag == TOASTY__EXPR_TUPLE_IN || expr->tag == TOASTY__EXPR_IN)
        return all_served(step, expr);
    if (is_range(expr))
        return take_end(step, expr);
    if (expr->tag != TOASTY__EXPR_EQ || step->also_count == MAX_ALSO)
        return false;
    const toasty__expr *column = expr->items[0], *value = expr->items[1];
    if (serves(step->index, step->key_count, column->field) && compared_with(all, column->field) == value)
        return true;
    fields[step->also_count] = column->field;
    binds[step->also_count++] = step->binds[value->parameter];
    return true;
}

/* Chooses the index of which most leading fields are given, or ranged after those that are. */
static void choose_index(toasty__step *step, const conditions *all)
{
    const toasty_model *model = step->table;
    unsigned best = 0;
    for (uint16_t i = 0; i < model->index_count; i++) {
        const toasty_index *index = &model->indexes[i];
        uint8_t given = given_fields(all, index);
        uint8_t partition = index->partition_count ? index->partition_count : index->field_count;
        bool ranged = given < index->field_count && is_ranged(all, index->fields[given]);
        unsigned use = 2u * given + ranged;
        if (given >= partition && use > best) {
            best = use;
            step->index = index;
            step->key_count = given;
        }
    }
}

static int plan_step(toasty__engine *engine, toasty__plan *plan, toasty__step *step, toasty_error *err)
{
    conditions all;
    if (take_conditions(step->stmt->where, &plan->arena, &all) < 0)
        return toasty__fail_memory(err);
    choose_index(step, &all);
    toasty__bind *binds = toasty__arena_calloc(&plan->arena, step->key_count, sizeof(*binds));
    toasty__bind *also_binds = toasty__arena_calloc(&plan->arena, MAX_ALSO, sizeof(*also_binds));
    uint16_t *also = toasty__arena_calloc(&plan->arena, MAX_ALSO, sizeof(*also));
    if (!binds || !also_binds || !also)
        return toasty__fail_memory(err);
    bool reads = step->stmt->tag == TOASTY__STMT_SELECT, taken = true;
    for (uint32_t i = 0; taken && i < all.count; i++)
        taken = take_rest(step, &all, all.items[i], also, also_binds);
    if (!taken || (step->also_count && (reads || !step->index)))
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s has no key or index for this: %s reads by key",
                            step->table->name, engine->driver->name);
    for (uint8_t i = 0; i < step->key_count; i++)
        binds[i] = step->binds[compared_with(&all, step->index->fields[i])->parameter];
    step->access = !step->index ? TOASTY__ACCESS_SCAN
                   : step->index->primary && step->key_count == step->index->field_count
                       ? TOASTY__ACCESS_GET
                       : TOASTY__ACCESS_QUERY;
    step->key_binds = binds;
    step->also = also;
    step->also_binds = also_binds;
    return 0;
}

int toasty__plan_keys(toasty__engine *engine, toasty__plan *plan, toasty_error *err)
{
    for (uint16_t i = 0; i < plan->step_count; i++)
        if (plan->steps[i].stmt->tag != TOASTY__STMT_INSERT &&
            plan_step(engine, plan, &plan->steps[i], err) < 0)
            return -1;
    return 0;
}
