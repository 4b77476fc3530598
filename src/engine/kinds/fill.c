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
#include "core/types.h"
#include "core/value_bytes.h"
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
#define FITS(NAME, c_type, name, CLASS)                                                                      \
    _Static_assert(sizeof(c_type) <= sizeof(zeros), "nothing of " name " is given");
    TOASTY_TYPES(FITS)
#undef FITS
    return memcmp(row + field->new_offset, zeros, toasty__field_size(field)) == 0;
}

/* Was a value given for the field, as far as C can tell? */
static bool is_given(const toasty_field *field, const char *row, const toasty_value *value)
{
    if (value->kind == TOASTY_VALUE_NULL)
        return false;
    if (value->kind == TOASTY_VALUE_INVALID)
        return !is_blank(field, row);
    bool zero_is_absent = field->flags & TOASTY_FIELD_REFERENCE || field->type == TOASTY_TYPE_UUID ||
                          field->type == TOASTY_TYPE_TIMESTAMP;
    return !zero_is_absent || field->new_set_offset != TOASTY_NO_OFFSET || !is_zero(value);
}

/* --- what was not --- */

/* The details have what all rows lack, the message what the first of them does. */
static void missing(toasty__graph *graph, const toasty__group *group, size_t i, const char *name)
{
    toasty__break_required(&graph->breaks, group->model, toasty__group_row(group, i), name);
    if (graph->missing_row && graph->missing_row != group->news[i])
        return;
    graph->missing_row = group->news[i];
    graph->missing_in = group->model;
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
        *value = (toasty_value){.kind = TOASTY_VALUE_NULL};
        return 0;
    }
}

static bool must_be_given(const toasty_field *field)
{
    return toasty__shows_absence(field->type) || field->flags & TOASTY_FIELD_EXPLICIT;
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

/* A moment of 0 is one, and a record's own field can say that it is meant. */
static bool may_be_meant(const toasty_field *field)
{
    return field->type == TOASTY_TYPE_TIMESTAMP && field->new_set_offset == TOASTY_NO_OFFSET &&
           !strchr(field->name, '.');
}

/* The value of a field that was not given. */
static int make_up(toasty__running *run, const toasty__group *group, size_t i, const toasty_field *field,
                   toasty_value *value, toasty_error *err)
{
    int made = default_value(run->graph, field, value, err);
    /* References are looked at when all ways to give them are known. */
    if (made == 0 && !(field->flags & (TOASTY_FIELD_NULLABLE | TOASTY_FIELD_REFERENCE)) &&
        must_be_given(field) && toasty__is_there(group->model, field, TOASTY__IN_NEW, group->news[i])) {
        missing(run->graph, group, i, field->name);
        if (!run->graph->ambiguous && may_be_meant(field))
            run->graph->ambiguous = field;
    }
    return made < 0 ? -1 : 0;
}

static int check_label(const toasty_model *model, const toasty_field *field, toasty_value *value,
                       toasty_error *err)
{
    if (toasty__enum_label(field->labels, value->as.integer))
        return 0;
    if (value->as.integer != 0)
        return toasty__refuse_value(model->table, field->name, TOASTY__NOT_OF_ITS_ENUM, err);
    value->as.integer = field->labels->values[0]; /* not given, and zero is not a label */
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
    if (toasty__value_points(value) && own_text(run, value, err) < 0)
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

/* --- references --- */

/* A belongs_to of the row that names a record, and so gives the field its value; NULL: none of the first
 * `relations`. */
static const toasty_relation *named_for(const toasty_model *model, const char *row, uint16_t number,
                                        uint16_t relations)
{
    for (uint16_t r = 0; r < relations; r++) {
        const toasty_relation *relation = &model->relations[r];
        if (relation->kind != TOASTY_BELONGS_TO || !toasty__pointer_at(row, relation->new_offset))
            continue;
        for (uint8_t f = 0; f < relation->field_count; f++)
            if (relation->own_fields[f] == number)
                return relation;
    }
    return NULL;
}

static bool is_same(const toasty_value *a, const toasty_value *b)
{
    if (a->kind != b->kind)
        return false;
    if (toasty__value_points(a))
        return a->len == b->len && memcmp(a->as.bytes, b->as.bytes, a->len) == 0;
    return a->kind == TOASTY_VALUE_UUID    ? memcmp(a->as.uuid, b->as.uuid, sizeof(a->as.uuid)) == 0
           : a->kind == TOASTY_VALUE_FLOAT ? a->as.real >= b->as.real && a->as.real <= b->as.real
                                           : a->as.integer == b->as.integer;
}

/* Refuses a value for a field that was given another one: as itself, or by one of the first `relations`. */
static int check_other(const toasty__group *group, size_t i, uint16_t number, uint16_t relations,
                       const toasty_value *value, toasty_error *err)
{
    const toasty_model *model = group->model;
    const toasty_field *field = &model->fields[number];
    const char *row = group->news[i];
    toasty_value given = toasty__get_new(model, row, field);
    if (!is_given(field, row, &given)) {
        if (!named_for(model, row, number, relations))
            return 0;
        given = toasty__get(model, toasty__group_record(group, i), field);
    }
    if (is_same(&given, value))
        return 0;
    toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s.%s is given twice, with different values", model->name,
                 field->name);
    toasty__error_set(err, table, model->table);
    toasty__error_set(err, field, field->name);
    return -1;
}

/* Gives a row the key of a record that is not part of this result: what it points to is copied. relations: as
 * in check_other. */
static int adopt_key(toasty__running *run, const toasty__group *to, size_t i, const uint16_t *fields,
                     const toasty_model *from, const char *record, const uint16_t *record_fields,
                     uint32_t count, uint16_t relations, toasty_error *err)
{
    for (uint32_t f = 0; f < count; f++) {
        toasty_value value = toasty__get(from, record, &from->fields[record_fields[f]]);
        if (check_other(to, i, fields[f], relations, &value, err) < 0 ||
            (toasty__value_points(&value) && own_text(run, &value, err) < 0))
            return -1;
        give(to, i, fields[f], &value);
    }
    return 0;
}

/* Is the belongs_to given by where the row stands: in another row, or among what belongs to the owner? */
static bool is_implied(const toasty__running *run, const toasty__group *group,
                       const toasty_relation *relation)
{
    return (group->relation && group->relation->pair == relation) ||
           (!group->relation && run->request->owner && run->request->relation->pair == relation);
}

/* How many of the fields are given, and of how many one that is not makes the key none. */
typedef struct key_parts {
    uint8_t given, nullable_given, nullable;
} key_parts;

static key_parts parts_of(const toasty__group *group, const char *row, const toasty_relation *relation)
{
    key_parts parts = {0};
    for (uint8_t f = 0; f < relation->field_count; f++) {
        const toasty_field *field = &group->model->fields[relation->own_fields[f]];
        toasty_value value = toasty__get_new(group->model, row, field);
        bool given = is_given(field, row, &value) || field->on_create != TOASTY_SOURCE_NONE ||
                     named_for(group->model, row, relation->own_fields[f], group->model->relation_count);
        bool nullable = field->flags & TOASTY_FIELD_NULL_COLUMN;
        parts.given += given;
        parts.nullable += nullable;
        parts.nullable_given += nullable && given;
    }
    return parts;
}

/* A field of the key whose zero counts as not given, though a user may mean it. */
static const toasty_field *ambiguous_field(const toasty_model *model, const toasty_relation *relation)
{
    for (uint8_t f = 0; f < relation->field_count; f++) {
        const toasty_field *field = &model->fields[relation->own_fields[f]];
        toasty_type_class class = toasty__class_of(field->type);
        if (field->new_set_offset == TOASTY_NO_OFFSET &&
            (class == TOASTY_CLASS_INTEGER || class == TOASTY_CLASS_ENUM))
            return field;
    }
    return NULL;
}

/* A key that was written out is whole, or is not there where it need not be. */
static int check_key(toasty__running *run, const toasty__group *group, size_t i,
                     const toasty_relation *relation, toasty_error *err)
{
    if (!relation->required && relation->field_count == 1)
        return 0;
    key_parts parts = parts_of(group, group->news[i], relation);
    if (relation->required && parts.given < relation->field_count) {
        if (!run->graph->ambiguous)
            run->graph->ambiguous = ambiguous_field(group->model, relation);
        missing(run->graph, group, i, relation->name);
    } else if (parts.nullable_given && parts.nullable_given < parts.nullable) {
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "%s.%s: only a part of its key is given; give all of it, or none",
                            group->model->name, relation->name);
    }
    return 0;
}

