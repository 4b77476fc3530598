/* Gathering nested rows into groups: what a row belongs to comes before it, what it has comes after it.
 *
 * A group waits for an answer only when a key that it refers to is counted up by the database: then it is one
 * level later. With keys made here, a whole graph has one level. */
#include "engine/kinds/graph.h"
#include "base/error.h"
#include "core/access.h"
#include "core/copy.h"

enum { MAX_NESTING = 16 };

/* The nested rows that one row brought along for a relation. */
static inline const char *nested_rows(const toasty_relation *relation, const char *row)
{
    return toasty__pointer_at(row, relation->kind == TOASTY_BELONGS_TO ? relation->new_create_offset
                                                                       : relation->new_offset);
}

/* Every array of nested rows has an end; where there can be one row, more are refused. */
static size_t count_rows(const toasty_relation *relation, const char *rows)
{
    return rows ? toasty__count_rows(relation->target, rows) : 0;
}

/* parent: NULL for the rows of the call. */
static toasty__group *new_group(toasty__running *run, const toasty_model *model, size_t count,
                                toasty__group *parent)
{
    toasty__arena *arena = &run->execution->arena;
    toasty__group *made = toasty__arena_calloc(arena, 1, sizeof(*made));
    if (!made)
        return NULL;
    made->model = model;
    made->count = count;
    made->sequence = toasty__sequence_field(model);
    made->parent = parent;
    made->news = toasty__arena_alloc(arena, count * sizeof(*made->news) + 1);
    made->parents = parent ? toasty__arena_alloc(arena, count * sizeof(*made->parents) + 1) : NULL;
    return made->news && (made->parents || !parent) ? made : NULL;
}

/* The group of all nested rows of one relation; NULL in *out when there are none. */
static int gather_group(toasty__running *run, toasty__group *parent, const toasty_relation *relation,
                        toasty__group **out, toasty_error *err)
{
    size_t total = 0;
    *out = NULL;
    for (size_t i = 0; i < parent->count; i++) {
        const char *rows = nested_rows(relation, parent->news[i]);
        size_t count = count_rows(relation, rows);
        if (count > 1 && !toasty__rows_are_many(relation))
            return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                "%s.%s: %zu rows were given for a single record", parent->model->name,
                                relation->name, count);
        total += count;
    }
    if (!total)
        return 0;
    const toasty_model *model = relation->target;
    toasty__group *made = new_group(run, model, total, parent);
    if (!made || !(made->records = toasty__arena_alloc(&run->block->arena, total * model->size)))
        return toasty__fail_memory(err);
    made->relation = relation;
    size_t at = 0;
    for (size_t i = 0; i < parent->count; i++) {
        const char *row = nested_rows(relation, parent->news[i]);
        for (; row && !toasty__is_end_row(model, row); row += model->new_size, at++) {
            made->news[at] = row;
            made->parents[at] = i;
        }
    }
    toasty__group_zero(made);
    *out = made;
    return 0;
}

static uint16_t level_after(const toasty__group *before)
{
    return (uint16_t)(before->level + (before->sequence ? 1 : 0));
}

static int add_group(toasty__running *run, toasty__group *group, int depth, toasty_error *err);

static int add_what_it_belongs_to(toasty__running *run, toasty__group *group, int depth, toasty_error *err)
{
    const toasty_model *model = group->model;
    for (uint16_t i = 0; i < model->relation_count; i++) {
        toasty__group *nested;
        if (model->relations[i].kind != TOASTY_BELONGS_TO)
            continue;
        if (gather_group(run, group, &model->relations[i], &nested, err) < 0 ||
            (nested && add_group(run, nested, depth + 1, err) < 0))
            return -1;
        if (nested && level_after(nested) > group->level)
            group->level = level_after(nested);
    }
    return 0;
}

static int add_what_it_has(toasty__running *run, toasty__group *group, int depth, toasty_error *err)
{
    const toasty_model *model = group->model;
    for (uint16_t i = 0; i < model->relation_count; i++) {
        toasty__group *nested;
        if (model->relations[i].kind == TOASTY_BELONGS_TO)
            continue;
        if (gather_group(run, group, &model->relations[i], &nested, err) < 0)
            return -1;
        if (!nested)
            continue;
        nested->level = level_after(group);
        if (add_group(run, nested, depth + 1, err) < 0)
            return -1;
    }
    return 0;
}

static int add_group(toasty__running *run, toasty__group *group, int depth, toasty_error *err)
{
    toasty__graph *graph = run->graph;
    if (depth > MAX_NESTING)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "rows are nested more than %d deep", MAX_NESTING);
    if (add_what_it_belongs_to(run, group, depth, err) < 0)
        return -1;
    *graph->last = group;
    graph->last = &group->next;
    if (group->level >= run->stages)
        run->stages = (uint16_t)(group->level + 1);
    return add_what_it_has(run, group, depth, err);
}

