/* Running creates: one row or thousands, and the rows nested in them.
 *
 * The records that the call returns are filled first, from what was given and from defaults, keys and times
 * that the client makes; what is sent is read from these records. Nested rows form groups, one a relation:
 * all the children that all the rows of a parent group brought along. A group is one insert. It waits for an
 * answer only when a key that it refers to is counted up by the database; with keys made here, a whole graph
 * is one job. */
#include "base/error.h"
#include "base/time.h"
#include "base/uuid.h"
#include "core/access.h"
#include "core/copy.h"
#include "core/decode.h"
#include "engine/exec.h"
#include <string.h>

enum { MAX_NESTING = 16, ROWS_OF_ONE_STATEMENT = 128 };

typedef struct group {
    const toasty_model *model;
    const toasty_relation *relation; /* of the parent's model; NULL: the rows of the call */
    struct group *parent;
    const char **news; /* the …New of each row */
    size_t *parents;   /* the place of each row's parent in its group */
    char *records;
    size_t count;
    const toasty_field *sequence; /* the key that the database makes, or NULL */
    uint16_t level;               /* stage in which it can be sent */
    uint32_t first_operation;     /* within the run's operations of its stage */
    struct group *next;           /* in the order of insertion */
} group;

/* Keys that come back, one a row, in the order of the rows. */
typedef struct key_sink {
    toasty_sink sink;
    char *next;
    size_t size;
    const toasty_field *column[1];
} key_sink;

typedef struct toasty__graph {
    group *first, **last;
    int64_t now; /* one reading of the clock a call */
    char missing[256];
    const toasty_model *missing_in;
    const char *missing_row;
} toasty__graph;

/* --- the graph --- */

static const void *pointer_at(const void *start, uint32_t offset)
{
    const void *pointer = NULL;
    if (offset != TOASTY_NO_OFFSET)
        memcpy(&pointer, (const char *)start + offset, sizeof(pointer));
    return pointer;
}

/* The nested rows that one row brought along for a relation. */
static const char *nested_rows(const toasty_relation *relation, const char *row, size_t *count)
{
    uint32_t offset =
        relation->kind == TOASTY_BELONGS_TO ? relation->new_create_offset : relation->new_offset;
    const char *rows = pointer_at(row, offset);
    *count = !rows ? 0 : toasty__rows_are_many(relation) ? toasty__count_rows(relation->target, rows) : 1;
    return rows;
}

static group *new_group(toasty__running *run, const toasty_model *model, size_t count)
{
    toasty__arena *arena = &run->execution->arena;
    group *made = toasty__arena_calloc(arena, 1, sizeof(*made));
    if (!made)
        return NULL;
    made->model = model;
    made->count = count;
    made->sequence = toasty__sequence_field(model);
    made->news = toasty__arena_alloc(arena, count * sizeof(*made->news) + 1);
    made->parents = toasty__arena_alloc(arena, count * sizeof(*made->parents) + 1);
    return made->news && made->parents ? made : NULL;
}

/* The group of all nested rows of one relation; NULL in *out when there are none. */
static int gather_group(toasty__running *run, group *parent, const toasty_relation *relation, group **out,
                        toasty_error *err)
{
    size_t total = 0, count;
    *out = NULL;
    for (size_t i = 0; i < parent->count; i++) {
        nested_rows(relation, parent->news[i], &count);
        total += count;
    }
    if (!total)
        return 0;
    group *made = new_group(run, relation->target, total);
    if (!made || !(made->records = toasty__arena_calloc(&run->block->arena, total, relation->target->size)))
        return toasty__fail_memory(err);
    made->relation = relation;
    made->parent = parent;
    size_t at = 0;
    for (size_t i = 0; i < parent->count; i++) {
        const char *rows = nested_rows(relation, parent->news[i], &count);
        for (size_t row = 0; row < count; row++, at++) {
            made->news[at] = rows + row * relation->target->new_size;
            made->parents[at] = i;
        }
    }
    *out = made;
    return 0;
}

