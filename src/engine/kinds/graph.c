/* Gathering nested rows into groups: what a row belongs to comes before it, what it has comes after it.
 *
 * A group waits for an answer only when a key that it refers to is counted up by the database: then it is one
 * level later. With keys made here, a whole graph has one level. */
#include "engine/kinds/graph.h"
#include "base/error.h"
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
        const char *rows = nested_rows(relation, parent->news[i]);
        size_t count = count_rows(relation, rows);
        for (size_t row = 0; row < count; row++, at++) {
            made->news[at] = rows + row * model->new_size;
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

int toasty__graph_gather(toasty__running *run, const char *rows, size_t count, char *records,
                         toasty_error *err)
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
