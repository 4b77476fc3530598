/* Running creates: one row or thousands, and the rows nested in them. A group of rows (graph.h) is one
 * insert.
 *
 * A group is sent once the keys that it refers to are there: with keys made here, a whole graph is one job.
 */
#include "base/error.h"
#include "core/access.h"
#include "core/copy.h"
#include "core/types.h"
#include "engine/kinds/graph.h"
#include "engine/kinds/kinds.h"
#include "engine/plan/make.h"
#include "engine/plan/statement.h"
#include <stdio.h>
#include <string.h>

enum { ROWS_OF_ONE_STATEMENT = 128 };

/* Keys that come back, one a row, in the order of the rows: straight into the records. */
typedef struct key_sink {
    toasty_sink sink;
    const toasty_field *column[1];
} key_sink;

/* --- before anything is sent --- */

/* The result, with zeroed records for the rows of the call; NULL with err. */
static char *new_records(toasty__running *run, size_t count, toasty_error *err)
{
    const toasty_request *request = run->request;
    const toasty_model *model = request->model;
    if (toasty__new_result(run, request->many ? sizeof(toasty__slice) : model->size, 0, err) < 0)
        return NULL;
    if (!request->many)
        return run->block->root;
    char *records = toasty__arena_array(&run->block->arena, NULL, count * model->size);
    if (!records)
        toasty__fail_memory(err);
    *(toasty__slice *)run->block->root = (toasty__slice){count ? records : NULL, count, true};
    return records;
}

static int refuse_missing(const toasty__graph *graph, toasty_error *err)
{
    const toasty_model *model = graph->missing_in;
    toasty__fail(err, TOASTY_MISSING_FIELD, "a new %s needs: %s", model->name, graph->missing);
    toasty__error_set(err, table, model->table);
    toasty__error_set(err, field, graph->missing_field);
    if (graph->ambiguous) {
        size_t length = strlen(err->message);
        snprintf(err->message + length, sizeof(err->message) - length,
                 " (a key of 0 counts only where %s has toasty(explicit))", graph->ambiguous->name);
    }
    return -1;
}

static int fill(toasty__running *run, toasty_error *err)
{
    const toasty__graph *graph = run->graph;
    for (const toasty__group *group = graph->first; group; group = group->next)
        if (toasty__fill_group(run, group, err) < 0)
            return -1;
    for (const toasty__group *group = graph->first; run->request->owner && group; group = group->next)
        if (!group->relation && toasty__fill_owner(run, group, err) < 0)
            return -1;
    if (graph->missing_in)
        return refuse_missing(graph, err);
    /* In the order of insertion, so that each key is whole before another one refers to it. */
    for (const toasty__group *group = graph->other_keys ? graph->first : NULL; group; group = group->next) {
        if (toasty__check_references(group, err) < 0)
            return -1;
        toasty__refer(group);
    }
    return 0;
}

static int begin(toasty__running *run, toasty_error *err)
{
    const toasty_request *request = run->request;
    size_t count =
        request->until_end ? toasty__count_rows(request->model, request->rows) : request->row_count;
    char *records = new_records(run, count, err);
    if (!records)
        return -1;
    run->graph = toasty__arena_alloc(&run->execution->arena, sizeof(*run->graph));
    if (!run->graph)
        return toasty__fail_memory(err);
    memset(run->graph, 0, offsetof(toasty__graph, missing) + 1);
    run->graph->last = &run->graph->first;
    run->count = (int64_t)count;
    if (count && (toasty__graph_gather(run, request->rows, count, records, err) < 0 || fill(run, err) < 0))
        return -1;
    return 0;
}

/* --- sending --- */

/* There is room for as many rows as were sent: more have no place. */
static void *no_row(toasty_sink *sink)
{
    (void)sink;
    return NULL;
}

static toasty_sink *new_key_sink(toasty__running *run, const toasty__group *group, size_t first, size_t count)
{
    key_sink *keys = toasty__arena_alloc(&run->execution->arena, sizeof(*keys));
    if (!keys)
        return NULL;
    keys->column[0] = group->sequence;
    keys->sink = (toasty_sink){.row = no_row,
                               .next = toasty__group_record(group, first),
                               .end = toasty__group_record(group, first + count),
                               .stride = group->model->size,
                               .model = group->model,
                               .columns = keys->column,
                               .column_count = 1,
                               .arena = &run->block->arena};
    return &keys->sink;
}