static void append(toasty__graph *graph, group *made)
{
    *graph->last = made;
    graph->last = &made->next;
}

static uint16_t level_after(const group *before)
{
    return (uint16_t)(before->level + (before->sequence ? 1 : 0));
}

/* Puts a group and all that is nested in it in the order of insertion: what it belongs to, itself, what it
 * has. */
static int add_group(toasty__running *run, group *of, int depth, toasty_error *err)
{
    if (depth > MAX_NESTING)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "rows are nested more than %d deep", MAX_NESTING);
    const toasty_model *model = of->model;
    group *nested;
    for (uint16_t i = 0; i < model->relation_count; i++) {
        if (model->relations[i].kind != TOASTY_BELONGS_TO)
            continue;
        if (gather_group(run, of, &model->relations[i], &nested, err) < 0 ||
            (nested && add_group(run, nested, depth + 1, err) < 0))
            return -1;
        if (nested && level_after(nested) > of->level)
            of->level = level_after(nested);
    }
    append(run->graph, of);
    if (of->level >= run->stages)
        run->stages = (uint16_t)(of->level + 1);
    for (uint16_t i = 0; i < model->relation_count; i++) {
        if (model->relations[i].kind == TOASTY_BELONGS_TO)
            continue;
        if (gather_group(run, of, &model->relations[i], &nested, err) < 0)
            return -1;
        if (!nested)
            continue;
        nested->level = level_after(of);
        if (add_group(run, nested, depth + 1, err) < 0)
            return -1;
    }
    return 0;
}

/* --- filling records --- */

static bool is_zero(const toasty_value *value)
{
    static const uint8_t nil[16];
    switch ((toasty_value_kind)value->kind) {
    case TOASTY_VALUE_NULL:
        return true;
    case TOASTY_VALUE_INT:
        return value->as.integer == 0;
    case TOASTY_VALUE_UUID:
        return memcmp(value->as.uuid, nil, sizeof(nil)) == 0;
    default:
        return false;
    }
}

/* Nothing but zeros: a date of which nothing was given. */
static bool is_blank(const toasty_field *field, const char *row)
{
    static const char zeros[16];
    return memcmp(row + field->new_offset, zeros, toasty__field_size(field)) == 0;
}

/* Was a value given for the field, as far as C can tell? */
static bool is_given(const toasty_field *field, const char *row, const toasty_value *value)
{
    if (value->kind == TOASTY_VALUE_NULL)
        return false;
    if (value->kind == TOASTY_VALUE_INVALID)
        return !is_blank(field, row);
    if (field->flags & TOASTY_FIELD_REFERENCE || field->type == TOASTY_TYPE_UUID)
        return field->set_offset != TOASTY_NO_OFFSET || !is_zero(value);
    return true;
}

/* Remembers the name of something that was not given. All that one row lacks makes one error. */
static void missing(toasty__graph *graph, const toasty_model *model, const char *row, const char *name)
{
    if (graph->missing_row && graph->missing_row != row)
        return;
    graph->missing_row = row;
    graph->missing_in = model;
    size_t length = strlen(graph->missing);
    if (length + strlen(name) + 3 < sizeof(graph->missing))
        strcat(strcat(graph->missing, length ? ", " : ""), name);
}

/* 1: *value is what an absent value becomes; 0: there is no default; -1 with err. */
static int default_value(toasty__graph *graph, const toasty_field *field, toasty_value *value,
                         toasty_error *err)
{
    switch ((toasty_source)field->on_create) {
    case TOASTY_SOURCE_VALUE:
        *value = field->create_value;
        return 1;
    case TOASTY_SOURCE_NOW:
        if (!graph->now)
            graph->now = toasty__now_us();
        *value = toasty__now_value(field->type, graph->now);
        return 1;
    case TOASTY_SOURCE_UUID_V7:
        value->kind = TOASTY_VALUE_UUID;
        return toasty__uuid_v7(value->as.uuid, err) < 0 ? -1 : 1;
    case TOASTY_SOURCE_UUID_V4:
        value->kind = TOASTY_VALUE_UUID;
        return toasty__uuid_v4(value->as.uuid, err) < 0 ? -1 : 1;
    default:
        return 0;
    }
}

