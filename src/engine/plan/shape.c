/* The one walk over a request: names its plan, collects its values. */
#include "engine/plan/shape.h"
#include "base/error.h"
#include "core/access.h"
#include "core/decode.h"
#include "core/operators.h"
#include "core/refusal.h"
#include "engine/plan/plan.h"
#include <string.h>

enum { FIRST_BYTES = 192, FIRST_VALUES = 8 };

/* --- the walk's view --- */

void toasty__find_wheres(const toasty_find *find, toasty__where out[2])
{
    memset(out, 0, 2 * sizeof(out[0]));
    if (find->where)
        out[0] = (toasty__where){find->where->nodes, find->where->operands, find->where->node_count,
                                 find->where->operand_count};
    if (find->query)
        out[1] = (toasty__where){find->query->nodes, find->query->operands, (uint32_t)find->query->node_count,
                                 (uint32_t)find->query->operand_count};
}

bool toasty__find_order(const toasty_find *find, uint32_t i, toasty_order *out)
{
    uint32_t given = 0;
    for (uint32_t at = 0; at < find->order_max; at++) {
        if (!find->order_by[at].direction)
            continue;
        if (given++ == i) {
            *out = find->order_by[at];
            return true;
        }
    }
    if (!find->query || i - given >= find->query->order_count)
        return false;
    *out = find->query->orders[i - given];
    return true;
}

/* Include number i of those that the call names. *count: those before it, or all of them. */
static const toasty_include *named_include(const toasty_find *find, uint32_t i, uint32_t *count)
{
    *count = 0;
    for (uint32_t at = 0; at < find->include_max; at++)
        if (find->include[at].relation && (*count)++ == i)
            return &find->include[at];
    uint32_t rest = find->query ? (uint32_t)find->query->include_count : 0, before = *count;
    *count += rest;
    return i - before < rest ? &find->query->includes[i - before] : NULL;
}

static bool names(const toasty_find *find, const toasty_relation *relation)
{
    uint32_t ignored;
    const toasty_include *include;
    for (uint32_t i = 0; (include = named_include(find, i, &ignored)); i++)
        if (include->relation == relation)
            return true;
    return false;
}

bool toasty__find_include(const toasty_model *model, const toasty_find *find, uint32_t i,
                          const toasty_relation **relation, toasty_find *nested)
{
    uint32_t before;
    const toasty_include *include = named_include(find, i, &before);
    if (include) {
        *relation = include->relation;
        *nested = toasty__include_find(include);
        return true;
    }
    for (uint16_t at = 0; at < model->relation_count && !find->no_eager; at++) {
        if (!model->relations[at].eager || names(find, &model->relations[at]) || before++ != i)
            continue;
        *relation = &model->relations[at];
        *nested = (toasty_find){.limit = 0};
        return true;
    }
    return false;
}

/* --- the shape --- */

int toasty__shape_more(toasty__shape *shape, size_t length)
{
    uint8_t *larger = toasty__arena_grow(shape->arena, shape->bytes, &shape->capacity, shape->length + length,
                                         sizeof(*larger));
    if (!larger)
        return -1;
    shape->bytes = larger;
    return 0;
}

int toasty__shape_value(toasty__shape *shape, const toasty_value *value, const toasty_model *model,
                        const toasty_field *field, toasty_error *err)
{
    if (value->kind == TOASTY_VALUE_INVALID)
        return toasty__refuse_value(model->table, field ? field->name : "value", value->as.text, err);
    toasty_value *values = toasty__arena_grow(shape->arena, shape->own_values, &shape->value_capacity,
                                              shape->value_count + (size_t)1, sizeof(*values));
    if (!values)
        return toasty__fail_memory(err);
    shape->values = shape->own_values = values;
    values[shape->value_count++] = *value;
    return 0;
}

uint32_t toasty__list_size(const toasty_capability *capability, size_t count)
{
    uint32_t size = 1;
    if (!capability->padded_list || !count || count > capability->padded_list)
        return 0;
    while (size < count)
        size *= 2;
    return size;
}

