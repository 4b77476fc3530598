/* From a cursor to the request that goes on there, and back: see cursor.h. */
#include "engine/kinds/cursor.h"
#include "base/buffer.h"
#include "base/error.h"
#include "core/access.h"
#include "core/decode.h"
#include "core/operators.h"
#include "core/refusal.h"
#include "core/types.h"
#include "core/value_bytes.h"
#include "engine/plan/shape.h"

/* --- the values of a place --- */

typedef struct place {
    uint16_t fields[UINT8_MAX];
    uint8_t count;
    bool failed; /* names what the model does not have, or has no end */
} place;

static void add_field(place *place, const toasty_model *model, uint16_t field)
{
    for (uint8_t i = 0; i < place->count; i++)
        if (place->fields[i] == field)
            return;
    if (field >= model->field_count || place->count == UINT8_MAX)
        place->failed = true;
    else
        place->fields[place->count++] = field;
}

static void add_index(place *place, const toasty_model *model, const toasty_index *index)
{
    for (uint8_t i = 0; i < index->field_count; i++)
        add_field(place, model, index->fields[i]);
}

static bool is_compared(const toasty_find *find, uint16_t field)
{
    toasty__where wheres[2];
    toasty__find_wheres(find, wheres);
    for (int w = 0; w < 2; w++)
        for (uint32_t i = 0; i < wheres[w].node_count; i++)
            if (wheres[w].nodes[i].field == field)
                return true;
    return false;
}

/* What the rows are ordered by, and on a store of keys the places in the indexes that may serve. */
static place place_of(const toasty_request *request, bool by_keys)
{
    const toasty_model *model = request->model;
    place place = {.count = 0};
    toasty_order order;
    for (uint32_t i = 0; toasty__find_order(&request->find, i, &order); i++) {
        place.failed = place.failed || order.through;
        add_field(&place, model, order.field);
    }
    if (request->by)
        add_index(&place, model, request->by);
    for (uint16_t i = 1; by_keys && i < model->index_count; i++)
        if (is_compared(&request->find, model->indexes[i].fields[0]))
            add_index(&place, model, &model->indexes[i]);
    add_index(&place, model, &model->indexes[0]);
    return place;
}

/* --- the name of a query --- */

/* Texts end with a NUL, so that two queries are never the same bytes. */
static void name_text(toasty__buffer *out, const char *text)
{
    toasty__buffer_add(out, text, strlen(text) + 1);
}

static void name_number(toasty__buffer *out, int64_t number)
{
    toasty__buffer_integer(out, number);
    toasty__buffer_char(out, ';');
}

static void name_value(toasty__buffer *out, const toasty_value *value)
{
    name_number(out, value->kind);
    if (value->kind == TOASTY_VALUE_LIST) {
        name_number(out, value->len);
        for (uint32_t i = 0; i < value->len; i++) {
            toasty_value item = toasty__list_item(value, i);
            name_value(out, &item);
        }
    } else if (value->kind != TOASTY_VALUE_INVALID) {
        size_t length;
        const void *bytes = toasty__value_bytes(value, &length);
        name_number(out, (int64_t)length);
        toasty__buffer_add(out, bytes, length);
    }
}

/* A condition on related rows names fields of other models: from where its relation begins to where it ends.
 */
enum { MOST_MODELS = 32 };
typedef struct models {
    const toasty_model *at[MOST_MODELS];
    unsigned depth;
} models;

/* What is wrong with a node is told when the request is planned. */
static void name_node(toasty__buffer *out, models *models, const toasty_node *node)
{
    const toasty__operator_row *row = toasty__operator_of(node->op);
    const toasty_model *model = models->at[models->depth];
    bool relation = row->class == TOASTY__OPERATOR_THROUGH;
    name_text(out, row->name);
    name_number(out, node->count);
    if (relation && node->field < model->relation_count && models->depth + 1 < MOST_MODELS) {
        name_text(out, model->relations[node->field].name);
        models->at[++models->depth] = model->relations[node->field].target;
    } else if (row->class == TOASTY__OPERATOR_QUANTIFIER && models->depth) {
        models->depth--;
    } else if (row->class == TOASTY__OPERATOR_COMPARISON && node->field < model->field_count) {
        name_text(out, model->fields[node->field].name);
    } else {
        name_number(out, node->field);
    }
}

static void name_conditions(toasty__buffer *out, const toasty_request *request, bool by_keys)
{
    toasty__where wheres[2];
    toasty__find_wheres(&request->find, wheres);
    for (int w = 0; w < 2; w++) {
        models models = {.at = {request->model}};
        name_number(out, wheres[w].node_count);
        for (uint32_t i = 0; i < wheres[w].node_count; i++)
            name_node(out, &models, &wheres[w].nodes[i]);
        for (uint32_t i = 0; by_keys && i < wheres[w].operand_count; i++)
            name_value(out, &wheres[w].operands[i]);
    }
    name_text(out, request->by ? request->by->name : "");
    name_number(out, request->key_count);
    name_number(out, request->range);
    for (uint32_t i = 0; i < toasty__key_values(request); i++)
        name_value(out, &request->keys[i]);
}

