/* Drafts: an owned, growing …New.
 *
 * What counts as given in a row: an optional that is set, a scalar that is not zero, text or a relation that
 * is not NULL, and every field of an optional struct that is set. */
#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "core/access.h"
#include "core/copy.h"
#include "core/presence.h"
#include "core/roots.h"
#include "core/types.h"

/* The children of one has_many so far. */
typedef struct children {
    size_t count, capacity;
} children;

struct toasty_draft {
    const toasty_model *model;
    toasty__arena arena;
    char *row;
    children *children; /* one a relation of the model */
};

static void destroy(void *object)
{
    toasty_draft *draft = object;
    toasty__arena_done(&draft->arena);
    toasty__free(draft);
}

toasty_draft *toasty__draft_new(const toasty_model *model)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__error_clear(err);
    toasty_draft *draft = toasty__calloc(1, sizeof *draft);
    if (!draft) {
        toasty__fail_memory(err);
        return NULL;
    }
    draft->model = model;
    toasty__arena_init(&draft->arena, 0);
    /* The row that ends the array stands after it, as behind every array of rows. */
    draft->row = toasty__arena_calloc(&draft->arena, 2, model->new_size);
    draft->children = toasty__arena_calloc(&draft->arena, model->relation_count, sizeof *draft->children);
    if (!draft->row || !draft->children || toasty__root_add(draft, destroy, draft) < 0) {
        destroy(draft);
        toasty__fail_memory(err);
        return NULL;
    }
    draft->row[model->new_size + model->new_end_offset] = 1;
    return draft;
}

const void *toasty__draft_row(const toasty_draft *draft)
{
    return draft ? draft->row : NULL;
}

/* --- adding rows of a relation --- */

static const void **place(const toasty_draft *draft, uint32_t offset)
{
    return (const void **)(draft->row + offset);
}

static int replace_one(toasty_draft *draft, const toasty_relation *relation, const void *rows)
{
    uint32_t offset =
        relation->kind == TOASTY_BELONGS_TO ? relation->new_create_offset : relation->new_offset;
    const void *copy = toasty__copy_rows(&draft->arena, relation->target, rows, 1);
    if (!copy)
        return -1;
    *place(draft, offset) = copy;
    return 0;
}

static int append_many(toasty_draft *draft, const toasty_relation *relation, const void *rows)
{
    const toasty_model *target = relation->target;
    children *children = &draft->children[relation - draft->model->relations];
    const void **place_of_rows = place(draft, relation->new_offset);
    void *grown = (void *)(uintptr_t)*place_of_rows;
    size_t more = toasty__count_rows(target, rows), size = target->new_size;
    char *copy = toasty__copy_rows(&draft->arena, target, rows, more);
    if (copy)
        grown =
            toasty__arena_grow(&draft->arena, grown, &children->capacity, children->count + more + 1, size);
    if (!copy || !grown)
        return -1;
    memcpy((char *)grown + children->count * size, copy, (more + 1) * size);
    children->count += more;
    *place_of_rows = grown;
    return 0;
}

static int add(toasty_draft *draft, const toasty_relation *relation, const void *rows)
{
    return toasty__rows_are_many(relation) ? append_many(draft, relation, rows)
                                           : replace_one(draft, relation, rows);
}

/* Where there can be one row, an array has no second one. */
static bool is_one_too_many(const toasty_relation *relation, const void *rows)
{
    return !toasty__rows_are_many(relation) && toasty__count_rows(relation->target, rows) > 1;
}

static int refuse_rows(const toasty_draft *draft, const toasty_relation *relation, toasty_error *err)
{
    return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s.%s: several rows were given for a single record",
                        draft->model->name, relation->name);
}

int toasty__draft_add(toasty_draft *draft, const toasty_relation *relation, const void *rows)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__error_clear(err);
    if (!draft || !relation)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "draft_add: the draft or the relation is NULL");
    if (!rows)
        return 0;
    if (is_one_too_many(relation, rows))
        return refuse_rows(draft, relation, err);
    return add(draft, relation, rows) < 0 ? toasty__fail_memory(err) : 0;
}

/* --- setting fields --- */

