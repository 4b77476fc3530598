/* Unique values of stores that keep them as rows of their own: each change claims those that its row gets,
 * and releases those that it had.
 *
 * What a row had is known from the row as it was last seen, and the change expects that it still has it. In
 * one group a value that one row gives up and another gets changes hands. */
#include "base/error.h"
#include "core/access.h"
#include "core/evaluate.h"
#include "driver/blame.h"
#include "engine/keys/write_set.h"

static bool is_kept_by_claims(const toasty_index *index)
{
    return index->unique && !index->primary;
}

static bool touches(const toasty_index *index, const uint16_t *fields, uint32_t count)
{
    for (uint32_t i = 0; fields && i < count; i++)
        for (uint8_t f = 0; f < index->field_count; f++)
            if (index->fields[f] == fields[i])
                return true;
    return !fields;
}

bool toasty__claims_values(const toasty_capability *can, const toasty_model *model, const uint16_t *fields,
                           uint32_t count)
{
    for (uint16_t i = 0; can->claims && i < model->index_count; i++)
        if (is_kept_by_claims(&model->indexes[i]) && touches(&model->indexes[i], fields, count))
            return true;
    return false;
}

/* Does a change give up or get values of the index? */
static bool concerns(const toasty_operation *change, const toasty_index *index)
{
    bool all = change->kind != TOASTY_OPERATION_UPDATE;
    return is_kept_by_claims(index) && touches(index, all ? NULL : change->fields, change->value_count);
}

/* --- values --- */

static toasty_value before(const toasty_operation *change, uint16_t field)
{
    const toasty_model *model = change->model;
    return toasty__get(model, change->key.before, &model->fields[field]);
}

/* What a field is after the change. False: it is a sum that is not known. */
static bool after(const toasty_operation *change, uint16_t field, toasty_value *value)
{
    uint32_t i = 0;
    while (i < change->value_count && change->fields[i] != field)
        i++;
    if (i == change->value_count) {
        *value = change->kind == TOASTY_OPERATION_INSERT ? (toasty_value){.kind = TOASTY_VALUE_NULL}
                                                         : before(change, field);
        return true;
    }
    *value = change->values[i];
    if (change->kind == TOASTY_OPERATION_INSERT || change->changes[i] == TOASTY_CHANGE_SET)
        return true;
    toasty_value sum = before(change, field);
    if (sum.kind != TOASTY_VALUE_INT || value->kind != TOASTY_VALUE_INT)
        return sum.kind == TOASTY_VALUE_NULL;
    bool wraps = change->changes[i] == TOASTY_CHANGE_ADD
                     ? __builtin_add_overflow(sum.as.integer, value->as.integer, &sum.as.integer)
                     : __builtin_sub_overflow(sum.as.integer, value->as.integer, &sum.as.integer);
    *value = sum;
    return !wraps;
}

/* All values of an index before or after a change: *values is NULL where one of them is NULL, since then
 * nothing is claimed. */
static int values_of(toasty__write_set *set, const toasty_operation *change, const toasty_index *index,
                     bool later, const toasty_value **values, toasty_error *err)
{
    toasty_value *made = toasty__arena_alloc(&set->execution->arena, index->field_count * sizeof(*made));
    *values = made;
    if (!made)
        return toasty__fail_memory(err);
    for (uint8_t i = 0; i < index->field_count; i++) {
        if (!later)
            made[i] = before(change, index->fields[i]);
        else if (!after(change, index->fields[i], &made[i]))
            return toasty__fail(err, TOASTY_UNSUPPORTED, "%s cannot add to a unique field",
                                set->execution->engine->driver->name);
        if (made[i].kind == TOASTY_VALUE_NULL)
            *values = NULL;
    }
    return 0;
}

static bool same_values(const toasty_model *model, const toasty_index *index, const toasty_value *a,
                        const toasty_value *b)
{
    for (uint8_t i = 0; i < index->field_count; i++)
        if (toasty__compare_values(&model->fields[index->fields[i]], &a[i], &b[i]) != 0)
            return false;
    return true;
}

/* --- claims --- */

/* The claim or the release of the same values in the job; NULL: none. */
static toasty_operation *find_claim(const toasty__write_set *set, const toasty_index *index,
                                    const toasty_value *values)
{
    for (uint32_t i = set->first_claim; i < set->job.count; i++) {
        toasty_operation *claim = &set->job.operations[i];
        if (claim->key.index == index && same_values(claim->model, index, claim->key.values, values))
            return claim;
    }
    return NULL;
}

/* Values that change hands in the job are one claim. */
static int pass_on(toasty_operation *known, bool claims, const toasty_value *owner,
                   const toasty_operation *change, toasty_error *err)
{
    if (claims && known->kind == TOASTY_OPERATION_CLAIM)
        return toasty__refuse_index(change->key.prefix, change->model, known->key.index, err);
    known->key.was_owner = claims ? known->key.owner : owner;
    known->key.owner = claims ? owner : known->key.owner;
    known->kind = TOASTY_OPERATION_CLAIM;
    return 0;
}

