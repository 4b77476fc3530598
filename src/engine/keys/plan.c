/* How a step asks a store without SQL: the index that its conditions name decides. */
#include "engine/keys/plan.h"
#include "base/error.h"
#include "engine/keys/leftover.h"

/* --- conditions --- */

/* The conditions of a step's statement, which must all hold. */
typedef struct conditions {
    const toasty__plan *plan;
    const toasty__step *step;
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
static int take_conditions(toasty__plan *plan, const toasty__step *step, conditions *all)
{
    const toasty__expr *where = step->stmt->where;
    *all = (conditions){.plan = plan, .step = step};
    if (toasty__visit_expr(where, see_condition, all) < 0)
        return -1;
    all->items = toasty__arena_alloc(&plan->arena, all->count * sizeof(*all->items) + 1);
    all->count = 0;
    return all->items ? toasty__visit_expr(where, see_condition, all) : -1;
}

static bool is_range(const toasty__expr *expr)
{
    return expr->tag == TOASTY__EXPR_LT || expr->tag == TOASTY__EXPR_LE || expr->tag == TOASTY__EXPR_GT ||
           expr->tag == TOASTY__EXPR_GE;
}

/* How many columns a comparison for equality has at its head; 0: it is another one. */
static uint32_t equal_columns(const toasty__expr *expr)
{
    return expr->tag == TOASTY__EXPR_EQ || expr->tag == TOASTY__EXPR_IN ? 1
           : expr->tag == TOASTY__EXPR_TUPLE_IN                         ? expr->count / 2
                                                                        : 0;
}

/* Does a list hold keys of the parents' rows? */
static bool is_of_parents(const toasty__step *step, const toasty__expr *expr)
{
    uint32_t columns = equal_columns(expr);
    return columns && step->binds[expr->items[columns]->parameter].source == TOASTY__BIND_KEYS;
}

/* Can rows be found by the values of a comparison? Those of a list are asked for one by one, and what is
 * found by them stands in no order: so not where only the first rows are wanted, and not once more for each
 * parent. */
static bool finds(const conditions *all, const toasty__expr *expr)
{
    const toasty__step *step = all->step;
    uint32_t columns = equal_columns(expr);
    if (!columns || expr->tag == TOASTY__EXPR_EQ || is_of_parents(step, expr))
        return columns;
    if (step->stmt->tag != TOASTY__STMT_SELECT)
        return false; /* a change is of one key */
    bool of_call = step->binds[expr->items[columns]->parameter].index < all->plan->key_count;
    bool partial = step->limit_value != TOASTY__NO_PARAMETER || step->most;
    return of_call || (!step->relation && !partial);
}

/* The parameter that a column is compared with for equality, or a list; NULL when it is not. */
static const toasty__expr *compared_with(const conditions *all, uint16_t field)
{
    for (uint32_t c = 0; c < all->count; c++) {
        const toasty__expr *expr = all->items[c];
        uint32_t columns = finds(all, expr) ? equal_columns(expr) : 0;
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

/* How many leading fields of an index are given. Of lists, whose items would be asked for one by one, one is
 * enough, unless they stand side by side. */
static uint8_t given_fields(const conditions *all, const toasty_index *index)
{
    const toasty__step *step = all->step;
    const toasty__expr *value;
    uint8_t given = 0;
    bool list = false;
    while (given < index->field_count && (value = compared_with(all, index->fields[given]))) {
        bool another = step->stmt->parameters[value->parameter].list &&
                       step->binds[value->parameter].source != TOASTY__BIND_KEYS;
        if (list && another)
            break;
        list = list || another;
        given++;
    }
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

static bool all_served(const toasty_index *index, uint8_t given, const toasty__expr *list)
{
    for (uint32_t i = 0; i < equal_columns(list); i++)
        if (!serves(index, given, list->items[i]->field))
            return false;
    return true;
}

/* A child step asks by the keys of its parents, whatever else is known. */
static bool serves_parents(const conditions *all, const toasty_index *index, uint8_t given)
{
    for (uint32_t c = 0; c < all->count; c++)
        if (is_of_parents(all->step, all->items[c]) && !all_served(index, given, all->items[c]))
            return false;
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
        if (given >= partition && use > best && serves_parents(all, index, given)) {
            best = use;
            step->index = index;
            step->key_count = given;
        }
    }
    step->access = !step->index ? TOASTY__ACCESS_SCAN
                   : step->index->primary && step->key_count == step->index->field_count
                       ? TOASTY__ACCESS_GET
                       : TOASTY__ACCESS_QUERY;
}

/* Does the index serve a condition as a whole? */
static bool takes(toasty__step *step, const conditions *all, const toasty__expr *expr)
{
    if (is_range(expr))
        return take_end(step, expr);
    uint32_t columns = finds(all, expr) ? equal_columns(expr) : 0;
    for (uint32_t i = 0; i < columns; i++)
        if (!serves(step->index, step->key_count, expr->items[i]->field) ||
            compared_with(all, expr->items[i]->field) != expr->items[columns + i])
            return false;
    return columns;
}

/* --- a step --- */

static int plan_step(toasty__engine *engine, toasty__plan *plan, toasty__step *step, toasty_error *err)
{
    conditions all;
    toasty__leftover left;
    if (take_conditions(plan, step, &all) < 0 || toasty__leftover_init(&left, &plan->arena, all.count) < 0)
        return toasty__fail_memory(err);
    choose_index(step, &all);
    for (uint32_t i = 0; i < all.count; i++) {
        const toasty_capability *can = engine->driver->capability;
        bool served = takes(step, &all, all.items[i]);
        int left_over = served ? 1 : toasty__leave(can, step, &left, all.items[i]);
        if (left_over < 0 || (served && toasty__expect_found(can, step, &left, all.items[i]) < 0))
            return toasty__fail_memory(err);
        if (!left_over)
            return toasty__fail(err, TOASTY_UNSUPPORTED,
                                "%s does not have a key or an index for this: %s reads by key",
                                step->table->name, engine->driver->name);
    }
    toasty__bind *binds = toasty__arena_calloc(&plan->arena, step->key_count, sizeof(*binds));
    if (!binds)
        return toasty__fail_memory(err);
    for (uint8_t i = 0; i < step->key_count; i++)
        binds[i] = step->binds[compared_with(&all, step->index->fields[i])->parameter];
    step->key_binds = binds;
    return toasty__keep_leftover(engine, &plan->arena, step, &left, err);
}

int toasty__plan_keys(toasty__engine *engine, toasty__plan *plan, toasty_error *err)
{
    for (uint16_t i = 0; i < plan->step_count; i++)
        if (plan->steps[i].stmt->tag != TOASTY__STMT_INSERT &&
            plan_step(engine, plan, &plan->steps[i], err) < 0)
            return -1;
    return 0;
}
