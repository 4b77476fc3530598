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

static int begin(toasty__running *run, toasty_error *err)
{
    const toasty_request *request = run->request;
    size_t count =
        request->until_end ? toasty__count_rows(request->model, request->rows) : request->row_count;
    char *records = new_records(run, count, err);
    if (!records)
        return -1;
    run->count = (int64_t)count;
    return toasty__graph_make(run, request->rows, count, records, err) < 0 ? -1 : toasty__graph_check(run);
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

/* An operation of the rows of a group from `first` on: an insert of them, or the drawing of their keys. held:
 * takes over the hold of the plan. returns: keys come back into the records. */
static toasty_operation *issue_plan(toasty__running *run, const toasty__group *group, toasty__plan *plan,
                                    bool held, size_t first, size_t count, bool returns, toasty_error *err)
{
    toasty__execution *execution = run->execution;
    if (!plan)
        return NULL;
    if (held && toasty__graph_hold(run, plan) < 0) {
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
    uint32_t rows_of_text = count > 1 && toasty__is_by_columns(run, group) ? 0 : (uint32_t)count;
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

static int issue_statements(toasty__running *run, const toasty__group *group, toasty_error *err)
{
    size_t together = toasty__rows_together(run, group, 0);
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
        size_t together = toasty__rows_together(run, group, 0);
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
    toasty__graph_release(run);
}

const toasty__kind toasty__creating = {
    .begin = begin,
    .issue = issue,
    .absorb = absorb,
    .end = end,
    .writes = true,
    .root = true,
};
