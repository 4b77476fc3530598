/* The schema of resolved and checked models: see snapshot.h. */
#include "derive/model/snapshot.h"

#include "derive/base/text.h"
#include <string.h>

/* --- names --- */

/* Names and labels stand in the models as C spells them, between quotes. */
static const char *spelled(toasty__room *room, const char *name)
{
    if (!strchr(name, '\\'))
        return name;
    char *copy = toasty__arena_strdup(&room->arena, name);
    room->failed |= !copy;
    if (copy)
        copy[toasty__derive_unescape(name, strlen(name), copy)] = '\0';
    return copy ? copy : name;
}

static toasty__texts names_of(toasty__room *room, const derive_columns *columns)
{
    toasty__texts names = {0};
    for (size_t i = 0; i < columns->count; i++)
        TOASTY__PUSH(room, &names, spelled(room, columns->items[i]->column));
    return names;
}

/* --- enums --- */

static int64_t value_of(const derive_schema *schema, const char *constant)
{
    for (size_t i = 0; i < schema->constants.count; i++)
        if (strcmp(schema->constants.items[i].name, constant) == 0)
            return schema->constants.items[i].value;
    return 0;
}

static toasty__integers values_of(const derive_schema *schema, toasty__room *room, const derive_enum *labels)
{
    toasty__integers values = {0};
    for (size_t i = 0; i < labels->constants.count; i++)
        TOASTY__PUSH(room, &values, value_of(schema, labels->constants.items[i]));
    return values;
}

static void add_enum(toasty__schema *out, const derive_enum *labels)
{
    toasty__schema_enum made = {.name = labels->name};
    if (toasty__schema_find_enum(out, labels->name))
        return;
    for (size_t i = 0; i < labels->labels.count; i++)
        TOASTY__PUSH(out->room, &made.labels, spelled(out->room, labels->labels.items[i]));
    TOASTY__PUSH(out->room, &out->enums, made);
}

/* --- tables --- */

/* The first column that an optional struct cannot be without; NULL: there is none. */
static const derive_column *required_of(const derive_model *model, int embed)
{
    for (size_t i = 0; i < model->columns.count; i++)
        if (model->columns.items[i]->embed == embed && !model->columns.items[i]->nullable)
            return model->columns.items[i];
    return NULL;
}

static int parent_of(const derive_model *model, int embed)
{
    for (size_t i = 0; i < model->parts.count; i++)
        if (model->parts.items[i]->embed == embed)
            return model->parts.items[i]->parent;
    return -1;
}

/* By which other column it is known whether the structs around a column are there: that of the innermost, or
 * for that one itself of the next one around it. */
static void add_needs(toasty__schema *out, toasty__schema_column *made, const derive_model *model,
                      const derive_column *column)
{
    const derive_column *needed = NULL;
    for (int embed = column->embed; embed >= 0 && !needed; embed = parent_of(model, embed)) {
        needed = required_of(model, embed);
        made->together = needed && needed != column && embed == column->embed && !column->nullable;
        if (needed == column)
            needed = NULL;
    }
    made->needs = needed ? spelled(out->room, needed->column) : NULL;
}

static void add_column(const derive_schema *schema, toasty__schema *out, toasty__schema_table *table,
                       const derive_model *model, const derive_column *column)
{
    const derive_member *member = column->member;
    toasty__schema_column made = {.name = spelled(out->room, column->column),
                                  .type = (uint8_t)member->type,
                                  .null = column->null_column,
                                  .counts = member->on_create.source == TOASTY_SOURCE_SEQUENCE};
    if (member->type == TOASTY_TYPE_ENUM) {
        made.labels = member->labels->name;
        add_enum(out, member->labels);
    } else if (member->labels)
        made.values = values_of(schema, out->room, member->labels);
    add_needs(out, &made, model, column);
    TOASTY__PUSH(out->room, &table->columns, made);
}

static void add_index(toasty__schema *out, toasty__schema_table *table, const derive_index *index)
{
    bool key = index->kind == DERIVE_PRIMARY;
    toasty__schema_index made = {.name = key ? NULL : spelled(out->room, index->name),
                                 .columns = names_of(out->room, &index->columns),
                                 .partition = (uint32_t)index->partition_count,
                                 .unique = index->kind != DERIVE_PLAIN};
    if (key)
        table->key = made;
    else
        TOASTY__PUSH(out->room, &table->indexes, made);
}

static void add_foreign(toasty__schema *out, toasty__schema_table *table, const derive_relation *relation)
{
    toasty__schema_foreign made = {.name = spelled(out->room, relation->constraint),
                                   .table = spelled(out->room, relation->target->table),
                                   .columns = names_of(out->room, &relation->own),
                                   .references = names_of(out->room, &relation->theirs),
                                   .on_delete = (uint8_t)relation->on_delete};
    TOASTY__PUSH(out->room, &table->foreigns, made);
}

static void add_table(const derive_schema *schema, toasty__schema *out, const derive_model *model)
{
    toasty__schema_table made = {.name = spelled(out->room, model->table), .model = model->name};
    for (size_t i = 0; i < model->columns.count; i++)
        add_column(schema, out, &made, model, model->columns.items[i]);
    for (size_t i = 0; i < model->indexes.count; i++)
        add_index(out, &made, model->indexes.items[i]);
    for (size_t i = 0; i < model->relations.count; i++)
        if (model->relations.items[i]->kind == TOASTY_BELONGS_TO)
            add_foreign(out, &made, model->relations.items[i]);
    TOASTY__PUSH(out->room, &out->tables, made);
}

void toasty__derive_snapshot(const derive_schema *schema, toasty__schema *out)
{
    *out = (toasty__schema){.room = out->room, .mapping = TOASTY__SCHEMA_MAPPING};
    for (size_t i = 0; i < schema->targets.count; i++)
        TOASTY__PUSH(out->room, &out->targets, schema->targets.items[i]->target);
    for (size_t i = 0; i < schema->models.count; i++)
        add_table(schema, out, schema->models.items[i]);
}
