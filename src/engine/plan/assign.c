/* The walk over the columns of an update: see assign.h. */
#include "engine/plan/assign.h"
#include "base/error.h"
#include "base/time.h"
#include "core/access.h"
#include "core/decode.h"
#include "core/presence.h"
#include "core/query.h"
#include "core/refusal.h"
#include "engine/plan/plan.h"

bool toasty__adds(uint8_t kind)
{
    return kind == TOASTY_CHANGE_ADD || kind == TOASTY_CHANGE_SUBTRACT || kind == TOASTY_CHANGE_ADD_INCOMING;
}

static double calculate_reals(uint8_t kind, double a, double b)
{
    return kind == TOASTY_CHANGE_MULTIPLY ? a * b : kind == TOASTY_CHANGE_SUBTRACT ? a - b : a + b;
}

bool toasty__calculate(uint8_t kind, const toasty_value *operand, toasty_value *value)
{
    if (operand->kind == TOASTY_VALUE_FLOAT && value->kind == TOASTY_VALUE_FLOAT) {
        value->as.real = calculate_reals(kind, value->as.real, operand->as.real);
        return true;
    }
    if (!toasty__is_integer(operand) || !toasty__is_integer(value))
        return false;
    toasty__wide a = toasty__wide_of(value), b = toasty__wide_of(operand), made;
    if (kind == TOASTY_CHANGE_MULTIPLY ? __builtin_mul_overflow(a, b, &made) : false)
        return false;
    if (kind != TOASTY_CHANGE_MULTIPLY)
        made = kind == TOASTY_CHANGE_SUBTRACT ? a - b : a + b;
    if (made < INT64_MIN || made > (toasty__wide)UINT64_MAX)
        return false;
    *value = made > INT64_MAX ? toasty__uint((uint64_t)made) : toasty__int((int64_t)made);
    return true;
}

/* Sums of one field add up; nothing else is said twice of one. */
static int assign_once(toasty__change_walk *walk, toasty__assign *assign, toasty_error *err)
{
    const toasty_model *model = walk->request->model;
    bool is_new = toasty__bits_add(&walk->seen, assign->field), adds = toasty__adds(assign->kind);
    walk->named = true;
    assign->again = !is_new;
    if (is_new && adds)
        toasty__bits_add(&walk->sums, assign->field);
    if (!is_new && !(adds && toasty__bits_has(&walk->sums, assign->field)))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s.%s is changed twice in one update",
                            model->name, model->fields[assign->field].name);
    if (model->fields[assign->field].flags & TOASTY_FIELD_REFERENCE)
        walk->references = true;
    if (assign->value.kind == TOASTY_VALUE_NULL)
        toasty__bits_add(&walk->nulls, assign->field);
    return 1;
}

/* The next change that the caller wrote, with lists opened; NULL at the end. */
static const toasty_change *next_change(toasty__change_walk *walk)
{
    for (;;) {
        const toasty_change *change;
        while (!walk->inner_left && walk->outer_left && walk->at->kind == TOASTY_CHANGE_ABSENT) {
            walk->outer_left--;
            walk->at++;
        }
        if (walk->inner_left) {
            walk->inner_left--;
            change = walk->inner++;
        } else if (walk->outer_left == 0 || walk->at->kind == TOASTY_CHANGE_END) {
            return NULL;
        } else {
            walk->outer_left--;
            change = walk->at++;
        }
        if (change->kind == TOASTY_CHANGE_LIST) {
            const toasty_changes *list = change->operand.as.bytes;
            walk->inner = list ? list->items : NULL;
            walk->inner_left = list ? (uint32_t)list->count : 0;
        } else if (change->kind != TOASTY_CHANGE_ABSENT && change->kind != TOASTY_CHANGE_ONLY_IF) {
            return change;
        }
    }
}

/* A column of an embedded struct that stands alone: NULL when an optional struct around it is not set. */
static toasty_value embedded_value(const toasty_model *model, const toasty_change *group,
                                   const toasty_field *field)
{
    const char *from = group->operand.as.bytes;
    if (!from || !toasty__part_is_there(model, field->embed, TOASTY__IN_RECORD, from, group->base))
        return (toasty_value){.kind = TOASTY_VALUE_NULL};
    uint32_t set = field->set_offset == TOASTY_NO_OFFSET ? TOASTY_NO_OFFSET : field->set_offset - group->base;
    return toasty__load(field, from, field->offset - group->base, set);
}