/* A required value that C shows as absent: a NULL pointer, a nil uuid, no date. Zero is a number like others.
 */
static bool must_be_given(const toasty_field *field)
{
    return field->type == TOASTY_TYPE_TEXT || field->type == TOASTY_TYPE_BYTES ||
           field->type == TOASTY_TYPE_UUID || field->type == TOASTY_TYPE_DATE ||
           field->type == TOASTY_TYPE_DATETIME || field->flags & TOASTY_FIELD_EXPLICIT;
}

static bool embed_is_set(const toasty_model *model, const char *row, const toasty_field *field)
{
    for (uint16_t e = field->embed; e != TOASTY_NO_EMBED; e = model->embeds[e].parent)
        if (!*(const bool *)(row + model->embeds[e].new_set_offset))
            return false;
    return true;
}

static int own_text(toasty__running *run, toasty_value *value, toasty_error *err)
{
    if (value->kind == TOASTY_VALUE_TEXT)
        value->as.text = toasty__arena_text(&run->block->arena, value->as.text, value->len);
    else if (value->kind == TOASTY_VALUE_BYTES)
        value->as.bytes = toasty__arena_copy(&run->block->arena, value->as.bytes, value->len);
    else
        return 0;
    return value->as.bytes ? 0 : toasty__fail_memory(err);
}

static int fill_field(toasty__running *run, const toasty_model *model, const char *row, char *record,
                      const toasty_field *field, toasty_error *err)
{
    toasty_value value = toasty__get_new(model, row, field);
    if (!is_given(field, row, &value)) {
        int made = default_value(run->graph, field, &value, err);
        if (made < 0)
            return -1;
        /* References are looked at when all ways to give them are known. */
        if (!made && !(field->flags & (TOASTY_FIELD_NULLABLE | TOASTY_FIELD_REFERENCE)) &&
            must_be_given(field) && embed_is_set(model, row, field))
            missing(run->graph, model, row, field->name);
        if (!made)
            return 0;
    }
    if (field->type == TOASTY_TYPE_ENUM && is_zero(&value) && !toasty__enum_label(field->labels, 0))
        value.as.integer = field->labels->values[0]; /* not given, and zero is no label */
    if (value.kind == TOASTY_VALUE_INVALID)
        return toasty__fail(err, TOASTY_INVALID_VALUE, "%s.%s: %s", model->name, field->name, value.as.text);
    if (field->type == TOASTY_TYPE_ENUM && value.kind == TOASTY_VALUE_INT &&
        !toasty__enum_label(field->labels, value.as.integer))
        return toasty__fail(err, TOASTY_INVALID_VALUE, "%s.%s: not a value of its enum", model->name,
                            field->name);
    if (own_text(run, &value, err) < 0)
        return -1;
    toasty__put(model, record, field, &value);
    return 0;
}

/* Writes the key of one record into the fields of another that refer to it. */
static void copy_key(const toasty_model *to, char *record, const uint16_t *fields, const toasty_model *from,
                     const char *other, const uint16_t *other_fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        toasty_value value = toasty__get(from, other, &from->fields[other_fields[i]]);
        toasty__put(to, record, &to->fields[fields[i]], &value);
    }
}

/* The same from a record that is not part of this result: what it points to is copied. */
static int adopt_key(toasty__running *run, const toasty_model *to, char *record, const uint16_t *fields,
                     const toasty_model *from, const char *other, const uint16_t *other_fields,
                     uint32_t count, toasty_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        toasty_value value = toasty__get(from, other, &from->fields[other_fields[i]]);
        if (own_text(run, &value, err) < 0)
            return -1;
        toasty__put(to, record, &to->fields[fields[i]], &value);
    }
    return 0;
}