/* What a find has of each; its fixed part of the shape. */
typedef struct find_head {
    uint32_t nodes[2];
    uint16_t orders, includes;
    bool limit, offset, everything; /* of a read: no_eager */
    uint8_t lock;                   /* and the wait for it */
} find_head;
_Static_assert(sizeof(find_head) == 16, "bytes that name a plan have no gap");

int toasty__no_such_field(const char *what, const toasty_model *model, toasty_error *err)
{
    return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s names a field that %s does not have", what,
                        model->name);
}

/* Databases disagree on what an escape before nothing means. */
static bool ends_in_escape(uint8_t op, const toasty_value *pattern)
{
    uint32_t backslashes = 0;
    if ((op != TOASTY_LIKE && op != TOASTY_ILIKE) || pattern->kind != TOASTY_VALUE_TEXT)
        return false;
    while (backslashes < pattern->len && pattern->as.text[pattern->len - 1 - backslashes] == '\\')
        backslashes++;
    return backslashes % 2 != 0;
}

/* Whose conditions the walk is at: the model of the request, or of a relation that was gone through. */
typedef struct walked {
    const toasty_model *model;
    const struct walked *outer;
} walked;

/* Goes through a relation, or back to where it was gone through. NULL with err. */
static const walked *walk_through(toasty__shape *shape, const walked *at, const toasty_node *node,
                                  const toasty__operator_row *row, toasty_error *err)
{
    if (row->class == TOASTY__OPERATOR_QUANTIFIER && at->outer)
        return at->outer;
    if (row->class == TOASTY__OPERATOR_QUANTIFIER ||
        node->field >= toasty__model_of(at->model)->relation_count) {
        toasty__fail(err, TOASTY_INVALID_STATEMENT, "a condition names a relation that %s does not have",
                     at->model->name);
        return NULL;
    }
    walked *inner = toasty__arena_alloc(shape->arena, sizeof(*inner));
    if (inner)
        *inner = (walked){toasty__model_of(at->model)->relations[node->field].target, at};
    else
        toasty__fail_memory(err);
    return inner;
}

static int shape_where(toasty__shape *shape, const toasty__engine *engine, const toasty_model *of,
                       const toasty__where *where, toasty_error *err)
{
    if (toasty__shape_bytes(shape, where->nodes, where->node_count * sizeof(toasty_node), err) < 0)
        return -1;
    const walked outermost = {of, NULL}, *at = &outermost;
    const toasty_value *operand = where->operands;
    for (uint32_t i = 0; i < where->node_count; i++) {
        const toasty_node *node = &where->nodes[i];
        const toasty__operator_row *row = toasty__operator_of(node->op);
        if (row->class == TOASTY__OPERATOR_THROUGH || row->class == TOASTY__OPERATOR_QUANTIFIER) {
            at = walk_through(shape, at, node, row, err);
            if (!at)
                return -1;
            continue;
        }
        if (row->class != TOASTY__OPERATOR_COMPARISON)
            continue;
        const toasty_model *model = at->model;
        if (node->field >= toasty__field_count(model))
            return toasty__no_such_field("a condition", model, err);
        const toasty_field *field = toasty__field_at(model, node->field);
        if (row->operands && ends_in_escape(node->op, operand))
            return toasty__refuse_value(model->table, field->name, "a pattern that ends in a lone backslash",
                                        err);
        for (uint8_t left = row->operands; left > 0; left--, operand++) {
            if (toasty__shape_value(shape, operand, model, field, err) < 0)
                return -1;
            if (operand->kind == TOASTY_VALUE_LIST &&
                toasty__shape_number(shape, toasty__list_size(engine->driver->capability, operand->len),
                                     err) < 0)
                return -1;
        }
    }
    shape->operand_count += where->operand_count;
    return 0;
}