/* The next column of an embedded struct that is set as a whole, or of the key of a linked record. */
static int next_of_group(toasty__change_walk *walk, toasty__assign *out, toasty_error *err)
{
    const toasty_model *model = walk->request->model;
    const toasty_change *group = walk->group;
    uint16_t i = walk->group_next++;
    const char *from = group->operand.as.bytes;
    if (group->kind == TOASTY_CHANGE_EMBED) {
        uint16_t field = (uint16_t)(group->field + i);
        if (walk->group_next == group->field_count)
            walk->group = NULL;
        *out = (toasty__assign){field, TOASTY_CHANGE_SET, false,
                                embedded_value(model, group, &model->fields[field])};
        return assign_once(walk, out, err);
    }
    const toasty_relation *relation = &model->relations[group->field];
    if (walk->group_next == relation->field_count)
        walk->group = NULL;
    uint16_t field = relation->own_fields[i];
    const toasty_field *theirs = &relation->target->fields[relation->their_fields[i]];
    *out = (toasty__assign){field, TOASTY_CHANGE_SET, false,
                            from ? toasty__load(theirs, from, theirs->offset, theirs->set_offset)
                                 : (toasty_value){0}};
    return assign_once(walk, out, err);
}

static int64_t now_of(toasty__change_walk *walk)
{
    if (walk->now.kind == TOASTY_VALUE_NULL)
        walk->now = (toasty_value){.kind = TOASTY_VALUE_INT, .as.integer = toasty__now_us()};
    return walk->now.as.integer;
}

/* One more than the row has, which of a record is known. */
static int next_version(const toasty__change_walk *walk, const toasty_field *field, toasty__assign *out,
                        toasty_error *err)
{
    const toasty_request *request = walk->request;
    out->kind = request->record ? TOASTY_CHANGE_SET : TOASTY_CHANGE_ADD;
    out->value = (toasty_value){.kind = TOASTY_VALUE_INT, .as.integer = 1};
    return request->record && !toasty__next_version(field, request->record, &out->value)
               ? toasty__refuse_value(request->model->table, field->name, "its last value", err)
               : 1;
}

/* The next column that every update writes and that nobody has named. */
static int next_automatic(toasty__change_walk *walk, toasty__assign *out, toasty_error *err)
{
    const toasty_model *model = walk->request->model;
    while (walk->automatic < model->field_count) {
        uint16_t at = walk->automatic++;
        const toasty_field *field = &model->fields[at];
        if (field->on_update == TOASTY_SOURCE_NONE || toasty__bits_has(&walk->seen, at))
            continue;
        *out = (toasty__assign){at, TOASTY_CHANGE_SET, false, field->update_value};
        if (field->on_update == TOASTY_SOURCE_VERSION)
            return next_version(walk, field, out, err);
        if (field->on_update == TOASTY_SOURCE_NOW)
            out->value = toasty__now_value(field->type, now_of(walk));
        return 1;
    }
    return 0;
}

static int start(toasty__change_walk *walk, toasty_error *err)
{
    const toasty_request *request = walk->request;
    walk->started = true;
    walk->at = request->changes ? request->changes : request->find.set;
    walk->outer_left = request->changes ? UINT32_MAX : request->find.set_max;
    return toasty__bits_init(&walk->seen, request->model->field_count, walk->arena) < 0 ||
                   toasty__bits_init(&walk->nulls, request->model->field_count, walk->arena) < 0 ||
                   toasty__bits_init(&walk->sums, request->model->field_count, walk->arena) < 0
               ? toasty__fail_memory(err)
               : 0;
}

/* Does the change give a part to an optional struct that is not there, as far as that is known? */
static bool gives_part(const toasty__change_walk *walk, const toasty_change *change)
{
    const toasty_request *request = walk->request;
    const toasty_field *field = &request->model->fields[change->field];
    return field->embed != TOASTY_NO_EMBED && change->operand.kind != TOASTY_VALUE_NULL &&
           !(request->record && toasty__is_there(request->model, field, TOASTY__IN_RECORD, request->record));
}

