/* Updates: afterwards the record in memory follows what the database holds.
 *
 * What an update needs to follow is allocated before anything is sent, so that a change that happened can
 * always be shown; a failed update changes nothing in memory. */
#include "base/error.h"
#include "base/time.h"
#include "core/access.h"
#include "core/decode.h"
#include "core/patch.h"
#include "core/presence.h"
#include "core/refusal.h"
#include "core/rules.h"
#include "core/value_bytes.h"
#include "engine/kinds/change.h"
#include "engine/kinds/kinds.h"
#include "engine/plan/assign.h"
#include "engine/plan/limits.h"
#include "engine/plan/lower.h"
#include "engine/plan/plain.h"
#include "engine/plan/verify.h"
#include <string.h>

/* --- making its plan --- */

static int verify(const toasty__engine *engine, const toasty_request *request, toasty_error *err)
{
    return toasty__verify_change(engine, request, "change", "returning the changed rows", err);
}

/* Refuses what cannot be set, and notes for the plan which values are NULL and how many changes were named.
 */
static int verify_changes(toasty__lowering *l, const toasty_request *request)
{
    const toasty_model *model = request->model;
    toasty__change_walk walk = {.request = request, .arena = l->arena};
    toasty__assign assign;
    int changes = toasty__count_assigns(request, l->arena, l->err), more;
    uint8_t *nulls = changes < 0 ? NULL : toasty__lower_alloc(l, (size_t)changes + 1);
    uint16_t count = 0;
    if (!nulls)
        return -1;
    for (; (more = toasty__next_assign(&walk, &assign, l->err)) > 0; count++) {
        nulls[count] = assign.value.kind == TOASTY_VALUE_NULL;
        l->plan->named_count = (uint16_t)(l->plan->named_count + !walk.rest);
        if (toasty__check_assign(model, &assign, l->err) < 0 ||
            (assign.kind == TOASTY_CHANGE_MULTIPLY && !l->engine->driver->capability->sql &&
             toasty__unsupported(l->engine, "a multiplication", l->err) < 0))
            return -1;
    }
    if (more == 0 && request->returning && !count)
        return toasty__fail(l->err, TOASTY_INVALID_STATEMENT,
                            "an update of %s without changes cannot return rows", model->name);
    /* Elsewhere a constraint sees to it. */
    bool unchecked = walk.parts && !request->record && !l->engine->driver->capability->sql;
    if (more == 0 && unchecked && toasty__check_parts(&walk, l->err) < 0)
        return -1;
    l->plan->assigned_nulls = nulls;
    return more;
}

static int lower(toasty__lowering *l, const toasty_request *request)
{
    return verify_changes(l, request) < 0 ? -1 : toasty__lower_update(l, request);
}

/* What is wrong with the value of a change; NULL: nothing. Some databases take 0 - INT64_MIN for INT64_MIN,
 * so that number is subtracted nowhere. */
static const char *fault_of(const toasty_field *field, uint8_t kind, const toasty_value *value)
{
    if (value->kind != TOASTY_VALUE_INT)
        return NULL;
    if (field->labels && !toasty__enum_label(field->labels, value->as.integer))
        return TOASTY__NOT_OF_ITS_ENUM;
    return kind == TOASTY_CHANGE_SUBTRACT && value->as.integer == INT64_MIN ? "out of the range of int64_t"
                                                                            : NULL;
}

/* Notes each rule that a value does not keep. What is calculated is checked by the statement: narrow.h. */
static __attribute__((noinline)) int check_rules(toasty__shape *shape, const toasty_model *model,
                                                 const toasty__assign *assign, toasty__breaks *breaks)
{
    return assign->kind == TOASTY_CHANGE_SET &&
                   toasty__keeps_rules(&shape->engine->patterns, model, assign->field, &assign->value, breaks,
                                       TOASTY__ONE_ROW) < 0
               ? toasty__fail_memory(breaks->err)
               : 0;
}

int toasty__change_shape(toasty__shape *shape, const toasty_request *request, toasty_error *err)
{
    toasty__change_walk walk = {.request = request, .arena = shape->arena};
    toasty__assign assign;
    int more;
    toasty__breaks breaks = {.err = err};
    while ((more = toasty__next_assign(&walk, &assign, err)) > 0) {
        uint32_t code = (uint32_t)assign.field << 8 | (uint32_t)assign.kind << 1 |
                        (assign.value.kind == TOASTY_VALUE_NULL);
        const toasty_field *field = &request->model->fields[assign.field];
        const char *fault = fault_of(field, assign.kind, &assign.value);
        if (fault)
            return toasty__refuse_value(request->model->table, field->name, fault, err);
        if (request->model->rule_count && check_rules(shape, request->model, &assign, &breaks) < 0)
            return -1;
        if (toasty__shape_number(shape, code, err) < 0 ||
            toasty__shape_value(shape, &assign.value, request->model, field, err) < 0)
            return -1;
    }
    return breaks.count ? -1 : more;
}

/* --- plain updates: the columns of rows that a key or a record names --- */