/* Is a field of a key given that comes from the graph? */
static bool has_other_key(const toasty_model *model, const char *row, const toasty_relation *relation)
{
    for (uint8_t f = 0; f < relation->field_count; f++) {
        const toasty_field *field = &model->fields[relation->own_fields[f]];
        toasty_value value = toasty__get_new(model, row, field);
        if (is_given(field, row, &value) ||
            named_for(model, row, relation->own_fields[f], model->relation_count))
            return true;
    }
    return false;
}

/* The key of a belongs_to: from a record that was named, or written out; else it must come from the graph. */
static int fill_reference(toasty__running *run, const toasty__group *group, size_t i,
                          const toasty_relation *relation, toasty_error *err)
{
    const char *row = group->news[i];
    const char *named = toasty__pointer_at(row, relation->new_offset);
    const char *made = toasty__pointer_at(row, relation->new_create_offset);
    bool implied = is_implied(run, group, relation);
    if (made && (named || implied))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s.%s is given twice: as a new row and %s",
                            group->model->name, relation->name,
                            named ? "as a record" : "by what it is created in");
    if (made || implied)
        run->graph->other_keys |= has_other_key(group->model, row, relation);
    if (named)
        return adopt_key(run, group, i, relation->own_fields, relation->target, named, relation->their_fields,
                         relation->field_count, (uint16_t)(relation - group->model->relations), err);
    return made || implied ? 0 : check_key(run, group, i, relation, err);
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
                      relation->own_fields, relation->field_count, group->model->relation_count, err) < 0)
            return -1;
    return 0;
}

/* Row i of a group gets the key of row j of another one: was it given another key besides? One that the
 * database counts up is not known yet, and so another. */
static int check_row(const toasty__group *to, size_t i, const uint16_t *fields, const toasty__group *from,
                     size_t j, const uint16_t *their_fields, uint32_t count, toasty_error *err)
{
    for (uint32_t f = 0; f < count; f++) {
        const toasty_field *field = &from->model->fields[their_fields[f]];
        toasty_value value = toasty__get(from->model, toasty__group_record(from, j), field);
        if (field == from->sequence)
            value.kind = TOASTY_VALUE_NULL;
        if (check_other(to, i, fields[f], to->model->relation_count, &value, err) < 0)
            return -1;
    }
    return 0;
}

int toasty__check_references(const toasty__group *group, toasty_error *err)
{
    const toasty_relation *relation = group->relation;
    for (size_t i = 0; relation && i < group->count; i++) {
        int checked = relation->kind == TOASTY_BELONGS_TO
                          ? check_row(group->parent, group->parents[i], relation->own_fields, group, i,
                                      relation->their_fields, relation->field_count, err)
                          : check_row(group, i, relation->their_fields, group->parent, group->parents[i],
                                      relation->own_fields, relation->field_count, err);
        if (checked < 0)
            return -1;
    }
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
