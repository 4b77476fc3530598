/* What a store says of its tables, and how they are made and dropped.
 *
 * As any store that only knows keys: the columns of keys and indexes, and nothing of the others. Indexes have
 * no names, and come and go with their table. */
#include "drivers/keyvalue/schema.h"

#include "base/error.h"
#include "schema/diff.h"
#include "schema/mapping.h"

#define TYPE(NAME, c_type, name, CLASS) [TOASTY_TYPE_##NAME] = name,
const toasty__mapping toasty__kv_mapping = {
    .database = "keyvalue",
    .types = {TOASTY_TYPES(TYPE)},
    .table_options = "",
    .keys_only = true,
};
#undef TYPE

static bool is_in_an_index(const toasty_model *model, uint16_t field)
{
    for (uint16_t i = 0; i < model->index_count; i++)
        for (uint8_t j = 0; j < model->indexes[i].field_count; j++)
            if (model->indexes[i].fields[j] == field)
                return true;
    return false;
}

static toasty__store_index index_of(toasty__room *room, const toasty_model *model, const toasty_index *index)
{
    toasty__store_index made = {.unique = index->unique, .partition = index->partition_count};
    for (uint8_t i = 0; i < index->field_count; i++)
        TOASTY__PUSH(room, &made.parts,
                     (toasty__store_part){.column = model->fields[index->fields[i]].column});
    return made;
}

int toasty__kv_describe(toasty__kv_store *store, const toasty_operation *operation, toasty_error *err)
{
    toasty__store *out = operation->key.store;
    const toasty__kv_table *found = toasty__kv_table_find(store, operation->key.prefix, operation->model);
    if (!found)
        return 0;
    const toasty_model *model = found->model;
    toasty__store_table table = {.name = toasty__room_strdup(out->room, found->name), .options = ""};
    for (uint16_t i = 0; i < model->field_count; i++) {
        const toasty_field *field = &model->fields[i];
        toasty__store_column column = {.name = field->column,
                                       .type = toasty__kv_mapping.types[field->type],
                                       .null = true,
                                       .counts = field->on_create == TOASTY_SOURCE_SEQUENCE};
        if (is_in_an_index(model, i))
            TOASTY__PUSH(out->room, &table.columns, column);
    }
    table.key = index_of(out->room, model, &model->indexes[0]);
    for (uint16_t i = 1; i < model->index_count; i++)
        TOASTY__PUSH(out->room, &table.indexes, index_of(out->room, model, &model->indexes[i]));
    TOASTY__PUSH(out->room, &out->tables, table);
    return out->room->failed ? toasty__fail_memory(err) : 0;
}

int toasty__kv_change_schema(toasty__kv_store *store, const toasty_operation *operation, toasty_error *err)
{
    const toasty__change *change = operation->key.change;
    switch (change->kind) {
    case TOASTY__CHANGE_CREATE_TABLE:
        return toasty__kv_table_of(store, operation->key.prefix, operation->model, err) ? 0 : -1;
    case TOASTY__CHANGE_DROP_TABLE:
        toasty__kv_table_drop(store, operation->key.prefix, operation->model);
        return 0;
    case TOASTY__CHANGE_CREATE_INDEX: /* it came with its table */
        return 0;
    default:
        return toasty__fail(err, TOASTY_UNSUPPORTED,
                            "keyvalue makes %s with its table only: reset the schema", change->name);
    }
}