/* Keeps a plan until the run is done: its statement is used until the answer has come. */
static int hold(toasty__running *run, toasty__plan *plan)
{
    toasty__graph *graph = run->graph;
    toasty__plan **held = toasty__arena_grow(&run->execution->arena, graph->held, &graph->held_capacity,
                                             graph->held_count + 1, sizeof(*held));
    if (!held) {
        toasty__plan_release(plan);
        return -1;
    }
    graph->held = held;
    graph->held[graph->held_count++] = plan;
    return 0;
}

/* An operation of the rows of a group from `first` on: an insert of them, or the drawing of their keys. held:
 * takes over the hold of the plan. returns: keys come back into the records. */
static toasty_operation *issue_plan(toasty__running *run, const toasty__group *group, toasty__plan *plan,
                                    bool held, size_t first, size_t count, bool returns, toasty_error *err)
{
    toasty__execution *execution = run->execution;
    if (!plan)
        return NULL;
    if (held && hold(run, plan) < 0) {
        toasty__fail_memory(err);
        return NULL;
    }
    const toasty_statement *statement =
        toasty__plan_statement(execution->engine, plan, &plan->steps[0], 0, err);
    if (!statement)
        return NULL;
    toasty_sink *sink = returns ? new_key_sink(run, group, first, count) : NULL;
    toasty_operation *operation =
        returns && !sink ? NULL : toasty__add_statement(execution, statement, group->model);
    if (!operation) {
        toasty__fail_memory(err);
        return NULL;
    }
    operation->sink = sink;
    return operation;
}

/* A row that is nothing but a key which the database makes has no column to send. */
static bool is_by_columns(const toasty_capability *can, const toasty__group *group)
{
    return can->bulk_columns && group->columns > 0;
}

static int issue_rows(toasty__running *run, const toasty__group *group, size_t first, size_t count,
                      toasty_error *err)
{
    toasty__engine *engine = run->execution->engine;
    const toasty_capability *can = engine->driver->capability;
    bool returns =
        group->unsent && can->returning && (count == 1 ? !can->returning_costs : !can->consecutive_keys);
    toasty__key_source key = !group->unsent ? TOASTY__KEY_GIVEN
                             : returns      ? TOASTY__KEY_RETURNED
                                            : TOASTY__KEY_MADE;
    uint32_t rows_of_text = count > 1 && is_by_columns(can, group) ? 0 : (uint32_t)count;
    bool held;
    toasty__plan *plan = toasty__plan_of_insert(engine, group->model, rows_of_text, key, &held, err);
    toasty_operation *operation = issue_plan(run, group, plan, held, first, count, returns, err);
    if (!operation)
        return -1;
    operation->values = group->values + first * group->columns;
    operation->value_count = (uint32_t)count * group->columns;
    operation->row_count = (uint32_t)count;
    return 0;
}

static int issue_draw(toasty__running *run, const toasty__group *group, toasty_error *err)
{
    toasty__plan *plan = toasty__plan_of_draw(run->execution->engine, group->model, err);
    toasty_operation *operation = issue_plan(run, group, plan, true, 0, group->count, true, err);
    toasty_value *count = operation ? toasty__arena_alloc(&run->execution->arena, sizeof(*count)) : NULL;
    if (!operation)
        return -1;
    if (!count)
        return toasty__fail_memory(err);
    *count = (toasty_value){.kind = TOASTY_VALUE_INT, .as.integer = (int64_t)group->count};
    operation->values = count;
    operation->value_count = 1;
    return 0;
}

/* One item of a store without SQL. fields: all of them. */
static int issue_item(toasty__running *run, const toasty__group *group, size_t i, const uint16_t *fields,
                      toasty_error *err)
{
    toasty_operation *operation = toasty__add_operation(run->execution, TOASTY_OPERATION_INSERT);
    if (!operation)
        return toasty__fail_memory(err);
    operation->model = group->model;
    operation->fields = fields;
    operation->values = group->values + i * group->columns;
    operation->value_count = group->columns;
    operation->must_not_exist = true;
    return 0;
}

