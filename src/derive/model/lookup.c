/* Lookups in a schema by name: see model.h. */
#include "derive/model/model.h"

#include <string.h>

derive_model *toasty__derive_find_model(const derive_schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->models.count; i++)
        if (strcmp(schema->models.items[i]->name, name) == 0)
            return schema->models.items[i];
    return NULL;
}

derive_model *toasty__derive_struct_at(const derive_schema *schema, size_t number)
{
    size_t models = schema->models.count;
    if (number < models)
        return schema->models.items[number];
    return number - models < schema->views.count ? schema->views.items[number - models] : NULL;
}

bool toasty__derive_same_newtype(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

derive_column *toasty__derive_find_column(const derive_model *model, const char *name)
{
    for (size_t i = 0; i < model->columns.count; i++)
        if (strcmp(model->columns.items[i]->name, name) == 0)
            return model->columns.items[i];
    return NULL;
}

bool toasty__derive_has_column(const derive_columns *columns, const derive_column *column)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->items[i] == column)
            return true;
    return false;
}

derive_index *toasty__derive_index_over(const derive_model *model, const derive_columns *columns, bool exact)
{
    for (size_t i = 0; i < model->indexes.count; i++) {
        derive_index *index = model->indexes.items[i];
        if (index->columns.count < columns->count || (exact && index->columns.count != columns->count))
            continue;
        if (columns->count &&
            memcmp(index->columns.items, columns->items, columns->count * sizeof *columns->items) == 0)
            return index;
    }
    return NULL;
}

derive_relation *toasty__derive_find_relation(const derive_model *model, const char *name, size_t length)
{
    for (size_t i = 0; i < model->relations.count; i++) {
        derive_relation *relation = model->relations.items[i];
        if (strlen(relation->name) == length && memcmp(relation->name, name, length) == 0)
            return relation;
    }
    return NULL;
}

const char *toasty__derive_nearest_column(derive_memory *memory, const derive_model *model, const char *name)
{
    const char **known = toasty__derive_alloc(memory, (model->columns.count + 1) * sizeof *known);
    for (size_t i = 0; i < model->columns.count; i++)
        known[i] = model->columns.items[i]->name;
    return toasty__derive_nearest(name, known, model->columns.count);
}