/* The key of a belongs_to: from a record that was named, or written out; else it must come from the graph. */
static int fill_reference(toasty__running *run, const group *of, size_t i, const toasty_relation *relation,
                          toasty_error *err)
{
    const char *row = of->news[i];
    char *record = of->records + i * of->model->size;
    const char *named = pointer_at(row, relation->new_offset);
    if (named)
        return adopt_key(run, of->model, record, relation->own_fields, relation->target, named,
                         relation->their_fields, relation->field_count, err);
    if (!relation->required || pointer_at(row, relation->new_create_offset) ||
        (of->relation && of->relation->pair == relation) ||
        (run->request->owner && run->request->relation->pair == relation))
        return 0;
    for (uint8_t f = 0; f < relation->field_count; f++) {
        const toasty_field *field = &of->model->fields[relation->own_fields[f]];
        toasty_value value = toasty__get_new(of->model, row, field);
        if (!is_given(field, row, &value) && field->on_create == TOASTY_SOURCE_NONE) {
            missing(run->graph, of->model, row, relation->name);
            return 0;
        }
    }
    return 0;
}

static int fill_group(toasty__running *run, const group *of, toasty_error *err)
{
    const toasty_model *model = of->model;
    for (size_t i = 0; i < of->count; i++) {
        char *record = of->records + i * model->size;
        for (uint16_t f = 0; f < model->field_count; f++)
            if (model->fields[f].on_create != TOASTY_SOURCE_SEQUENCE &&
                fill_field(run, model, of->news[i], record, &model->fields[f], err) < 0)
                return -1;
        for (uint16_t r = 0; r < model->relation_count; r++)
            if (model->relations[r].kind == TOASTY_BELONGS_TO &&
                fill_reference(run, of, i, &model->relations[r], err) < 0)
                return -1;
    }
    return 0;
}

/* Points the relations of the records at each other. */
static void link_group(const group *of)
{
    const toasty_relation *relation = of->relation;
    for (size_t i = 0; relation && i < of->count; i++) {
        char *parent = of->parent->records + of->parents[i] * of->parent->model->size;
        char *record = of->records + i * of->model->size;
        if (relation->kind == TOASTY_HAS_MANY) {
            toasty__slice *slice = (toasty__slice *)(parent + relation->offset);
            if (!slice->loaded)
                *slice = (toasty__slice){record, 0, true};
            slice->len++;
        } else {
            memcpy(parent + relation->offset, &record, sizeof(record));
            *(bool *)(parent + relation->loaded_offset) = true;
        }
    }
}

static int begin(toasty__running *run, toasty_error *err)
{
    const toasty_request *request = run->request;
    const toasty_model *model = request->model;
    size_t count = request->row_count == TOASTY_UNTIL_END ? toasty__count_rows(model, request->rows)
                                                          : request->row_count;
    run->stages = 0;
    run->graph = toasty__arena_calloc(&run->execution->arena, 1, sizeof(*run->graph));
    if (!run->graph)
        return toasty__fail_memory(err);
    if (toasty__new_result(run, request->many ? sizeof(toasty__slice) : model->size, err) < 0)
        return -1;
    run->graph->last = &run->graph->first;
    if (request->many)
        *(toasty__slice *)run->block->root = (toasty__slice){.loaded = true};
    if (!count)
        return 0;
    group *root = new_group(run, model, count);
    if (!root)
        return toasty__fail_memory(err);
    root->records =
        request->many ? toasty__arena_array(&run->block->arena, NULL, count * model->size) : run->block->root;
    if (!root->records)
        return toasty__fail_memory(err);
    memset(root->records, 0, count * model->size);
    if (request->many)
        *(toasty__slice *)run->block->root = (toasty__slice){root->records, count, true};
    for (size_t i = 0; i < count; i++)
        root->news[i] = (const char *)request->rows + i * model->new_size;
    if (add_group(run, root, 0, err) < 0)
        return -1;
    for (group *at = run->graph->first; at; at = at->next) {
        if (fill_group(run, at, err) < 0)
            return -1;
        link_group(at);
    }
    for (size_t i = 0; request->owner && i < count; i++)
        if (adopt_key(run, model, root->records + i * model->size, request->relation->their_fields,
                      request->relation->owner, request->owner, request->relation->own_fields,
                      request->relation->field_count, err) < 0)
            return -1;
    run->count = (int64_t)count;
    if (run->graph->missing_in)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "a new %s needs: %s", run->graph->missing_in->name,
                            run->graph->missing);
    return 0;
}