/* A field that the struct cannot be without and that the changes leave out, though they name others of it. */
static const toasty_field *lacking(const toasty__change_walk *walk, uint16_t embed)
{
    const toasty_model *model = walk->request->model;
    const toasty_embed *part = &model->embeds[embed];
    const toasty_field *lacking = NULL;
    bool any = false;
    for (uint16_t i = part->first_field; i < part->first_field + part->field_count; i++) {
        const toasty_field *field = &model->fields[i];
        bool seen = toasty__bits_has(&walk->seen, i);
        any = any || seen;
        if (!seen && field->embed == embed && !(field->flags & TOASTY_FIELD_NULLABLE))
            lacking = field;
    }
    return any ? lacking : NULL;
}

int toasty__check_parts(const toasty__change_walk *walk, toasty_error *err)
{
    const toasty_model *model = walk->request->model;
    const void *record = walk->request->record;
    for (uint16_t e = 0; e < model->embed_count; e++) {
        const toasty_field *field = record && toasty__is_marked(&model->embeds[e], TOASTY__IN_RECORD, record)
                                        ? NULL
                                        : lacking(walk, e);
        if (field)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                "%s.%s %s: a part of it cannot be set without %s; set all of it", model->name,
                                model->embeds[e].name, record ? "is not there" : "may not be there",
                                field->name);
    }
    return 0;
}

bool toasty__is_part_of_reference(const toasty_model *model, uint16_t field)
{
    const toasty_field *of = &model->fields[field];
    if (!(of->flags & TOASTY_FIELD_REFERENCE) || !(of->flags & TOASTY_FIELD_NULL_COLUMN))
        return false;
    for (uint16_t r = 0; r < model->relation_count; r++) {
        const toasty_relation *relation = &model->relations[r];
        for (uint8_t f = 0; relation->kind == TOASTY_BELONGS_TO && f < relation->field_count; f++)
            if (relation->field_count > 1 && relation->own_fields[f] == field)
                return true;
    }
    return false;
}

/* Is the field NULL afterwards? Of what is not named only a record knows. */
static bool becomes_null(const toasty__change_walk *walk, uint16_t field)
{
    const toasty_request *request = walk->request;
    if (toasty__bits_has(&walk->seen, field))
        return toasty__bits_has(&walk->nulls, field);
    return toasty__get(request->model, request->record, &request->model->fields[field]).kind ==
           TOASTY_VALUE_NULL;
}

/* Are the fields that may be NULL all named, or else known by the record, and NULL together? */
static bool is_whole(const toasty__change_walk *walk, const toasty_relation *relation)
{
    uint8_t nullable = 0, named = 0, nulls = 0;
    for (uint8_t f = 0; f < relation->field_count; f++) {
        uint16_t field = relation->own_fields[f];
        if (!(walk->request->model->fields[field].flags & TOASTY_FIELD_NULL_COLUMN))
            continue;
        nullable++;
        named += toasty__bits_has(&walk->seen, field);
    }
    if (!named || (named < nullable && !walk->request->record))
        return !named;
    for (uint8_t f = 0; f < relation->field_count; f++) {
        uint16_t field = relation->own_fields[f];
        if (walk->request->model->fields[field].flags & TOASTY_FIELD_NULL_COLUMN)
            nulls += becomes_null(walk, field);
    }
    return !nulls || nulls == nullable;
}

/* Half a key refers to nothing, and no database says so. */
static int check_references(const toasty__change_walk *walk, toasty_error *err)
{
    const toasty_model *model = walk->request->model;
    for (uint16_t r = 0; r < model->relation_count; r++) {
        const toasty_relation *relation = &model->relations[r];
        if (relation->kind == TOASTY_BELONGS_TO && relation->field_count > 1 && !is_whole(walk, relation))
            return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                "%s.%s: only a part of its key is changed; set all of it, or none",
                                model->name, relation->name);
    }
    return 0;
}

/* --- the two sides of an upsert --- */

typedef struct side {
    toasty__arena *arena;
    toasty_change *changes;
    size_t count, capacity;
    uint8_t kind;
} side;

static int add_change(side *s, const toasty_change *change, toasty_error *err)
{
    toasty_change *grown =
        toasty__arena_grow(s->arena, s->changes, &s->capacity, s->count + 1, sizeof(*grown));
    if (!grown)
        return toasty__fail_memory(err);
    s->changes = grown;
    s->changes[s->count++] = *change;
    return 0;
}