static int add_claim(toasty__write_set *set, const toasty_operation *change, const toasty_index *index,
                     const toasty_value *values, bool claims, toasty_error *err)
{
    if (!values)
        return 0;
    const toasty_value *owner = toasty__key_values_of(set, change);
    if (!owner)
        return toasty__fail_memory(err);
    toasty_operation *known = find_claim(set, index, values);
    if (known)
        return pass_on(known, claims, owner, change, err);
    toasty_operation made = {.kind = claims ? TOASTY_OPERATION_CLAIM : TOASTY_OPERATION_UNCLAIM,
                             .model = change->model};
    made.key.prefix = change->key.prefix;
    made.key.index = index;
    made.key.values = values;
    made.key.key_count = index->field_count;
    made.key.owner = owner;
    return toasty__write_set_add(set, &made, NULL) ? 0 : toasty__fail_memory(err);
}

/* A row that may be there or not has values that nobody knows. */
static int refuse_upsert(const toasty__write_set *set, const toasty_operation *change, toasty_error *err)
{
    return toasty__fail(err, TOASTY_UNSUPPORTED,
                        "%s does not support upserts of rows with unique values, such as those of %s",
                        set->execution->engine->driver->name, change->model->table);
}

static int claim_index(toasty__write_set *set, const toasty_operation *change, const toasty_index *index,
                       bool undo, toasty_error *err)
{
    const toasty_value *old = NULL, *new = NULL;
    if (change->kind == TOASTY_OPERATION_UPSERT)
        return refuse_upsert(set, change, err);
    bool made = change->kind == TOASTY_OPERATION_INSERT, gone = change->kind == TOASTY_OPERATION_DELETE;
    if ((!made && values_of(set, change, index, false, &old, err) < 0) ||
        (!gone && values_of(set, change, index, true, &new, err) < 0))
        return -1;
    if (old && new &&same_values(change->model, index, old, new))
        return 0;
    return add_claim(set, change, index, new, !undo, err) < 0 ||
                   add_claim(set, change, index, old, undo, err) < 0
               ? -1
               : 0;
}

int toasty__claim_values(toasty__write_set *set, const toasty_operation *change, bool undo, toasty_error *err)
{
    const toasty_model *model = change->model;
    for (uint16_t i = 0; set->can->claims && i < model->index_count; i++)
        if (concerns(change, &model->indexes[i]) &&
            claim_index(set, change, &model->indexes[i], undo, err) < 0)
            return -1;
    return 0;
}

uint32_t toasty__count_claims(const toasty__write_set *set, const toasty_operation *change)
{
    uint32_t count = 0, each = change->kind == TOASTY_OPERATION_UPDATE ? 2 : 1;
    for (uint16_t i = 0; set->can->claims && i < change->model->index_count; i++)
        count += concerns(change, &change->model->indexes[i]) ? each : 0;
    return count;
}

/* --- what is expected --- */

/* The row that is there instead. */
typedef struct found {
    toasty_sink sink; /* first: the driver hands it back */
    void *row;
} found;

static void *found_row(toasty_sink *sink)
{
    found *of = (found *)sink;
    of->row = toasty__arena_calloc(sink->arena, 1, sink->model->size);
    return of->row;
}

int toasty__find_other(toasty__write_set *set, toasty_operation *change, toasty_error *err)
{
    toasty__arena *arena = &set->execution->arena;
    const toasty_model *model = change->model;
    found *made = toasty__arena_calloc(arena, 1, sizeof(*made));
    const toasty_field **columns = toasty__arena_alloc(arena, model->field_count * sizeof(*columns));
    if (!made || !columns)
        return toasty__fail_memory(err);
    for (uint16_t i = 0; i < model->field_count; i++)
        columns[i] = &model->fields[i];
    made->sink = (toasty_sink){.row = found_row,
                               .stride = model->size,
                               .model = model,
                               .columns = columns,
                               .column_count = model->field_count,
                               .arena = arena};
    change->key.found = &made->sink;
    return 0;
}

const void *toasty__found_row(const toasty_operation *change)
{
    return change->key.found ? ((const found *)change->key.found)->row : NULL;
}

/* Adds the fields of an index to what a change expects; there is room for them. */
static void expect_index(toasty_operation *change, const toasty_index *index, uint16_t *fields,
                         toasty_value *values)
{
    for (uint8_t i = 0; i < index->field_count; i++) {
        fields[change->key.expect_count] = index->fields[i];
        values[change->key.expect_count++] = before(change, index->fields[i]);
    }
}

static uint32_t count_fields(const toasty_operation *change)
{
    uint32_t count = 0;
    for (uint16_t i = 0; i < change->model->index_count; i++)
        count += concerns(change, &change->model->indexes[i]) ? change->model->indexes[i].field_count : 0;
    return count;
}

int toasty__expect_values(toasty__write_set *set, toasty_operation *change, toasty_error *err)
{
    uint32_t more = count_fields(change), count = change->key.expect_count;
    toasty__arena *arena = &set->execution->arena;
    bool gives_up = change->kind == TOASTY_OPERATION_UPDATE || change->kind == TOASTY_OPERATION_DELETE;
    if (!set->can->claims || !set->can->expect || !gives_up || !more)
        return 0;
    uint16_t *fields = toasty__arena_alloc(arena, (count + more) * sizeof(*fields));
    toasty_value *values = toasty__arena_alloc(arena, (count + more) * sizeof(*values));
    if (!fields || !values)
        return toasty__fail_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        fields[i] = change->key.expect_fields[i];
        values[i] = change->key.expect_values[i];
    }
    for (uint16_t i = 0; i < change->model->index_count; i++)
        if (concerns(change, &change->model->indexes[i]))
            expect_index(change, &change->model->indexes[i], fields, values);
    change->key.expect_fields = fields;
    change->key.expect_values = values;
    return toasty__find_other(set, change, err);
}