static int issue_items(toasty__running *run, const toasty__group *group, toasty_error *err)
{
    uint16_t *fields = toasty__arena_alloc(&run->execution->arena, group->columns * sizeof(*fields));
    if (!fields)
        return toasty__fail_memory(err);
    for (uint16_t f = 0; f < group->columns; f++)
        fields[f] = f;
    for (size_t i = 0; i < group->count; i++)
        if (issue_item(run, group, i, fields, err) < 0)
            return -1;
    return 0;
}

/* How many rows of a group are one statement. */
static size_t rows_together(const toasty__running *run, const toasty__group *group)
{
    const toasty_capability *can = run->execution->engine->driver->capability;
    if (group->count == 1 || is_by_columns(can, group))
        return group->count;
    if (group->unsent && !can->returning && !can->consecutive_keys)
        return 1; /* each insert reports its key */
    size_t fit = can->max_parameters / (group->model->field_count ? group->model->field_count : 1);
    return fit < 1 ? 1 : fit < ROWS_OF_ONE_STATEMENT ? fit : ROWS_OF_ONE_STATEMENT;
}

static int issue_statements(toasty__running *run, const toasty__group *group, toasty_error *err)
{
    size_t together = rows_together(run, group);
    for (size_t first = 0; first < group->count; first += together) {
        size_t count = group->count - first < together ? group->count - first : together;
        if (issue_rows(run, group, first, count, err) < 0)
            return -1;
    }
    return 0;
}

static int issue_draws(toasty__running *run, toasty_error *err)
{
    for (const toasty__group *group = run->graph->first; group; group = group->next)
        if (group->sequence && issue_draw(run, group, err) < 0)
            return -1;
    return 0;
}

static int issue(toasty__running *run, toasty_error *err)
{
    bool sql = run->execution->engine->driver->capability->sql;
    if (!run->execution->writing)
        return 0;
    if (run->graph->drawn && run->stage == 0)
        return issue_draws(run, err);
    for (const toasty__group *group = run->graph->first; group; group = group->next)
        if (toasty__group_referring(group)->level == run->stage)
            toasty__refer(group);
    for (toasty__group *group = run->graph->first; group; group = group->next) {
        if (group->level != run->stage)
            continue;
        group->first_operation = run->execution->job.count - run->first_operation;
        if ((sql ? issue_statements(run, group, err) : issue_items(run, group, err)) < 0)
            return -1;
    }
    return 0;
}

/* --- after the answers --- */

/* The keys of one statement follow each other, and the first or the last one is known. */
static void take_keys(const toasty__running *run, const toasty__group *group, size_t first, size_t count,
                      const toasty_operation *operation)
{
    size_t size = toasty__field_size(group->sequence);
    char *at = toasty__group_record(group, first) + group->sequence->offset;
    bool from_first = run->execution->engine->driver->capability->first_key;
    int64_t step = from_first ? operation->key_step : 1;
    int64_t key = operation->made_key - (from_first ? 0 : (int64_t)(count - 1));
    for (size_t i = 0; i < count; i++, key += step, at += group->model->size)
        toasty__put_integer(at, size, key);
}

static int absorb(toasty__running *run, toasty_error *err)
{
    (void)err;
    for (const toasty__group *group = run->graph->first; group; group = group->next) {
        const toasty_operation *operation = toasty__run_operations(run) + group->first_operation;
        if (run->graph->drawn && run->stage == 0)
            toasty__fill_drawn(group);
        if (group->level != run->stage || !group->unsent || operation->sink)
            continue;
        size_t together = rows_together(run, group);
        for (size_t first = 0; first < group->count; first += together, operation++)
            take_keys(run, group, first, group->count - first < together ? group->count - first : together,
                      operation);
    }
    run->stage++;
    return 0;
}

static void end(toasty__running *run, bool worked)
{
    (void)worked;
    for (size_t i = 0; run->graph && i < run->graph->held_count; i++)
        toasty__plan_release(run->graph->held[i]);
}

const toasty__kind toasty__creating = {
    .begin = begin,
    .issue = issue,
    .absorb = absorb,
    .end = end,
    .writes = true,
    .root = true,
};