static int shape_wheres(toasty__shape *shape, const toasty__engine *engine, const toasty_model *model,
                        const toasty_find *find, find_head *head, toasty_error *err)
{
    if (find->where && find->where->overflow)
        return toasty__fail(
            err, TOASTY_INVALID_STATEMENT,
            "a condition holds at most %d comparisons and %d nodes: build larger ones in a query object",
            TOASTY_MAX_OPERANDS, TOASTY_MAX_NODES);
    toasty__where wheres[2];
    toasty__find_wheres(find, wheres);
    for (int w = 0; w < 2; w++) {
        head->nodes[w] = wheres[w].node_count;
        if (wheres[w].node_count && shape_where(shape, engine, model, &wheres[w], err) < 0)
            return -1;
    }
    return 0;
}

static int shape_orders(toasty__shape *shape, const toasty_find *find, find_head *head, toasty_error *err)
{
    toasty_order order;
    for (; toasty__find_order(find, head->orders, &order); head->orders++)
        if (toasty__shape_number(
                shape, (uint32_t)order.field << 16 | (uint32_t)order.through << 8 | order.direction, err) < 0)
            return -1;
    return 0;
}

static int refuse_excess(toasty_excess excess, toasty_error *err)
{
    static const struct {
        const char *what, *instead;
        int most;
    } rows[] = {
        [TOASTY_EXCESS_INCLUDES] = {"includes", "a query object", TOASTY_MAX_INCLUDES},
        [TOASTY_EXCESS_ORDERS] = {"orders", "a query object", TOASTY_MAX_ORDERS},
        [TOASTY_EXCESS_SETS] = {"changes", "a list of changes", TOASTY_MAX_SETS},
    };
    return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "more than %d %s in one call: put them into %s",
                        rows[excess].most, rows[excess].what, rows[excess].instead);
}

/* A limit or an offset: that there is one belongs to the shape, its number is a value. */
static int shape_number(toasty__shape *shape, int64_t number, bool *there, toasty_error *err)
{
    if (!number)
        return 0;
    if (number < 0)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "a limit or an offset is negative");
    *there = true;
    return toasty__shape_value(shape, &(toasty_value){.kind = TOASTY_VALUE_INT, .as.integer = number}, NULL,
                               NULL, err);
}

static int shape_limit(toasty__shape *shape, int64_t limit, bool *there, toasty_error *err)
{
    if (limit != TOASTY_NO_ROWS)
        return shape_number(shape, limit, there, err);
    *there = true;
    return toasty__shape_value(shape, &(toasty_value){.kind = TOASTY_VALUE_INT}, NULL, NULL, err);
}

static int shape_find(toasty__shape *shape, const toasty__engine *engine, const toasty_model *model,
                      const toasty_find *find, bool includes, int depth, toasty_error *err);

static int shape_includes(toasty__shape *shape, const toasty__engine *engine, const toasty_include *includes,
                          size_t count, int depth, find_head *head, toasty_error *err)
{
    const toasty_include *include = includes;
    for (size_t left = count; left > 0; left--, include++) {
        if (!include->relation)
            continue;
        toasty_find nested = toasty__include_find(include);
        head->includes++;
        if (toasty__shape_bytes(shape, &include->relation, sizeof(include->relation), err) < 0 ||
            shape_find(shape, engine, include->relation->target, &nested, true, depth + 1, err) < 0)
            return -1;
    }
    return 0;
}

static int shape_find(toasty__shape *shape, const toasty__engine *engine, const toasty_model *model,
                      const toasty_find *find, bool includes, int depth, toasty_error *err)
{
    if (depth > 16)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "includes are nested more than 16 deep");
    if (find->excess)
        return refuse_excess(find->excess, err);
    find_head head = {.everything = find->everything, .lock = (uint8_t)(find->lock << 4 | find->lock_wait)};
    size_t at = shape->length;
    if (toasty__shape_bytes(shape, &head, sizeof(head), err) < 0 ||
        ((find->where || find->query) && shape_wheres(shape, engine, model, find, &head, err) < 0) ||
        ((find->order_by || find->query) && shape_orders(shape, find, &head, err) < 0) ||
        shape_limit(shape, toasty__find_limit(find), &head.limit, err) < 0 ||
        shape_number(shape, toasty__find_offset(find), &head.offset, err) < 0 ||
        (includes && find->include &&
         shape_includes(shape, engine, find->include, find->include_max, depth, &head, err) < 0) ||
        (includes && find->query &&
         shape_includes(shape, engine, find->query->includes, find->query->include_count, depth, &head, err) <
             0))
        return -1;
    memcpy(shape->bytes + at, &head, sizeof(head));
    return 0;
}

