/* Looking things up in a schema, and the order of its models: see schema.h. */
#include "schema/schema.h"

#include <stdlib.h>

const toasty__schema_enum *toasty__schema_find_enum(const toasty__schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->enums.count; i++)
        if (strcmp(schema->enums.items[i].name, name) == 0)
            return &schema->enums.items[i];
    return NULL;
}

const toasty__schema_table *toasty__schema_find_table(const toasty__schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->tables.count; i++)
        if (strcmp(schema->tables.items[i].name, name) == 0)
            return &schema->tables.items[i];
    return NULL;
}

const toasty__schema_column *toasty__schema_find_column(const toasty__schema_table *table, const char *name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (strcmp(table->columns.items[i].name, name) == 0)
            return &table->columns.items[i];
    return NULL;
}

bool toasty__schema_is_reference(const toasty__schema_table *table, const char *column)
{
    for (size_t i = 0; i < table->foreigns.count; i++)
        if (toasty__texts_have(&table->foreigns.items[i].columns, column))
            return true;
    return false;
}

/* --- the order of models --- */

static void swap(void *a, void *b, size_t size)
{
    unsigned char *x = a, *y = b;
    for (size_t i = 0; i < size; i++) {
        unsigned char kept = x[i];
        x[i] = y[i];
        y[i] = kept;
    }
}

static void sort_columns(toasty__schema_table *table, const toasty_model *model)
{
    size_t next = 0;
    for (uint16_t f = 0; f < model->field_count; f++) {
        const toasty__schema_column *column = toasty__schema_find_column(table, model->fields[f].column);
        if (column)
            swap(&table->columns.items[next++], &table->columns.items[column - table->columns.items],
                 sizeof *column);
    }
}

void toasty__schema_sort_as(toasty__schema *schema, const toasty_schema *models)
{
    size_t next = 0;
    for (size_t m = 0; m < models->model_count; m++) {
        const toasty__schema_table *table = toasty__schema_find_table(schema, models->models[m]->table);
        if (!table)
            continue;
        swap(&schema->tables.items[next], &schema->tables.items[table - schema->tables.items], sizeof *table);
        sort_columns(&schema->tables.items[next++], models->models[m]);
    }
}

/* --- words --- */

static const char *const type_names[TOASTY_TYPE_COUNT] = {
    [TOASTY_TYPE_BOOL] = "bool",         [TOASTY_TYPE_I8] = "i8",
    [TOASTY_TYPE_I16] = "i16",           [TOASTY_TYPE_I32] = "i32",
    [TOASTY_TYPE_I64] = "i64",           [TOASTY_TYPE_U8] = "u8",
    [TOASTY_TYPE_U16] = "u16",           [TOASTY_TYPE_U32] = "u32",
    [TOASTY_TYPE_U64] = "u64",           [TOASTY_TYPE_F32] = "f32",
    [TOASTY_TYPE_F64] = "f64",           [TOASTY_TYPE_ENUM] = "enum",
    [TOASTY_TYPE_TEXT] = "text",         [TOASTY_TYPE_BYTES] = "bytes",
    [TOASTY_TYPE_UUID] = "uuid",         [TOASTY_TYPE_TIMESTAMP] = "timestamp",
    [TOASTY_TYPE_DATE] = "date",         [TOASTY_TYPE_TIME] = "time",
    [TOASTY_TYPE_DATETIME] = "datetime",
};

const char *toasty__schema_type_name(uint8_t type)
{
    return type < TOASTY_TYPE_COUNT ? type_names[type] : "?";
}

uint8_t toasty__schema_type_of(const char *name)
{
    uint8_t type = 0;
    while (type < TOASTY_TYPE_COUNT && strcmp(type_names[type], name) != 0)
        type++;
    return type;
}

const char *toasty__schema_rule_name(size_t rule)
{
    static const char *const names[] = {[TOASTY_ON_DELETE_CASCADE] = "cascade",
                                        [TOASTY_ON_DELETE_SET_NULL] = "set_null",
                                        [TOASTY_ON_DELETE_RESTRICT] = "restrict"};
    return rule < sizeof names / sizeof *names ? names[rule] : NULL;
}