/* --- sending --- */

/* The keys that refer to other groups, once those are there. */
static void refer(const group *of)
{
    const toasty_relation *relation = of->relation;
    for (size_t i = 0; relation && i < of->count; i++) {
        char *parent = of->parent->records + of->parents[i] * of->parent->model->size;
        char *record = of->records + i * of->model->size;
        if (relation->kind == TOASTY_BELONGS_TO)
            copy_key(of->parent->model, parent, relation->own_fields, of->model, record,
                     relation->their_fields, relation->field_count);
        else
            copy_key(of->model, record, relation->their_fields, of->parent->model, parent,
                     relation->own_fields, relation->field_count);
    }
}

static void *key_row(toasty_sink *sink)
{
    key_sink *keys = (key_sink *)sink;
    void *record = keys->next;
    keys->next += keys->size;
    return record;
}

static toasty_sink *new_key_sink(toasty__running *run, const group *of, size_t first)
{
    key_sink *keys = toasty__arena_calloc(&run->execution->arena, 1, sizeof(*keys));
    if (!keys)
        return NULL;
    keys->size = of->model->size;
    keys->next = of->records + first * of->model->size;
    keys->column[0] = of->sequence;
    keys->sink = (toasty_sink){.row = key_row,
                               .model = of->model,
                               .columns = keys->column,
                               .column_count = 1,
                               .arena = &run->block->arena};
    return &keys->sink;
}

/* The values of so many rows, row by row, without the key that the database makes. */
static const toasty_value *row_values(toasty__running *run, const group *of, size_t first, size_t count,
                                      uint32_t columns)
{
    const toasty_model *model = of->model;
    toasty_value *values = toasty__arena_alloc(&run->execution->arena, count * columns * sizeof(*values) + 1);
    toasty_value *value = values;
    for (size_t i = first; values && i < first + count; i++)
        for (uint16_t f = 0; f < model->field_count; f++)
            if (&model->fields[f] != of->sequence)
                *value++ = toasty__get(model, of->records + i * model->size, &model->fields[f]);
    return values;
}

/* One statement that inserts `count` rows of a group. */
static int issue_rows(toasty__running *run, const group *of, size_t first, size_t count, toasty_error *err)
{
    toasty__execution *execution = run->execution;
    const toasty_capability *can = execution->engine->driver->capability;
    bool returns = of->sequence && (count == 1 ? !can->returning_costs : !can->consecutive_keys);
    uint32_t columns = (uint32_t)of->model->field_count - (of->sequence ? 1 : 0);
    uint32_t rows_of_text = count > 1 && can->bulk_columns ? 0 : (uint32_t)count;

    toasty__plan *plan = toasty__plan_of_insert(execution->engine, of->model, rows_of_text, returns, err);
    if (!plan)
        return -1;
    /* The statement is used until the answer: the run holds every plan that it used. */
    if (toasty__hold_plan(run, plan) < 0)
        return toasty__fail_memory(err);
    const toasty_statement *statement =
        toasty__plan_statement(execution->engine, plan, &plan->steps[0], 0, err);
    if (!statement)
        return -1;
    const toasty_value *values = row_values(run, of, first, count, columns);
    toasty_sink *sink = returns ? new_key_sink(run, of, first) : NULL;
    toasty_operation *operation = toasty__add_operation(execution);
    if (!values || !operation || (returns && !sink))
        return toasty__fail_memory(err);
    operation->kind = TOASTY_OPERATION_SQL;
    operation->statement = statement;
    operation->model = of->model;
    operation->values = values;
    operation->value_count = (uint32_t)count * columns;
    operation->row_count = (uint32_t)count;
    operation->sink = sink;
    return 0;
}