int toasty__shape_fields(toasty__shape *shape, const toasty_model *model, const uint16_t *fields,
                         uint32_t count, const void *record, toasty_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        const toasty_field *field = &model->fields[fields[i]];
        toasty_value value = toasty__get(model, record, field);
        if (toasty__shape_value(shape, &value, model, field, err) < 0)
            return -1;
    }
    return 0;
}

static int shape_begin(toasty__shape *shape, toasty_error *err)
{
    toasty__arena *arena = shape->arena;
    shape->bytes = toasty__arena_alloc(arena, FIRST_BYTES);
    shape->values = shape->own_values = toasty__arena_alloc(arena, FIRST_VALUES * sizeof(*shape->own_values));
    if (!shape->bytes || !shape->values)
        return toasty__fail_memory(err);
    shape->capacity = FIRST_BYTES;
    shape->value_capacity = FIRST_VALUES;
    shape->length = 0;
    shape->value_count = shape->operand_count = 0;
    return 0;
}

static int shape_head(toasty__shape *shape, const toasty_request *request, toasty_error *err)
{
    const struct {
        const toasty_model *model;
        const toasty_index *by;
        const toasty_relation *relation;
        uint8_t kind, returning, scan, keys, range, record, none[2]; /* without a gap */
    } head = {request->model,
              request->by,
              request->owner ? request->relation : NULL,
              request->kind,
              request->returning,
              request->scan,
              request->key_count,
              request->range,
              request->record != NULL,
              {0, 0}};
    return toasty__shape_bytes(shape, &head, sizeof(head), err);
}

static int shape_keys(toasty__shape *shape, const toasty__engine *engine, const toasty_request *request,
                      toasty_error *err)
{
    const toasty_model *model = request->model;
    for (uint32_t i = 0; i < toasty__key_values(request); i++) {
        uint32_t place = i < request->key_count ? i : request->key_count;
        const toasty_value *key = &request->keys[i];
        if (toasty__shape_value(shape, key, model, &model->fields[request->by->fields[place]], err) < 0)
            return -1;
        if (key->kind == TOASTY_VALUE_LIST &&
            toasty__shape_number(shape, 1 + toasty__list_size(engine->driver->capability, key->len), err) < 0)
            return -1;
    }
    return 0;
}

/* What its row is found by. */
static int shape_record(toasty__shape *shape, const toasty_request *request, toasty_error *err)
{
    const toasty_model *model = request->model;
    const toasty_field *version = toasty__version_field(model);
    uint16_t number = version ? (uint16_t)(version - model->fields) : 0;
    return toasty__shape_fields(shape, model, model->indexes[0].fields, model->indexes[0].field_count,
                                request->record, err) < 0
               ? -1
               : toasty__shape_fields(shape, model, &number, version != NULL, request->record, err);
}

int toasty__shape_make(toasty__shape *shape, const toasty_request *request, toasty__shape_part *part,
                       toasty_error *err)
{
    const toasty__engine *engine = shape->engine;
    const toasty_model *model = request->model;
    if (request->find.excess)
        return refuse_excess(request->find.excess, err);
    if (shape_begin(shape, err) < 0 || shape_head(shape, request, err) < 0 ||
        shape_keys(shape, engine, request, err) < 0)
        return -1;
    if (request->owner && toasty__shape_fields(shape, request->relation->owner, request->relation->own_fields,
                                               request->relation->field_count, request->owner, err) < 0)
        return -1;
    if (request->record && shape_record(shape, request, err) < 0)
        return -1;
    if (part && part(shape, request, err) < 0)
        return -1;
    return shape_find(shape, engine, model, &request->find, toasty__reads_records(request), 0, err);
}
