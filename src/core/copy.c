/* Deep copies of values, conditions, records and rows.
 *
 * Text and bytes of an optional struct that is not set are not followed: nobody reads them. */
#include "copy.h"

#include "core/presence.h"
#include "core/types.h"

/* --- values --- */

static int copy_text(toasty__arena *arena, const char **text)
{
    return *text && !(*text = toasty__arena_strdup(arena, *text)) ? -1 : 0;
}

static int copy_bytes(toasty__arena *arena, toasty_bytes *bytes)
{
    return bytes->data && !(bytes->data = toasty__arena_copy(arena, bytes->data, bytes->len)) ? -1 : 0;
}

static int copy_list(toasty__arena *arena, toasty_value *value)
{
    void *items =
        toasty__arena_copy(arena, value->as.list, value->len * toasty__type_size(value->element, NULL));
    if (!items)
        return -1;
    int status = 0;
    for (uint32_t i = 0; i < value->len && status == 0; i++) {
        if (value->element == TOASTY_TYPE_TEXT)
            status = copy_text(arena, &((const char **)items)[i]);
        else if (value->element == TOASTY_TYPE_BYTES)
            status = copy_bytes(arena, &((toasty_bytes *)items)[i]);
        else
            break;
    }
    value->as.list = items;
    return status;
}

int toasty__copy_values(toasty__arena *arena, toasty_value *values, size_t count)
{
    int status = 0;
    for (toasty_value *value = values; value < values + count && status == 0; value++) {
        if (value->kind == TOASTY_VALUE_TEXT)
            status = (value->as.text = toasty__arena_text(arena, value->as.text, value->len)) ? 0 : -1;
        else if (value->kind == TOASTY_VALUE_BYTES)
            status = (value->as.bytes = toasty__arena_copy(arena, value->as.bytes, value->len)) ? 0 : -1;
        else if (value->kind == TOASTY_VALUE_LIST && value->len > 0)
            status = copy_list(arena, value);
    }
    return status;
}

int toasty__copy_condition(toasty__arena *arena, toasty_condition *condition)
{
    return toasty__copy_values(arena, condition->operands, condition->operand_count);
}

/* --- records --- */

/* Text and bytes of all columns. */
static int copy_columns(toasty__arena *arena, const toasty_model *model, char *start, toasty__layout layout)
{
    int status = 0;
    for (uint16_t i = 0; i < model->field_count && status == 0; i++) {
        const toasty_field *field = &model->fields[i];
        uint32_t offset = layout == TOASTY__IN_NEW ? field->new_offset : field->offset;
        if (field->type != TOASTY_TYPE_TEXT && field->type != TOASTY_TYPE_BYTES)
            continue;
        if (offset == TOASTY_NO_OFFSET || !toasty__is_there(model, field, layout, start))
            continue;
        if (field->type == TOASTY_TYPE_TEXT)
            status = copy_text(arena, (const char **)(start + offset));
        else
            status = copy_bytes(arena, (toasty_bytes *)(start + offset));
    }
    return status;
}

int toasty__copy_record_to(toasty__arena *arena, const toasty_model *model, const void *record, void *copy)
{
    char *start = memcpy(copy, record, model->size);
    for (uint16_t i = 0; i < model->relation_count; i++) {
        const toasty_relation *relation = &model->relations[i];
        memset(start + relation->offset, 0, sizeof(void *));
        if (relation->kind == TOASTY_HAS_MANY)
            memset(start + relation->offset + sizeof(void *), 0, sizeof(size_t));
        *(bool *)(start + relation->loaded_offset) = false;
    }
    return copy_columns(arena, model, start, TOASTY__IN_RECORD);
}

void *toasty__copy_record(toasty__arena *arena, const toasty_model *model, const void *record)
{
    void *copy = toasty__arena_alloc(arena, model->size);
    return copy && toasty__copy_record_to(arena, model, record, copy) == 0 ? copy : NULL;
}

/* --- rows of …New --- */

/* A program with AddressSanitizer hears of a row whose block has ended, which is easily written in a loop,
 * also where the library was built without it. */
#if !defined(__SANITIZE_ADDRESS__)
void __asan_loadN(const void *at, size_t size) __attribute__((weak));
#define LOOK_AT(at, size) (__asan_loadN ? __asan_loadN(at, size) : (void)0)
#else
#define LOOK_AT(at, size) ((void)0)
#endif

size_t toasty__count_rows(const toasty_model *model, const void *rows)
{
    size_t count = 0;
    LOOK_AT(rows, model->new_size); /* the others end with it */
    while (!toasty__is_end_row(model, (const char *)rows + count * model->new_size))
        count++;
    return count;
}

bool toasty__rows_are_many(const toasty_relation *relation)
{
    return relation->kind == TOASTY_HAS_MANY;
}

static int copy_related_rows(toasty__arena *arena, const toasty_relation *relation, const void **rows)
{
    const toasty_model *target = relation->target;
    if (!*rows)
        return 0;
    *rows = toasty__copy_rows(arena, target, *rows, toasty__count_rows(target, *rows));
    return *rows ? 0 : -1;
}

int toasty__copy_row_parts(toasty__arena *arena, const toasty_model *model, void *row)
{
    char *start = row;
    int status = copy_columns(arena, model, start, TOASTY__IN_NEW);
    for (uint16_t i = 0; i < model->relation_count && status == 0; i++) {
        const toasty_relation *relation = &model->relations[i];
        const void **given =
            relation->new_offset == TOASTY_NO_OFFSET ? NULL : (const void **)(start + relation->new_offset);
        if (given && relation->kind != TOASTY_BELONGS_TO)
            status = copy_related_rows(arena, relation, given);
        else if (given && *given && !(*given = toasty__copy_record(arena, relation->target, *given)))
            status = -1;
        if (status == 0 && relation->new_create_offset != TOASTY_NO_OFFSET)
            status = copy_related_rows(arena, relation, (const void **)(start + relation->new_create_offset));
    }
    return status;
}

void *toasty__copy_rows(toasty__arena *arena, const toasty_model *model, const void *rows, size_t count)
{
    if (count >= SIZE_MAX / model->new_size)
        return NULL;
    char *copy = toasty__arena_calloc(arena, count + 1, model->new_size);
    if (!copy)
        return NULL;
    if (count)
        memcpy(copy, rows, count * model->new_size);
    copy[count * model->new_size + model->new_end_offset] = 1;
    for (size_t i = 0; i < count; i++)
        if (toasty__copy_row_parts(arena, model, copy + i * model->new_size) < 0)
            return NULL;
    return copy;
}