/* Lists open, and so do the changes of this side; those of the other one are left out. depth: of sides. */
static int add_changes(side *s, const toasty_change *at, size_t count, int depth, toasty_error *err)
{
    for (; count && at->kind != TOASTY_CHANGE_END; count--, at++) {
        const toasty_changes *list = at->operand.as.bytes;
        bool is_side = at->kind == TOASTY_CHANGE_ON_CREATE || at->kind == TOASTY_CHANGE_ON_UPDATE;
        int added = 0;
        if (at->kind == TOASTY_CHANGE_ONLY_IF)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                "a condition that the row must meet is of updates and deletes");
        if (is_side && depth)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                "changes on create or on update stand inside of others");
        if (at->kind == TOASTY_CHANGE_LIST)
            added = list ? add_changes(s, list->items, list->count, depth, err) : 0;
        else if (is_side)
            added = at->kind == s->kind ? add_changes(s, at->operand.as.bytes, SIZE_MAX, 1, err) : 0;
        else if (at->kind != TOASTY_CHANGE_ABSENT)
            added = add_change(s, at, err);
        if (added < 0)
            return -1;
    }
    return 0;
}

const toasty_change *toasty__changes_of_side(const toasty_change *changes, toasty_change_kind side_kind,
                                             toasty__arena *arena, toasty_error *err)
{
    side s = {.arena = arena, .kind = (uint8_t)side_kind};
    const toasty_change end = {.kind = TOASTY_CHANGE_END};
    if (add_changes(&s, changes, SIZE_MAX, 0, err) < 0 || add_change(&s, &end, err) < 0)
        return NULL;
    return s.changes;
}

int toasty__check_assign(const toasty_model *model, const toasty__assign *assign, toasty_error *err)
{
    const toasty_field *field = &model->fields[assign->field];
    bool sets_null = assign->kind == TOASTY_CHANGE_SET && assign->value.kind == TOASTY_VALUE_NULL;
    if (sets_null && !(field->flags & TOASTY_FIELD_NULL_COLUMN))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s.%s is required and cannot be set to nothing",
                            model->name, field->name);
    if (field->flags & TOASTY_FIELD_KEY)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s.%s is part of the key and does not change",
                            model->name, field->name);
    return 0;
}

int toasty__next_assign(toasty__change_walk *walk, toasty__assign *out, toasty_error *err)
{
    if (!walk->started && start(walk, err) < 0)
        return -1;
    if (walk->group)
        return next_of_group(walk, out, err);
    if (!walk->rest) {
        const toasty_change *change = next_change(walk);
        if (change && (change->kind == TOASTY_CHANGE_EMBED || change->kind == TOASTY_CHANGE_LINK)) {
            if (change->kind == TOASTY_CHANGE_EMBED && change->operand.as.bytes)
                walk->parts = walk->parts || gives_part(walk, change);
            walk->group = change;
            walk->group_next = 0;
            return next_of_group(walk, out, err);
        }
        if (change && change->kind >= TOASTY_CHANGE_ON_CREATE && !toasty__is_upsert(walk->request))
            return toasty__fail(
                err, TOASTY_INVALID_STATEMENT,
                "%s: what is done on create or on update, and what is incoming, are of upserts",
                walk->request->model->name);
        if (change) {
            walk->parts = walk->parts || gives_part(walk, change);
            *out = (toasty__assign){change->field, change->kind, false, change->operand};
            return assign_once(walk, out, err);
        }
        walk->rest = true;
        if ((walk->parts && walk->request->record && toasty__check_parts(walk, err) < 0) ||
            (walk->references && check_references(walk, err) < 0))
            return -1;
        /* An update that names nothing changes nothing, not even its timestamps. */
        if (!walk->named)
            walk->automatic = walk->request->model->field_count;
    }
    return next_automatic(walk, out, err);
}

int toasty__count_assigns(const toasty_request *request, toasty__arena *arena, toasty_error *err)
{
    toasty__change_walk walk = {.request = request, .arena = arena};
    toasty__assign assign;
    int more, count = 0;
    for (; (more = toasty__next_assign(&walk, &assign, err)) > 0; count++)
        if (count == UINT16_MAX)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT, "more than %d changes of %s in one update",
                                UINT16_MAX, request->model->name);
    return more < 0 ? -1 : count;
}