static bool is_zero(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

static bool given(const toasty_model *model, const toasty_field *field, const char *row)
{
    size_t size = toasty__type_size(field->type, field->labels);
    if (field->new_offset == TOASTY_NO_OFFSET || !toasty__is_there(model, field, TOASTY__IN_NEW, row))
        return false;
    if (field->new_set_offset != TOASTY_NO_OFFSET && field->embed == TOASTY_NO_EMBED)
        return *(const bool *)(row + field->new_set_offset);
    return field->embed != TOASTY_NO_EMBED || !is_zero(row + field->new_offset, size);
}

/* Copies what is given into `to`, whose pointers still are those of the row. */
static void set_fields(const toasty_model *model, char *to, const char *row)
{
    for (uint16_t i = 0; i < model->embed_count; i++)
        if (toasty__is_marked(&model->embeds[i], TOASTY__IN_NEW, row))
            toasty__mark(&model->embeds[i], TOASTY__IN_NEW, to, true);
    for (uint16_t i = 0; i < model->field_count; i++) {
        const toasty_field *field = &model->fields[i];
        if (!given(model, field, row))
            continue;
        memcpy(to + field->new_offset, row + field->new_offset,
               toasty__type_size(field->type, field->labels));
        if (field->new_set_offset != TOASTY_NO_OFFSET)
            to[field->new_set_offset] = row[field->new_set_offset];
    }
}

static int set_relations(toasty_draft *draft, const char *row)
{
    const toasty_model *model = draft->model;
    int status = 0;
    for (uint16_t i = 0; i < model->relation_count && status == 0; i++) {
        const toasty_relation *relation = &model->relations[i];
        const void *one = NULL, *rows = NULL;
        if (relation->new_offset != TOASTY_NO_OFFSET) {
            const void *found = *(const void *const *)(row + relation->new_offset);
            *(relation->kind == TOASTY_BELONGS_TO ? &one : &rows) = found;
        }
        if (relation->new_create_offset != TOASTY_NO_OFFSET)
            rows = *(const void *const *)(row + relation->new_create_offset);
        if (one) {
            *place(draft, relation->new_offset) = one =
                toasty__copy_record(&draft->arena, relation->target, one);
            status = one ? 0 : -1;
        }
        if (rows && toasty__rows_are_many(relation)) {
            *place(draft, relation->new_offset) = NULL;
            draft->children[i] = (children){0};
        }
        if (rows && status == 0)
            status = add(draft, relation, rows);
    }
    return status;
}

/* The rows that a …New nests for a relation. */
static const void *nested_in(const toasty_relation *relation, const char *row)
{
    uint32_t offset =
        relation->kind == TOASTY_BELONGS_TO ? relation->new_create_offset : relation->new_offset;
    return offset == TOASTY_NO_OFFSET ? NULL : *(const void *const *)(row + offset);
}

int toasty__draft_field(toasty_draft *draft, uint16_t number, toasty_value value)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__error_clear(err);
    if (!draft)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "draft: the draft is NULL");
    const toasty_field *field = &draft->model->fields[number];
    if (value.kind == TOASTY_VALUE_INVALID)
        return toasty__fail(err, TOASTY_INVALID_VALUE, "%s.%s: %s", draft->model->name, field->name,
                            value.as.text);
    if (toasty__copy_values(&draft->arena, &value, 1) < 0)
        return toasty__fail_memory(err);
    toasty__put_new(draft->model, draft->row, field, &value);
    return 0;
}

int toasty__draft_set(toasty_draft *draft, const void *row)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__error_clear(err);
    if (!draft || !row)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "draft_set: the draft or the row is NULL");
    const toasty_model *model = draft->model;
    for (uint16_t i = 0; i < model->relation_count; i++) {
        const void *rows = nested_in(&model->relations[i], row);
        if (rows && is_one_too_many(&model->relations[i], rows))
            return refuse_rows(draft, &model->relations[i], err);
    }
    /* Copied aside with all its text first, so that what fails changes no field. */
    char *copy = toasty__arena_calloc(&draft->arena, 1, model->new_size);
    if (!copy)
        return toasty__fail_memory(err);
    set_fields(model, copy, row);
    if (toasty__copy_row_parts(&draft->arena, model, copy) < 0 || set_relations(draft, row) < 0)
        return toasty__fail_memory(err);
    set_fields(model, draft->row, copy);
    return 0;
}
