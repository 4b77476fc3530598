/* Rows of raw statements: see raw_rows.h. */
#include "db/raw_rows.h"

#include "base/error.h"
#include "core/decode.h"

#include <string.h>
#include <toasty/toasty.h>

enum { FIRST_ROWS = 16 };

static int refuse_twice(toasty_error *err)
{
    return toasty__fail(err, TOASTY_DATABASE_ERROR, "the columns of an answer were described twice");
}

/* --- rows as text: arrays of cells --- */

static toasty_rows *texts_of(const toasty__raw_rows *rows)
{
    return rows->block->root;
}

static int describe_texts(toasty_sink *base, const char *const *names, size_t count, toasty_error *err)
{
    toasty__raw_rows *rows = (toasty__raw_rows *)base;
    toasty__arena *arena = &rows->block->arena;
    if (base->columns) /* rows of so many may be there */
        return refuse_twice(err);
    if (count > UINT16_MAX)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "the statement returns %zu columns", count);
    const char **copies = toasty__arena_calloc(arena, count + 1, sizeof *copies);
    toasty_field *fields = toasty__arena_calloc(arena, count + 1, sizeof *fields);
    const toasty_field **columns = toasty__arena_calloc(arena, count + 1, sizeof *columns);
    if (!copies || !fields || !columns)
        return toasty__fail_memory(err);
    uint8_t any_text = rows->any_text ? TOASTY_FIELD_ANY_TEXT : 0;
    for (size_t i = 0; i < count; i++) {
        if (!(copies[i] = toasty__arena_strdup(arena, names[i])))
            return toasty__fail_memory(err);
        fields[i] = (toasty_field){.name = copies[i],
                                   .column = copies[i],
                                   .type = TOASTY_TYPE_TEXT,
                                   .flags = TOASTY_FIELD_NULLABLE | TOASTY_FIELD_NULL_COLUMN | any_text,
                                   .embed = TOASTY_NO_EMBED,
                                   .offset = (uint32_t)(i * sizeof(const char *)),
                                   .set_offset = TOASTY_NO_OFFSET};
        columns[i] = &fields[i];
    }
    base->columns = columns;
    base->column_count = (uint16_t)count;
    rows->stride = (count ? count : 1) * sizeof(const char *);
    texts_of(rows)->columns = copies;
    texts_of(rows)->column_count = count;
    return 0;
}

/* --- records --- */

static int find_field(const toasty_model *model, const char *name, uint16_t *field)
{
    for (uint16_t i = 0; i < model->field_count; i++)
        if (strcmp(model->fields[i].column, name) == 0)
            return *field = i, 1;
    return 0;
}

static int refuse_column(const toasty_model *model, const char *column, const char *why, toasty_error *err)
{
    toasty__fail(err, TOASTY_INVALID_STATEMENT, "the statement returns the column `%s` of %s %s", column,
                 model->name, why);
    toasty__error_set(err, table, model->table);
    return -1;
}

static int describe_records(toasty_sink *base, const char *const *names, size_t count, toasty_error *err)
{
    const toasty_model *model = base->model;
    toasty__arena *arena = base->arena;
    if (base->columns)
        return refuse_twice(err);
    const toasty_field **columns = toasty__arena_calloc(arena, count + 1, sizeof *columns);
    bool *found = toasty__arena_calloc(arena, model->field_count, sizeof *found);
    base->lacking = toasty__arena_calloc(arena, (size_t)model->embed_count + 1, sizeof *base->lacking);
    if (!columns || !found || !base->lacking)
        return toasty__fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        uint16_t field;
        columns[i] = &toasty__no_field;
        if (!find_field(model, names[i], &field))
            continue;
        if (found[field])
            return refuse_column(model, names[i], "twice", err);
        found[field] = true;
        columns[i] = &model->fields[field];
    }
    for (uint16_t i = 0; i < model->field_count; i++)
        if (!found[i])
            return refuse_column(model, model->fields[i].column, "not at all", err);
    base->columns = columns;
    base->column_count = (uint16_t)count;
    return 0;
}

/* --- both --- */

static void *next_row(toasty_sink *base)
{
    toasty__raw_rows *rows = (toasty__raw_rows *)base;
    if (rows->count == rows->capacity) {
        size_t wanted = rows->capacity ? rows->capacity * 2 : FIRST_ROWS;
        if (wanted > SIZE_MAX / rows->stride)
            return NULL;
        char *grown = toasty__arena_array(base->arena, rows->rows, wanted * rows->stride);
        if (!grown)
            return NULL;
        rows->rows = grown;
        rows->capacity = wanted;
    }
    if (base->lacking)
        memset(base->lacking, 0, base->model->embed_count * sizeof *base->lacking);
    return memset(rows->rows + rows->count++ * rows->stride, 0, rows->stride);
}

int toasty__raw_rows_init(toasty__raw_rows *rows, const toasty_model *model, toasty_error *err)
{
    size_t root_size = model ? sizeof(toasty__slice) : sizeof(toasty_rows);
    *rows = (toasty__raw_rows){.block = toasty__block_new(model, root_size, 0),
                               .stride = model ? model->size : sizeof(const char *)};
    if (!rows->block)
        return toasty__fail_memory(err);
    rows->sink.row = next_row;
    rows->sink.model = model;
    rows->sink.describe = model ? describe_records : describe_texts;
    rows->sink.arena = &rows->block->arena;
    return 0;
}

void *toasty__raw_rows_publish(toasty__raw_rows *rows, toasty_error *err)
{
    void *root = rows->block->root;
    if (rows->sink.model) {
        *(toasty__slice *)root = (toasty__slice){rows->rows, rows->count, true};
    } else {
        texts_of(rows)->cells = (const char *const *)(void *)rows->rows;
        texts_of(rows)->len = rows->count;
    }
    if (toasty__block_publish(rows->block) == 0)
        return root;
    toasty__raw_rows_drop(rows);
    toasty__fail_memory(err);
    return NULL;
}

void toasty__raw_rows_drop(toasty__raw_rows *rows)
{
    toasty__block_free(rows->block);
    rows->block = NULL;
}