static bool is_of_column(const toasty_change *change)
{
    return change->kind == TOASTY_CHANGE_SET || change->kind == TOASTY_CHANGE_ADD ||
           change->kind == TOASTY_CHANGE_SUBTRACT || change->kind == TOASTY_CHANGE_MULTIPLY;
}

/* A part of an optional struct, or of a key that may be NULL: what the record has of the rest is looked up
 * each time. */
static bool is_of_part(const toasty_request *request, const toasty_change *change)
{
    const toasty_model *model = request->model;
    return request->record && (model->fields[change->field].embed != TOASTY_NO_EMBED ||
                               toasty__is_part_of_reference(model, change->field));
}

/* Do the values keep the rules of their fields, as far as that is seen at once? What is calculated within
 * limits gets a condition, and expressions are the engine's. */
static __attribute__((noinline)) bool keeps_rules(const toasty_request *request)
{
    const toasty_model *model = request->model;
    for (const toasty_change *change = request->changes; change->kind != TOASTY_CHANGE_END; change++)
        if (change->kind == TOASTY_CHANGE_SET
                ? toasty__keeps_rules(NULL, model, change->field, &change->operand, NULL, 0) != 1
                : is_of_column(change) && toasty__has_limits(model, change->field))
            return false;
    return true;
}

static uintptr_t number(const toasty_request *request)
{
    const toasty_change *change = request->changes;
    if (!change || !toasty__has_only_keys(request) || (request->model->rule_count && !keeps_rules(request)))
        return 0;
    uintptr_t number = toasty__number_of_keys(request);
    for (; is_of_column(change) && !is_of_part(request, change); change++)
        number = number * 31 + change->field * 4u + change->kind;
    return change->kind == TOASTY_CHANGE_END ? number : 0;
}

static bool changes_the_same(const toasty__plan *plan, const toasty_request *request)
{
    uint16_t i = 0;
    const toasty_change *change = request->changes;
    for (; i < plan->named_count && change->kind == plan->assigned_kinds[i]; i++, change++)
        if (change->field != plan->assigned[i] ||
            (change->operand.kind == TOASTY_VALUE_NULL) != plan->assigned_nulls[i])
            return false;
    return i == plan->named_count && change->kind == TOASTY_CHANGE_END;
}

/* One more than the row has. False when there is no such number. */
static __attribute__((noinline)) bool take_version(const toasty_field *field, const void *record,
                                                   toasty_value *value)
{
    *value = (toasty_value){.kind = TOASTY_VALUE_INT, .as.integer = 1};
    return !record || toasty__next_version(field, record, value);
}

/* What every update writes. */
static __attribute__((noinline)) bool take_automatic(const toasty__plan *plan, const void *record,
                                                     toasty_value *values)
{
    int64_t now = 0;
    for (uint16_t i = plan->named_count; i < plan->assigned_count; i++, values++) {
        const toasty_field *field = &plan->model->fields[plan->assigned[i]];
        if (field->on_update == TOASTY_SOURCE_NOW) {
            now = now ? now : toasty__now_us();
            *values = toasty__now_value(field->type, now);
        } else if (field->on_update != TOASTY_SOURCE_VERSION) {
            *values = field->update_value;
        } else if (!take_version(field, record, values)) {
            return false;
        }
    }
    return true;
}

static bool take_named(const toasty__plan *plan, const toasty_change *changes, toasty_value *values)
{
    for (uint16_t i = 0; i < plan->named_count; i++) {
        values[i] = changes[i].operand;
        if (values[i].kind == TOASTY_VALUE_INVALID ||
            fault_of(&plan->model->fields[plan->assigned[i]], plan->assigned_kinds[i], &values[i]))
            return false;
    }
    return true;
}

static bool take(toasty__shape *shape, const toasty__plan *plan, const toasty_request *request)
{
    if (!toasty__has_keys_of(plan, request) || !changes_the_same(plan, request))
        return false;
    toasty_value *values = toasty__plain_keys(shape, plan, request, plan->assigned_count);
    return values && take_named(plan, request->changes, values) &&
           (plan->named_count == plan->assigned_count ||
            take_automatic(plan, request->record, values + plan->named_count));
}

/* --- running it --- */

/* Copies of the text and bytes that the record will point to. */
static int prepare_patches(toasty__running *run, toasty_error *err)
{
    const toasty__plan *plan = run->plan;
    run->patches = toasty__arena_calloc(&run->execution->arena, plan->assigned_count, sizeof(*run->patches));
    if (!run->patches)
        return toasty__fail_memory(err);
    for (uint16_t i = 0; i < plan->assigned_count; i++) {
        const toasty_value *value = &run->shape.values[plan->assigned_values[i]];
        if (!toasty__value_points(value))
            continue;
        run->patches[i] =
            toasty__patch_prepare(run->request->record, plan->assigned[i], value->as.bytes, value->len);
        if (!run->patches[i])
            return toasty__fail_memory(err);
    }
    return 0;
}

