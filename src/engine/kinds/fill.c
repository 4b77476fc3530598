/* Filling the records of a create, and beside them the values that are sent: see graph.h.
 *
 * What was not given becomes its default, or is noted as missing: all that one row lacks makes one error.
 * Keys that refer to other rows of the graph follow once those are known. */
#include "base/error.h"
#include "base/time.h"
#include "base/uuid.h"
#include "core/access.h"
#include "core/decode.h"
#include "core/presence.h"
#include "core/refusal.h"
#include "engine/kinds/graph.h"
#include <string.h>

/* --- what was given --- */

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

/* --- what was not --- */

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
        if (field->type == TOASTY_TYPE_F32) /* as the record has it */
            value->as.real = (double)(float)value->as.real;
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
        *value = (toasty_value){.kind = TOASTY_VALUE_NULL};
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

/* Text and bytes are copied into the result. */
static int own_text(toasty__running *run, toasty_value *value, toasty_error *err)
{
    if (value->kind == TOASTY_VALUE_TEXT)
        value->as.text = toasty__arena_text(&run->block->arena, value->as.text, value->len);
    else
        value->as.bytes = toasty__arena_copy(&run->block->arena, value->as.bytes, value->len);
    return value->as.bytes ? 0 : toasty__fail_memory(err);
}

static bool is_text(const toasty_value *value)
{
    return value->kind == TOASTY_VALUE_TEXT || value->kind == TOASTY_VALUE_BYTES;
}

/* The value of a field that was not given. */
static int make_up(toasty__running *run, const toasty__group *group, size_t i, const toasty_field *field,
                   toasty_value *value, toasty_error *err)
{
    int made = default_value(run->graph, field, value, err);
    /* References are looked at when all ways to give them are known. */
    if (made == 0 && !(field->flags & (TOASTY_FIELD_NULLABLE | TOASTY_FIELD_REFERENCE)) &&
        must_be_given(field) && toasty__is_there(group->model, field, TOASTY__IN_NEW, group->news[i]))
        missing(run->graph, group->model, group->news[i], field->name);
    return made < 0 ? -1 : 0;
}

static int check_label(const toasty_model *model, const toasty_field *field, toasty_value *value,
                       toasty_error *err)
{
    if (toasty__enum_label(field->labels, value->as.integer))
        return 0;
    if (value->as.integer != 0)
        return toasty__refuse_value(model->table, field->name, TOASTY__NOT_OF_ITS_ENUM, err);
    value->as.integer = field->labels->values[0]; /* not given, and zero is no label */
    return 0;
}

/* --- rows --- */

/* Text that was given, as most values are: what is sent and what the record has is the same copy. */
static int fill_text(toasty__running *run, const toasty_model *model, const toasty_field *field,
                     const char *text, char *record, toasty_value *value, toasty_error *err)
{
    size_t length = strlen(text);
    const char *copy = length <= UINT32_MAX ? toasty__arena_text(&run->block->arena, text, length) : NULL;
    if (!copy)
        return length <= UINT32_MAX ? toasty__fail_memory(err)
                                    : toasty__refuse_value(model->table, field->name, TOASTY__TOO_LONG, err);
    *value = (toasty_value){.kind = TOASTY_VALUE_TEXT, .len = (uint32_t)length, .as.text = copy};
    *(const char **)(record + field->offset) = copy;
    return 0;
}

/* A field of a zeroed record, and the value that is sent. */
static int fill_field(toasty__running *run, const toasty__group *group, size_t i, const toasty_field *field,
                      char *record, toasty_value *value, toasty_error *err)
{
    const toasty_model *model = group->model;
    const char *text = field->type == TOASTY_TYPE_TEXT && field->embed == TOASTY_NO_EMBED
                           ? toasty__pointer_at(group->news[i], field->new_offset)
                           : NULL;
    if (text)
        return fill_text(run, model, field, text, record, value, err);
    *value = toasty__get_new(model, group->news[i], field);
    if (!is_given(field, group->news[i], value) && make_up(run, group, i, field, value, err) < 0)
        return -1;
    if (value->kind == TOASTY_VALUE_NULL)
        return 0;
    if (value->kind == TOASTY_VALUE_INVALID)
        return toasty__refuse_value(model->table, field->name, value->as.text, err);
    if (field->labels && check_label(model, field, value, err) < 0)
        return -1;
    if (is_text(value) && own_text(run, value, err) < 0)
        return -1;
    toasty__put(model, record, field, value);
    return 0;
}

static int fill_row(toasty__running *run, const toasty__group *group, size_t i, toasty_error *err)
{
    toasty_value *value = group->values + i * group->columns;
    const toasty_field *field = group->model->fields, *end = field + group->model->field_count;
    char *record = toasty__group_record(group, i);
    for (; field != end; field++)
        if (field == group->sequence)
            value += !group->unsent; /* it is drawn */
        else if (fill_field(run, group, i, field, record, value++, err) < 0)
            return -1;
    return 0;
}