/* Room for what is sent, once it is known which keys are. */
static int make_values(toasty__running *run, toasty__group *group)
{
    group->unsent = run->graph->drawn ? NULL : group->sequence;
    group->columns = (uint32_t)group->model->field_count - (group->unsent ? 1 : 0);
    group->values = toasty__arena_alloc(&run->execution->arena,
                                        group->count * group->columns * sizeof(*group->values) + 1);
    return group->values ? 0 : -1;
}

static int gather(toasty__running *run, const char *rows, size_t count, char *records, toasty_error *err)
{
    const toasty_model *model = run->request->model;
    toasty__group *root = new_group(run, model, count, NULL);
    if (!root)
        return toasty__fail_memory(err);
    root->records = records;
    toasty__group_zero(root);
    for (size_t i = 0; i < count; i++)
        root->news[i] = rows + i * model->new_size;
    if (add_group(run, root, 0, err) < 0)
        return -1;
    run->graph->drawn = run->stages > 1 && run->execution->engine->driver->capability->draws_keys;
    if (run->graph->drawn) {
        run->stages = 2;
        run->quiet = true;
    }
    for (toasty__group *group = run->graph->first; group; group = group->next) {
        group->level = run->graph->drawn ? 1 : group->level;
        if (make_values(run, group) < 0)
            return toasty__fail_memory(err);
    }
    return 0;
}

/* --- filling them --- */

static int refuse_missing(const toasty__graph *graph, toasty_error *err)
{
    err->code = TOASTY_MISSING_FIELD; /* whatever was found before it */
    err->message[0] = '\0';
    toasty__error_add(err, "a new %s needs: %s", graph->missing_in->name, graph->missing);
    if (graph->ambiguous)
        toasty__error_add(err, " (zero counts only where %s has toasty(explicit))", graph->ambiguous->name);
    return -1;
}

/* Notes each rule that a row does not keep. */
static __attribute__((noinline)) int check_rules(const toasty__running *run, const toasty__group *group,
                                                 toasty_error *err)
{
    const toasty_model *model = group->model;
    toasty__patterns *patterns = &run->execution->engine->patterns;
    for (size_t i = 0; i < group->count; i++)
        for (uint16_t r = 0; r < model->rule_count; r++) {
            uint16_t field = model->rules[r].field;
            if (r && model->rules[r - 1].field == field)
                continue;
            toasty_value value = toasty__get(model, toasty__group_record(group, i), &model->fields[field]);
            if (toasty__keeps_rules(patterns, model, field, &value, &run->graph->breaks,
                                    toasty__group_row(group, i)) < 0)
                return toasty__fail_memory(err);
        }
    return 0;
}

static int fill(toasty__running *run, toasty_error *err)
{
    toasty__graph *graph = run->graph;
    for (const toasty__group *group = graph->first; group; group = group->next)
        if (toasty__fill_group(run, group, err) < 0 ||
            (group->model->rule_count && check_rules(run, group, err) < 0))
            return -1;
        else
            graph->validates = graph->validates || group->model->validate;
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

/* Asks the program what is wrong with the records. */
static __attribute__((noinline)) void validate(toasty__graph *graph)
{
    for (const toasty__group *group = graph->first; group; group = group->next)
        for (size_t i = 0; group->model->validate && i < group->count; i++)
            toasty__validate(&graph->breaks, group->model, toasty__group_row(group, i),
                             toasty__group_record(group, i));
}

int toasty__graph_ask(toasty__running *run)
{
    if (run->graph->validates)
        validate(run->graph);
    return run->graph->breaks.count ? -1 : 0;
}

int toasty__graph_make(toasty__running *run, const char *rows, size_t count, char *records, toasty_error *err)
{
    run->graph = toasty__arena_alloc(&run->execution->arena, sizeof(*run->graph));
    if (!run->graph)
        return toasty__fail_memory(err);
    memset(run->graph, 0, offsetof(toasty__graph, missing) + 1);
    run->graph->last = &run->graph->first;
    run->graph->breaks.err = err;
    return count && (gather(run, rows, count, records, err) < 0 || fill(run, err) < 0) ? -1 : 0;
}

/* --- sending them --- */

enum { ROWS_OF_ONE_STATEMENT = 128 };

size_t toasty__rows_together(const toasty__running *run, const toasty__group *group, uint32_t more)
{
    const toasty_capability *can = run->execution->engine->driver->capability;
    if (group->count == 1 || toasty__is_by_columns(run, group))
        return group->count;
    if (group->unsent && run->request->kind == TOASTY_REQUEST_CREATE && !can->returning &&
        !can->consecutive_keys)
        return 1; /* each insert reports its key */
    size_t room = can->max_parameters > more ? can->max_parameters - more : 0;
    size_t fit = room / (group->model->field_count ? group->model->field_count : 1);
    return fit < 1 ? 1 : fit < ROWS_OF_ONE_STATEMENT ? fit : ROWS_OF_ONE_STATEMENT;
}

int toasty__graph_hold(toasty__running *run, toasty__plan *plan)
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

void toasty__graph_release(toasty__running *run)
{
    for (size_t i = 0; run->graph && i < run->graph->held_count; i++)
        toasty__plan_release(run->graph->held[i]);
}