/* One item of a store without SQL. */
static int issue_item(toasty__running *run, const group *of, size_t i, toasty_error *err)
{
    const toasty_model *model = of->model;
    const toasty_value *values = row_values(run, of, i, 1, model->field_count);
    uint16_t *fields = toasty__arena_alloc(&run->execution->arena, model->field_count * sizeof(*fields));
    toasty_operation *operation = toasty__add_operation(run->execution);
    if (!values || !fields || !operation)
        return toasty__fail_memory(err);
    for (uint16_t f = 0; f < model->field_count; f++)
        fields[f] = f;
    operation->kind = TOASTY_OPERATION_INSERT;
    operation->model = model;
    operation->fields = fields;
    operation->values = values;
    operation->value_count = model->field_count;
    operation->must_not_exist = true;
    return 0;
}

static size_t rows_together(const toasty__running *run, const group *of)
{
    const toasty_capability *can = run->execution->engine->driver->capability;
    if (can->bulk_columns)
        return of->count;
    size_t fit = can->max_parameters / (of->model->field_count ? of->model->field_count : 1);
    return fit < 1 ? 1 : fit < ROWS_OF_ONE_STATEMENT ? fit : ROWS_OF_ONE_STATEMENT;
}

static int issue(toasty__running *run, toasty_error *err)
{
    bool sql = run->execution->engine->driver->capability->sql;
    if (!run->execution->writing)
        return 0;
    for (group *at = run->graph->first; at; at = at->next)
        if (at->level == run->stage)
            refer(at);
    for (group *at = run->graph->first; at; at = at->next) {
        if (at->level != run->stage)
            continue;
        at->first_operation = run->execution->job.count - run->first_operation;
        size_t together = sql ? rows_together(run, at) : 1;
        for (size_t first = 0; first < at->count; first += together) {
            size_t count = at->count - first < together ? at->count - first : together;
            if ((sql ? issue_rows(run, at, first, count, err) : issue_item(run, at, first, err)) < 0)
                return -1;
        }
    }
    return 0;
}

static int absorb(toasty__running *run, toasty_error *err)
{
    (void)err;
    const toasty_operation *operations = toasty__run_operations(run);
    for (group *at = run->graph->first; at; at = at->next) {
        if (at->level != run->stage || !at->sequence || operations[at->first_operation].sink)
            continue;
        /* Keys of one statement are consecutive, the last one is known. */
        size_t together = rows_together(run, at), o = at->first_operation;
        for (size_t first = 0; first < at->count; first += together, o++) {
            size_t count = at->count - first < together ? at->count - first : together;
            for (size_t i = 0; i < count; i++) {
                toasty_value key = {.kind = TOASTY_VALUE_INT,
                                    .as.integer = operations[o].last_key - (int64_t)(count - 1 - i)};
                toasty__put(at->model, at->records + (first + i) * at->model->size, at->sequence, &key);
            }
        }
    }
    run->stage++;
    return 0;
}

static void done(toasty__running *run, bool worked)
{
    (void)worked;
    for (size_t i = 0; i < run->held_count; i++)
        toasty__plan_release(run->held[i]);
}

const toasty__kind toasty__creating = {
    .begin = begin, .issue = issue, .absorb = absorb, .done = done, .writes = true};
