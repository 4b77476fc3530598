/* Upserts of many rows: each is created as it is given, unless the key or the unique value that the call
 * names is there; then that row is changed.
 *
 * Where the database has a word for it, rows go together as in a create of many, as arrays or so many to a
 * statement, and the changes with them. Else each row is what a single upsert is. All is one group. The rows
 * are sent in the order of what they are found by, so that two calls meet each other's rows in the same order
 * and neither waits for the other in a circle; what stands there twice then stands side by side. */
#include "base/container.h"
#include "base/error.h"
#include "core/evaluate.h"
#include "engine/kinds/change.h"
#include "engine/kinds/graph.h"
#include "engine/kinds/kinds.h"
#include "engine/kinds/upsert.h"
#include "engine/plan/assign.h"
#include "engine/plan/make.h"
#include "engine/plan/narrow.h"
#include "engine/plan/statement.h"
#include "engine/plan/verify.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row on its way: where its values are, and what they are compared by. */
typedef struct row {
    const toasty__group *group;
    const toasty_index *by;
    size_t number; /* as it was given */
} row;

static const toasty_value *value_of(const row *at, uint16_t field)
{
    return &at->group
                ->values[at->number * at->group->columns + toasty__insert_column(at->group->model, field)];
}

/* --- before anything is sent --- */

static int check_changes(toasty__running *run, toasty_error *err)
{
    const toasty_request *request = run->request;
    toasty__change_walk walk = {.request = request, .arena = &run->execution->arena};
    toasty__assign assign;
    int more;
    if (toasty__has_conditions(request))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "%s: a condition that the row must meet is of updates and deletes",
                            request->model->name);
    while ((more = toasty__next_assign(&walk, &assign, err)) > 0) {
        if (assign.kind == TOASTY_CHANGE_ON_CREATE || assign.kind == TOASTY_CHANGE_ON_UPDATE)
            return toasty__fail(
                err, TOASTY_INVALID_STATEMENT,
                "%s: the rows of an upsert say what is created; its changes are those of rows "
                "that are there",
                request->model->name);
        if (toasty__check_upsert_change(request, &assign, err) < 0)
            return -1;
    }
    return more;
}

static int compare_keys(const row *a, const row *b)
{
    int order = 0;
    for (uint8_t i = 0; !order && i < a->by->field_count; i++) {
        uint16_t field = a->by->fields[i];
        order =
            toasty__compare_values(&a->group->model->fields[field], value_of(a, field), value_of(b, field));
    }
    return order;
}

static int compare(const void *left, const void *right)
{
    const row *a = left, *b = right;
    int order = compare_keys(a, b);
    return order ? order : (a->number > b->number) - (a->number < b->number);
}

/* Rows with the same values are told by their numbers. */
static int refuse_twice(const row *a, const row *b, toasty_error *err)
{
    char names[128] = "";
    for (uint8_t i = 0; i < a->by->field_count; i++) {
        size_t length = strlen(names);
        snprintf(names + length, sizeof(names) - length, "%s%s", i ? ", " : "",
                 a->group->model->fields[a->by->fields[i]].name);
    }
    return toasty__fail(
        err, TOASTY_INVALID_STATEMENT,
        "rows[%zu] and rows[%zu] are one row of %s by their %s: one call cannot change it twice", a->number,
        b->number, a->group->model->table, names);
}

static int refuse_null(const row *at, toasty_error *err)
{
    for (uint8_t i = 0; i < at->by->field_count; i++)
        if (value_of(at, at->by->fields[i])->kind == TOASTY_VALUE_NULL)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                "rows[%zu]: %s.%s is NULL: no row can be found by that", at->number,
                                at->group->model->name, at->group->model->fields[at->by->fields[i]].name);
    return 0;
}

/* The rows in the order of what they are found by. NULL with err. */
static row *sort_rows(toasty__running *run, toasty_error *err)
{
    const toasty__group *group = run->graph->first;
    row *rows = toasty__arena_alloc(&run->execution->arena, group->count * sizeof(*rows));
    if (!rows)
        toasty__fail_memory(err);
    for (size_t i = 0; rows && i < group->count; i++) {
        rows[i] = (row){group, run->request->by, i};
        if (refuse_null(&rows[i], err) < 0)
            return NULL;
    }
    if (rows)
        qsort(rows, group->count, sizeof(*rows), compare);
    for (size_t i = 1; rows && i < group->count; i++)
        if (compare_keys(&rows[i - 1], &rows[i]) == 0) {
            refuse_twice(&rows[i - 1], &rows[i], err);
            return NULL;
        }
    return rows;
}

/* Values live as long as the block, which is no result. */
static int make_rows(toasty__running *run, toasty_error *err)
{
    const toasty_request *request = run->request;
    if (toasty__new_result(run, 1, 0, err) < 0)
        return -1;
    char *records = toasty__arena_array(&run->block->arena, NULL, request->row_count * request->model->size);
    if (!records)
        return toasty__fail_memory(err);
    if (toasty__graph_make(run, request->rows, request->row_count, records, err) < 0 ||
        toasty__graph_check(run) < 0)
        return -1;
    return run->graph->first->next
               ? toasty__fail(err, TOASTY_INVALID_STATEMENT,
                              "a row of %s that may be there already cannot bring others along",
                              request->model->name)
               : 0;
}

/* The changes are shaped as those of an update are: their values go with each statement. */
static int begin(toasty__running *run, toasty_error *err)
{
    const toasty_request *request = run->request;
    toasty__engine *engine = run->execution->engine;
    if (!engine->driver->capability->sql)
        return toasty__unsupported(engine, "an upsert of many rows", err);
    if (toasty__verify(engine, request, err) < 0 || toasty__verify_upsert(request, err) < 0 ||
        check_changes(run, err) < 0)
        return -1;
    if (!request->row_count)
        return 0;
    run->shape.arena = &run->execution->arena;
    run->shape.engine = engine;
    return make_rows(run, err) < 0 || toasty__shape_make(&run->shape, request, toasty__change_shape, err) < 0
               ? -1
               : 0;
}