static int name_query(uint8_t name[TOASTY__CURSOR_QUERY], const toasty_request *request, const place *place,
                      bool by_keys, toasty_error *err)
{
    toasty__buffer out;
    toasty_order order;
    toasty__buffer_init(&out);
    name_text(&out, request->model->name);
    name_conditions(&out, request, by_keys);
    for (uint8_t i = 0; i < place->count; i++) {
        const toasty_field *field = &request->model->fields[place->fields[i]];
        name_text(&out, field->name);
        name_number(&out, field->type);
    }
    for (uint32_t i = 0; toasty__find_order(&request->find, i, &order); i++) {
        name_number(&out, order.field);
        name_number(&out, order.direction);
    }
    int status = out.failed ? toasty__fail_memory(err) : 0;
    if (status == 0)
        toasty__cursor_name(name, out.bytes, out.length);
    toasty__buffer_done(&out);
    return status;
}

/* --- values --- */

/* An enum is written as its label: its C value changes when somebody adds a label before it. */
static toasty_value to_cursor(const toasty_model *model, const void *record, const toasty_field *field)
{
    toasty_value value = toasty__get(model, record, field);
    const char *label = field->type == TOASTY_TYPE_ENUM && value.kind == TOASTY_VALUE_INT
                            ? toasty__enum_label(field->labels, value.as.integer)
                            : NULL;
    return label ? (toasty_value){.kind = TOASTY_VALUE_TEXT, .as.text = label, .len = (uint32_t)strlen(label)}
                 : value;
}

/* The kinds of value that a field of each class has. */
static bool may_hold(const toasty_field *field, const toasty_value *value)
{
    if (field->type == TOASTY_TYPE_ENUM)
        return value->kind == TOASTY_VALUE_TEXT;
    return value->kind == toasty__value_kind_of(field->type) ||
           (value->kind == TOASTY_VALUE_UINT && field->type == TOASTY_TYPE_U64);
}

static bool from_cursor(const toasty_model *model, void *record, const toasty_field *field,
                        const toasty_value *value)
{
    toasty_value own = *value;
    if (value->kind == TOASTY_VALUE_NULL)
        return field->flags & TOASTY_FIELD_NULL_COLUMN;
    if (!may_hold(field, value))
        return false;
    if (field->type == TOASTY_TYPE_ENUM) {
        const int64_t *number = toasty__enum_value(field->labels, value->as.text, strlen(value->as.text));
        if (!number)
            return false;
        own = toasty__int(*number);
    }
    toasty__put(model, record, field, &own);
    return true;
}

/* --- both ways --- */

static int refuse(const toasty_request *request, toasty_error *err)
{
    return toasty__fail(err, TOASTY_INVALID_CURSOR,
                        "the cursor is not one of this query of %s: the model, the orders and the condition "
                        "must be those of the page that it came from",
                        request->model->name);
}

/* The record that the cursor's values make: all else in it is zero. */
static void *record_of(toasty__arena *arena, const toasty_request *request, const place *place,
                       const toasty__cursor *cursor, toasty_error *err)
{
    const toasty_model *model = request->model;
    void *record = toasty__arena_calloc(arena, 1, model->size);
    if (!record)
        toasty__fail_memory(err);
    for (uint8_t i = 0; record && i < cursor->count; i++)
        if (!from_cursor(model, record, &model->fields[place->fields[i]], &cursor->values[i])) {
            refuse(request, err);
            return NULL;
        }
    return record;
}

const toasty_request *toasty__cursor_open(const toasty__engine *engine, toasty__arena *arena,
                                          const toasty_request *of, toasty_error *err)
{
    toasty__cursor cursor;
    uint8_t query[TOASTY__CURSOR_QUERY];
    bool by_keys = !engine->driver->capability->sql;
    place place = place_of(of, by_keys);
    toasty_request *request = toasty__arena_copy(arena, of, sizeof *of);
    if (!request)
        toasty__fail_memory(err);
    if (!request || toasty__cursor_read(arena, &engine->cursor_keys, of->find.cursor, &cursor, err) < 0 ||
        name_query(query, of, &place, by_keys, err) < 0)
        return NULL;
    request->find.cursor = NULL;
    request->backwards = cursor.backwards;
    if (place.failed || memcmp(query, cursor.query, sizeof query) != 0 ||
        (cursor.count && cursor.count != place.count)) {
        refuse(of, err);
        return NULL;
    }
    if (cursor.count && !(request->after = record_of(arena, of, &place, &cursor, err)))
        return NULL;
    return request;
}

/* A cursor is signed, and can be read by everybody. */
static int refuse_sensitive(const toasty_model *model, const toasty_field *field, toasty_error *err)
{
    return toasty__fail(
        err, TOASTY_INVALID_STATEMENT,
        "a cursor would show %s.%s, which is sensitive: order by another field, or turn pages "
        "in this process",
        model->name, field->name);
}

const char *toasty__cursor_of(const toasty__page_origin *origin, toasty__arena *arena,
                              const toasty_request *request, toasty_error *err)
{
    const toasty_model *model = request->model;
    place place = place_of(request, origin->by_keys);
    toasty_value values[UINT8_MAX];
    toasty__cursor cursor = {.backwards = request->backwards, .values = values};
    cursor.count = request->after ? place.count : 0;
    for (uint8_t i = 0; i < cursor.count; i++) {
        const toasty_field *field = &model->fields[place.fields[i]];
        if (field->flags & TOASTY_FIELD_SENSITIVE) {
            refuse_sensitive(model, field, err);
            return NULL;
        }
        values[i] = to_cursor(model, request->after, field);
        if (values[i].kind == TOASTY_VALUE_INVALID) {
            toasty__refuse_value(model->table, field->name, values[i].as.text, err);
            return NULL;
        }
    }
    return name_query(cursor.query, request, &place, origin->by_keys, err) < 0
               ? NULL
               : toasty__cursor_write(arena, &origin->key, &cursor, err);
}
