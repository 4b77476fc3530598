/* How a step asks a store without SQL: the index that its conditions name decides. */
#include "engine/keys/plan.h"
#include "base/error.h"

/* The parameter that a column is compared with for equality, or a list of gathered keys; NULL when it is not.
 */
static const toasty__expr *compared_with(const toasty__expr *where, uint16_t field)
{
    if (!where)
        return NULL;
    if (where->tag == TOASTY__EXPR_AND) {
        for (uint32_t i = 0; i < where->count; i++) {
            const toasty__expr *found = compared_with(where->items[i], field);
            if (found)
                return found;
        }
        return NULL;
    }
    if (where->tag != TOASTY__EXPR_EQ && where->tag != TOASTY__EXPR_IN && where->tag != TOASTY__EXPR_TUPLE_IN)
        return NULL;
    uint32_t columns = where->tag == TOASTY__EXPR_TUPLE_IN ? where->count / 2 : 1;
    for (uint32_t i = 0; i < columns; i++)
        if (where->items[i]->tag == TOASTY__EXPR_COLUMN && where->items[i]->field == field)
            return where->items[columns + i];
    return NULL;
}

/* How many leading fields of an index are given. */
static uint8_t given_fields(const toasty__stmt *stmt, const toasty_index *index)
{
    uint8_t given = 0;
    while (given < index->field_count && compared_with(stmt->where, index->fields[given]))
        given++;
    return given;
}

/* Is a column an end of a range somewhere in the condition? */
static bool is_ranged(const toasty__expr *where, uint16_t field)
{
    if (!where)
        return false;
    if (where->tag != TOASTY__EXPR_AND)
        return where->tag >= TOASTY__EXPR_LT && where->tag <= TOASTY__EXPR_GE &&
               where->items[0]->field == field;
    for (uint32_t i = 0; i < where->count; i++)
        if (is_ranged(where->items[i], field))
            return true;
    return false;
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

/* The comparisons that the index leaves over, added to those of the step. -1: one that is no equality of a
 * column, or too many. */
static int left_over(toasty__step *step, const toasty__expr *where, uint16_t *fields, toasty__bind *binds)
{
    if (!where)
        return 0;
    if (where->tag == TOASTY__EXPR_AND) {
        for (uint32_t i = 0; i < where->count; i++)
            if (left_over(step, where->items[i], fields, binds) < 0)
                return -1;
        return 0;
    }
    if (where->tag == TOASTY__EXPR_TUPLE_IN || where->tag == TOASTY__EXPR_IN) {
        uint32_t columns = where->tag == TOASTY__EXPR_IN ? 1 : where->count / 2;
        for (uint32_t i = 0; i < columns; i++)
            if (!serves(step->index, step->key_count, where->items[i]->field))
                return -1;
        return 0;
    }
    if (where->tag >= TOASTY__EXPR_LT && where->tag <= TOASTY__EXPR_GE)
        return take_end(step, where) ? 0 : -1;
    if (where->tag != TOASTY__EXPR_EQ || step->also_count == MAX_ALSO)
        return -1;
    const toasty__expr *column = where->items[0], *value = where->items[1];
    if (serves(step->index, step->key_count, column->field) &&
        compared_with(step->stmt->where, column->field) == value)
        return 0;
    fields[step->also_count] = column->field;
    binds[step->also_count++] = step->binds[value->parameter];
    return 0;
}

/* Chooses the index of which most leading fields are given, or ranged after those that are. */
static void choose_index(toasty__step *step)
{
    const toasty_model *model = step->model;
    unsigned best = 0;
    for (uint16_t i = 0; i < model->index_count; i++) {
        const toasty_index *index = &model->indexes[i];
        uint8_t given = given_fields(step->stmt, index);
        uint8_t partition = index->partition_count ? index->partition_count : index->field_count;
        bool ranged = given < index->field_count && is_ranged(step->stmt->where, index->fields[given]);
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
    choose_index(step);
    toasty__bind *binds = toasty__arena_calloc(&plan->arena, step->key_count, sizeof(*binds));
    toasty__bind *also_binds = toasty__arena_calloc(&plan->arena, MAX_ALSO, sizeof(*also_binds));
    uint16_t *also = toasty__arena_calloc(&plan->arena, MAX_ALSO, sizeof(*also));
    if (!binds || !also_binds || !also)
        return toasty__fail_memory(err);
    bool reads = step->stmt->tag == TOASTY__STMT_SELECT;
    if (left_over(step, step->stmt->where, also, also_binds) < 0 ||
        (step->also_count && (reads || !step->index)))
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s has no key or index for this: %s reads by key",
                            step->model->name, engine->driver->name);
    for (uint8_t i = 0; i < step->key_count; i++)
        binds[i] = step->binds[compared_with(step->stmt->where, step->index->fields[i])->parameter];
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