/* Gives a row another value of a field. */
static void give(const toasty__group *group, size_t i, uint16_t number, const toasty_value *value)
{
    const toasty_field *field = &group->model->fields[number];
    size_t column = group->unsent && field > group->unsent ? number - 1u : number;
    toasty__put(group->model, toasty__group_record(group, i), field, value);
    if (field != group->unsent)
        group->values[i * group->columns + column] = *value;
}

/* Gives a row the key of a record that is not part of this result: what it points to is copied. */
static int adopt_key(toasty__running *run, const toasty__group *to, size_t i, const uint16_t *fields,
                     const toasty_model *from, const char *record, const uint16_t *record_fields,
                     uint32_t count, toasty_error *err)
{
    for (uint32_t f = 0; f < count; f++) {
        toasty_value value = toasty__get(from, record, &from->fields[record_fields[f]]);
        if (is_text(&value) && own_text(run, &value, err) < 0)
            return -1;
        give(to, i, fields[f], &value);
    }
    return 0;
}

/* The key of a belongs_to: from a record that was named, or written out; else it must come from the graph. */
static int fill_reference(toasty__running *run, const toasty__group *group, size_t i,
                          const toasty_relation *relation, toasty_error *err)
{
    const char *row = group->news[i];
    const char *named = toasty__pointer_at(row, relation->new_offset);
    if (named)
        return adopt_key(run, group, i, relation->own_fields, relation->target, named, relation->their_fields,
                         relation->field_count, err);
    if (!relation->required || toasty__pointer_at(row, relation->new_create_offset) ||
        (group->relation && group->relation->pair == relation) ||
        (run->request->owner && run->request->relation->pair == relation))
        return 0;
    for (uint8_t f = 0; f < relation->field_count; f++) {
        const toasty_field *field = &group->model->fields[relation->own_fields[f]];
        toasty_value value = toasty__get_new(group->model, row, field);
        if (!is_given(field, row, &value) && field->on_create == TOASTY_SOURCE_NONE) {
            missing(run->graph, group->model, row, relation->name);
            return 0;
        }
    }
    return 0;
}

/* Points the relation by which a row is nested at its record, or its own at its parent. */
static void link_row(const toasty__group *group, size_t i)
{
    const toasty_relation *relation = group->relation;
    char *parent = toasty__group_record(group->parent, group->parents[i]);
    char *record = toasty__group_record(group, i);
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

int toasty__fill_group(toasty__running *run, const toasty__group *group, toasty_error *err)
{
    const toasty_model *model = group->model;
    for (size_t i = 0; i < group->count; i++) {
        if (fill_row(run, group, i, err) < 0)
            return -1;
        for (uint16_t r = 0; r < model->relation_count; r++)
            if (model->relations[r].kind == TOASTY_BELONGS_TO &&
                fill_reference(run, group, i, &model->relations[r], err) < 0)
                return -1;
        if (group->relation)
            link_row(group, i);
    }
    return 0;
}

void toasty__fill_drawn(const toasty__group *group)
{
    const toasty_model *model = group->model;
    toasty_value *value = group->values + (group->sequence ? group->sequence - model->fields : 0);
    for (size_t i = 0; group->sequence && i < group->count; i++, value += group->columns)
        *value = toasty__get(model, toasty__group_record(group, i), group->sequence);
}

/* --- keys of others --- */

int toasty__fill_owner(toasty__running *run, const toasty__group *group, toasty_error *err)
{
    const toasty_relation *relation = run->request->relation;
    for (size_t i = 0; i < group->count; i++)
        if (adopt_key(run, group, i, relation->their_fields, relation->owner, run->request->owner,
                      relation->own_fields, relation->field_count, err) < 0)
            return -1;
    return 0;
}

/* Gives row i of a group the key of row j of another one. */
static void refer_row(const toasty__group *to, size_t i, const uint16_t *fields, const toasty__group *from,
                      size_t j, const uint16_t *their_fields, uint32_t count)
{
    for (uint32_t f = 0; f < count; f++) {
        const toasty_field *field = &from->model->fields[their_fields[f]];
        toasty_value value = toasty__get(from->model, toasty__group_record(from, j), field);
        give(to, i, fields[f], &value);
    }
}

void toasty__refer(const toasty__group *group)
{
    const toasty_relation *relation = group->relation;
    for (size_t i = 0; relation && i < group->count; i++) {
        if (relation->kind == TOASTY_BELONGS_TO)
            refer_row(group->parent, group->parents[i], relation->own_fields, group, i,
                      relation->their_fields, relation->field_count);
        else
            refer_row(group, i, relation->their_fields, group->parent, group->parents[i],
                      relation->own_fields, relation->field_count);
    }
}