/* --- plans: one for each number of rows in a statement --- */

typedef struct recipe {
    toasty__recipe recipe;
    const toasty_request *request;
    uint32_t count; /* 0: any, as arrays */
} recipe;

static int lower(toasty__lowering *lowering, const toasty__recipe *base)
{
    const recipe *of = toasty__container(base, const recipe, recipe);
    lowering->plan->model = of->request->model;
    lowering->plan->by = of->request->by;
    lowering->plan->kind = of->request->kind;
    return toasty__lower_upsert_array(lowering, of->request, of->count);
}

/* The plan for so many rows of a statement, held until the run is done. */
static toasty__plan *plan_of(toasty__running *run, uint32_t count, toasty_error *err)
{
    toasty__shape *shape = &run->shape;
    size_t length = shape->length;
    const recipe of = {{.lower = lower}, run->request, count};
    if (toasty__shape_number(shape, count, err) < 0)
        return NULL;
    toasty__name name = toasty__name_of(shape->bytes, shape->length);
    toasty__plan *plan = toasty__plan_of(run->execution->engine, &name, &of.recipe, err);
    shape->length = length;
    if (plan && toasty__graph_hold(run, plan) < 0) {
        toasty__fail_memory(err);
        return NULL;
    }
    return plan;
}

/* --- sending --- */

/* The values of some rows and, behind them, those of the changes. NULL when out of memory. */
static toasty_value *values_of(toasty__running *run, const toasty__plan *plan, const row *rows, size_t count,
                               uint32_t *value_count)
{
    const toasty__group *group = rows->group;
    size_t cells = count * group->columns;
    toasty_value *values =
        toasty__arena_alloc(&run->execution->arena, (cells + plan->assigned_count) * sizeof(*values));
    for (size_t i = 0; values && i < count; i++)
        memcpy(values + i * group->columns, group->values + rows[i].number * group->columns,
               group->columns * sizeof(*values));
    *value_count = (uint32_t)cells;
    for (uint16_t i = 0; values && i < plan->assigned_count; i++)
        if (plan->assigned_kinds[i] != TOASTY_CHANGE_INCOMING &&
            plan->assigned_kinds[i] != TOASTY_CHANGE_ADD_INCOMING)
            values[(*value_count)++] = run->shape.values[plan->assigned_values[i]];
    return values;
}

static int issue_rows(toasty__running *run, toasty__plan *plan, const row *rows, size_t count,
                      toasty_error *err)
{
    uint32_t value_count;
    toasty_value *values = values_of(run, plan, rows, count, &value_count);
    const toasty_statement *statement =
        toasty__plan_statement(run->execution->engine, plan, &plan->steps[0], 0, err);
    if (!statement)
        return -1;
    toasty_operation *operation = toasty__add_statement(run->execution, statement, run->request->model);
    if (!operation || !values)
        return toasty__fail_memory(err);
    operation->values = values;
    operation->value_count = value_count;
    operation->row_count = (uint32_t)count;
    return 0;
}

static int issue_together(toasty__running *run, const row *rows, toasty_error *err)
{
    const toasty__group *group = run->graph->first;
    size_t together = toasty__rows_together(run, group, run->shape.value_count);
    bool arrays = group->count > 1 && toasty__is_by_columns(run, group);
    for (size_t first = 0; first < group->count; first += together) {
        size_t count = group->count - first < together ? group->count - first : together;
        toasty__plan *plan = plan_of(run, arrays ? 0 : (uint32_t)count, err);
        if (!plan || issue_rows(run, plan, rows + first, count, err) < 0)
            return -1;
    }
    return 0;
}

/* Each row by itself: its values stand behind those of the changes. */
static int issue_one_by_one(toasty__running *run, const row *rows, toasty_error *err)
{
    const toasty__group *group = run->graph->first;
    uint32_t changes = run->shape.value_count;
    const toasty_value *first = run->shape.values;
    if (!(run->plan = plan_of(run, 1, err)))
        return -1;
    for (size_t i = 0; i < group->count; i++) {
        toasty_value *values =
            toasty__arena_alloc(&run->execution->arena, (changes + group->columns) * sizeof(*values));
        if (!values)
            return toasty__fail_memory(err);
        memcpy(values, first, changes * sizeof(*values));
        memcpy(values + changes, group->values + rows[i].number * group->columns,
               group->columns * sizeof(*values));
        run->shape.values = values;
        for (uint16_t s = 0; s < run->plan->step_count; s++)
            if (toasty__add_sql(run, &run->plan->steps[s], NULL, NULL, err) < 0)
                return -1;
    }
    return 0;
}

static int issue(toasty__running *run, toasty_error *err)
{
    if (!run->execution->writing)
        return 0;
    const row *rows = sort_rows(run, err);
    if (!rows)
        return -1;
    return run->execution->engine->driver->capability->upserts ? issue_together(run, rows, err)
                                                               : issue_one_by_one(run, rows, err);
}

static int absorb(toasty__running *run, toasty_error *err)
{
    (void)err;
    run->stage++;
    run->count = (int64_t)run->request->row_count;
    toasty__drop_result(run);
    return 0;
}

static void end(toasty__running *run, bool worked)
{
    (void)worked;
    toasty__graph_release(run);
}

const toasty__kind toasty__upserting_array = {
    .begin = begin,
    .issue = issue,
    .absorb = absorb,
    .end = end,
    .writes = true,
};