static bool assigns_null(const toasty__running *run, uint16_t field)
{
    const toasty__plan *plan = run->plan;
    for (uint16_t i = 0; i < plan->assigned_count; i++)
        if (plan->assigned[i] == field)
            return plan->assigned_kinds[i] == TOASTY_CHANGE_SET &&
                   run->shape.values[plan->assigned_values[i]].kind == TOASTY_VALUE_NULL;
    return false;
}

/* An optional struct of which every column became NULL is not set, also when each part of it may be NULL by
 * itself. */
static void clear_embeds(const toasty__running *run, char *record)
{
    const toasty_model *model = run->request->model;
    for (uint16_t e = 0; e < model->embed_count; e++) {
        const toasty_embed *embed = &model->embeds[e];
        uint16_t nulls = 0;
        while (nulls < embed->field_count && assigns_null(run, (uint16_t)(embed->first_field + nulls)))
            nulls++;
        if (nulls == embed->field_count)
            toasty__mark(embed, TOASTY__IN_RECORD, record, false);
    }
}

/* Asks the program what is wrong with the record as it will be, as far as that is known here. */
static __attribute__((noinline)) int validate(toasty__running *run, toasty_error *err)
{
    const toasty__plan *plan = run->plan;
    const toasty_model *model = run->request->model;
    toasty__breaks breaks = {.err = err};
    char *record = toasty__arena_copy(&run->execution->arena, run->request->record, model->size);
    if (!record)
        return toasty__fail_memory(err);
    for (uint16_t i = 0; i < plan->assigned_count; i++) {
        const toasty_field *field = &model->fields[plan->assigned[i]];
        const toasty_value *operand = &run->shape.values[plan->assigned_values[i]];
        toasty_value value = *operand;
        if (plan->assigned_kinds[i] != TOASTY_CHANGE_SET) {
            value = toasty__get(model, record, field);
            if (!toasty__calculate(plan->assigned_kinds[i], operand, &value))
                continue;
        }
        toasty__put(model, record, field, &value);
    }
    clear_embeds(run, record);
    toasty__validate(&breaks, model, TOASTY__ONE_ROW, record);
    return breaks.count ? -1 : 0;
}

static int begin(toasty__running *run, toasty_error *err)
{
    const toasty_request *request = run->request;
    if (!run->plan->assigned_count)
        return 0; /* nothing was named: nothing is sent */
    if (toasty__change_begin(run, &toasty__updating_by_key, err) < 0)
        return -1;
    if (!request->record)
        return 0;
    if (request->model->validate && validate(run, err) < 0)
        return -1;
    /* A place for the fields whose values only the database knows, in a record of its own. */
    run->made = toasty__arena_calloc(&run->execution->arena, 1, request->model->size);
    if (!run->made)
        return toasty__fail_memory(err);
    toasty__loaded_one(&run->loaded[run->plan->answer], run->made, request->model->size);
    return prepare_patches(run, err);
}

/* Moves one field of a record to its new value. Text and bytes point into the patch. */
static void apply_value(const toasty_model *model, char *record, const toasty_field *field,
                        const toasty_value *value, const char *patched)
{
    toasty_value own = *value;
    if (patched)
        own.as.bytes = patched;
    toasty__put(model, record, field, &own);
}

/* The record in memory follows. */
static void apply(toasty__running *run)
{
    const toasty__plan *plan = run->plan;
    char *record = run->request->record;
    if (!record || !run->patches || !run->count)
        return;
    const toasty_model *model = run->request->model;
    for (uint16_t i = 0; i < plan->assigned_count; i++) {
        const toasty_field *field = &model->fields[plan->assigned[i]];
        if (plan->assigned_kinds[i] != TOASTY_CHANGE_SET) {
            toasty_value made = toasty__get(model, run->made, field);
            toasty__put(model, record, field, &made);
            continue;
        }
        toasty__patch *patch = run->patches[i];
        apply_value(model, record, field, &run->shape.values[plan->assigned_values[i]],
                    patch ? toasty__patch_bytes(patch) : NULL);
        if (patch)
            toasty__patch_apply(patch);
        run->patches[i] = NULL;
    }
    clear_embeds(run, record);
    /* A relation whose key was changed is not what was loaded. */
    for (uint16_t r = 0; r < model->relation_count; r++) {
        const toasty_relation *relation = &model->relations[r];
        for (uint8_t f = 0; relation->kind == TOASTY_BELONGS_TO && f < relation->field_count; f++)
            for (uint16_t i = 0; i < plan->assigned_count; i++)
                if (plan->assigned[i] == relation->own_fields[f]) {
                    memset(record + relation->offset, 0, sizeof(void *));
                    *(bool *)(record + relation->loaded_offset) = false;
                }
    }
}

static void end(toasty__running *run, bool worked)
{
    if (worked)
        apply(run);
    for (uint16_t i = 0; run->patches && i < run->plan->assigned_count; i++)
        toasty__patch_discard(run->patches[i]);
    toasty__change_end(run);
}

const toasty__kind toasty__updating = {
    .verify = verify,
    .shape = toasty__change_shape,
    .number = number,
    .take = take,
    .lower = lower,
    .begin = begin,
    .issue = toasty__change_issue,
    .absorb = toasty__change_absorb,
    .end = end,
    .writes = true,
};
