/* The constant tables of a model, and checks that its header still is the one that they were made from: a
 * stale file does not compile. */
#include "derive/emit/emitter.h"

#include "derive/text.h"
#include <string.h>

/* --- enums --- */

static void emit_enum(derive_emitter *e, const derive_enum *labels)
{
    toasty__emit_c_format(e, "\nstatic const char *const %s_labels_[] = {", labels->name);
    for (size_t i = 0; i < labels->labels.count; i++)
        toasty__emit_c_format(e, "%s\"%s\"", i ? ", " : "", labels->labels.items[i]);
    toasty__emit_c_format(e, "};\nstatic const int64_t %s_values_[] = {", labels->name);
    for (size_t i = 0; i < labels->constants.count; i++)
        toasty__emit_c_format(e, "%s%s", i ? ", " : "", labels->constants.items[i]);
    toasty__emit_c_format(e,
                          "};\n"
                          "static const toasty_enum %s_enum_ = {.name = \"%s\",\n"
                          "                                     .labels = %s_labels_,\n"
                          "                                     .values = %s_values_,\n"
                          "                                     .count = %zu,\n"
                          "                                     .size = sizeof(%s),\n"
                          "                                     .is_signed = %s};\n",
                          labels->name, labels->name, labels->name, labels->name, labels->labels.count,
                          labels->spelling, labels->is_signed ? "true" : "false");
}

static bool uses_enum(const derive_model *model, const derive_enum *labels)
{
    for (size_t i = 0; i < model->columns.count; i++)
        if (model->columns.items[i]->member->labels == labels)
            return true;
    return false;
}

/* Each enum once a file, before the first model that uses it. */
static void emit_enums(derive_emitter *e, const derive_model *model)
{
    for (size_t i = 0; i < e->schema->enums.count; i++) {
        const derive_enum *labels = e->schema->enums.items[i];
        bool seen = !uses_enum(model, labels);
        for (size_t j = 0; j < model->number && !seen; j++)
            seen = e->schema->models.items[j]->header == e->header &&
                   uses_enum(e->schema->models.items[j], labels);
        if (!seen)
            emit_enum(e, labels);
    }
}

/* --- checks --- */

/* The type that a field must still have; an enum by its name, since its integer type is the compiler's
 * choice. */
static void emit_check(derive_emitter *e, const derive_column *column)
{
    const derive_member *member = column->member;
    derive_variable variables[] = {{"access", column->access},
                                   {"value", member->optional ? ".value" : ""},
                                   {"type", member->c_type},
                                   {"name", column->name},
                                   {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_c(e, "_Static_assert(_Generic(((${Model} *)0)->${access}${value}, ${type}: 1, default: 0),\n"
                      "               \"${Model}.${name} has changed; run toasty derive again\");\n");
    if (member->labels && member->type != TOASTY_TYPE_ENUM)
        toasty__emit_c_format(
            e,
            "_Static_assert(sizeof(%s) == %d, \"%s is read as %d bytes; give the size of enums "
            "to toasty derive too\");\n",
            member->c_type, member->labels->size, member->c_type, member->labels->size);
    e->scope = scope.outer;
}

/* The struct as it was read: a field that was added, removed or moved changes its size or an offset. */
static void emit_shape(derive_emitter *e, const derive_model *model)
{
    toasty__emit_c(e, "\nstruct ${model}_shape_ {\n");
    for (size_t i = 0; i < model->body->members.count; i++) {
        const derive_member *member = model->body->members.items[i];
        const char *type = member->c_type ? toasty__emit_before_name(e->memory, member->c_type) : "";
        if (member->kind != DERIVE_RELATION && member->optional)
            toasty__emit_c_format(e, "    toasty_opt(%s) %s;\n", member->c_type, member->name);
        else if (member->kind != DERIVE_RELATION)
            toasty__emit_c_format(e, "    %s%s;\n", type, member->name);
        else
            toasty__emit_c_format(e, "    %s(%s, %s);\n",
                                  member->relation->kind == TOASTY_HAS_MANY  ? "toasty_has_many"
                                  : member->relation->kind == TOASTY_HAS_ONE ? "toasty_has_one"
                                                                             : "toasty_belongs_to",
                                  member->relation->target->name, member->name);
    }
    toasty__emit_c(e, "};\n"
                      "_Static_assert(sizeof(struct ${model}_shape_) == sizeof(${Model}),\n"
                      "               \"${Model} has changed; run toasty derive again\");\n");
    for (size_t i = 0; i < model->columns.count; i++)
        emit_check(e, model->columns.items[i]);
}

/* --- fields --- */

static const char *source_name(toasty_source source)
{
    static const char *const names[] = {
        [TOASTY_SOURCE_NONE] = "TOASTY_SOURCE_NONE",
        [TOASTY_SOURCE_VALUE] = "TOASTY_SOURCE_VALUE",
        [TOASTY_SOURCE_NOW] = "TOASTY_SOURCE_NOW",
        [TOASTY_SOURCE_UUID_V7] = "TOASTY_SOURCE_UUID_V7",
        [TOASTY_SOURCE_UUID_V4] = "TOASTY_SOURCE_UUID_V4",
        [TOASTY_SOURCE_SEQUENCE] = "TOASTY_SOURCE_SEQUENCE",
    };
    return names[source];
}

static void emit_default(derive_emitter *e, const char *when, const char *member_name,
                         const derive_default *value, toasty_type type)
{
    if (value->source == TOASTY_SOURCE_NONE)
        return;
    toasty__emit_c_format(e, "     .%s = %s,\n", when, source_name(value->source));
    if (value->source != TOASTY_SOURCE_VALUE)
        return;
    if (type == TOASTY_TYPE_TEXT)
        toasty__emit_c_format(
            e, "     .%s = {.kind = TOASTY_VALUE_TEXT, .len = sizeof(%s) - 1, .as.text = %s},\n", member_name,
            value->expression, value->expression);
    else if (type == TOASTY_TYPE_F32 || type == TOASTY_TYPE_F64)
        toasty__emit_c_format(e, "     .%s = {.kind = TOASTY_VALUE_FLOAT, .as.real = %s},\n", member_name,
                              value->expression);
    else if (type == TOASTY_TYPE_U64)
        toasty__emit_c_format(e,
                              "     .%s = {.kind = (%s) > INT64_MAX ? TOASTY_VALUE_UINT : TOASTY_VALUE_INT,\n"
                              "     .as.unsigned_integer = (%s)},\n",
                              member_name, value->expression, value->expression);
    else
        toasty__emit_c_format(e, "     .%s = {.kind = TOASTY_VALUE_INT, .as.integer = %s},\n", member_name,
                              value->expression);
}

static void emit_flags(derive_emitter *e, const derive_column *column)
{
    const struct {
        bool set;
        const char *name;
    } flags[] = {
        {column->nullable, "TOASTY_FIELD_NULLABLE"},
        {column->key, "TOASTY_FIELD_KEY"},
        {column->member->explicit_given, "TOASTY_FIELD_EXPLICIT"},
        {column->null_column, "TOASTY_FIELD_NULL_COLUMN"},
        {column->reference, "TOASTY_FIELD_REFERENCE"},
    };
    const char *separator = "     .flags = ";
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (!flags[i].set)
            continue;
        toasty__emit_c_format(e, "%s%s", separator, flags[i].name);
        separator = " | ";
    }
    if (*separator != ' ' || separator[1] == '|')
        toasty__emit_c(e, ",\n");
}

static void emit_offsets(derive_emitter *e, const derive_column *column)
{
    bool in_record = column->member->optional;
    bool in_new = column->given == DERIVE_OPTIONAL || (column->given == DERIVE_AS_RECORD && in_record);
    derive_variable variables[] = {{"access", column->access}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_c(e, in_record ? "     .offset = offsetof(${Model}, ${access}.value),\n"
                                  "     .set_offset = offsetof(${Model}, ${access}.set),\n"
                                : "     .offset = offsetof(${Model}, ${access}),\n"
                                  "     .set_offset = TOASTY_NO_OFFSET,\n");
    if (column->given == DERIVE_NOT_GIVEN)
        toasty__emit_c(e, "     .new_offset = TOASTY_NO_OFFSET,\n"
                          "     .new_set_offset = TOASTY_NO_OFFSET},\n");
    else
        toasty__emit_c(e, in_new ? "     .new_offset = offsetof(${Model}New, ${access}.value),\n"
                                   "     .new_set_offset = offsetof(${Model}New, ${access}.set)},\n"
                                 : "     .new_offset = offsetof(${Model}New, ${access}),\n"
                                   "     .new_set_offset = TOASTY_NO_OFFSET},\n");
    e->scope = scope.outer;
}

static void emit_field(derive_emitter *e, const derive_column *column)
{
    const derive_member *member = column->member;
    toasty__emit_c_format(e, "    {.name = \"%s\",\n     .column = \"%s\",\n     .type = TOASTY_TYPE_%s,\n",
                          column->name, column->column, toasty__emit_type_name(member->type));
    emit_flags(e, column);
    emit_default(e, "on_create", "create_value", &member->on_create, member->type);
    emit_default(e, "on_update", "update_value", &member->on_update, member->type);
    if (column->embed >= 0)
        toasty__emit_c_format(e, "     .embed = %d,\n", column->embed);
    else
        toasty__emit_c(e, "     .embed = TOASTY_NO_EMBED,\n");
    if (member->labels)
        toasty__emit_c_format(e, "     .labels = &%s_enum_,\n", member->labels->name);
    emit_offsets(e, column);
}

static void emit_fields(derive_emitter *e, const derive_model *model)
{
    toasty__emit_c(e, "\nenum {");
    for (size_t i = 0; i < model->columns.count; i++) {
        toasty__emit_c(e, i ? ", ${MODEL}_FIELD_" : " ${MODEL}_FIELD_");
        toasty__emit_c(e, toasty__derive_upper(e->memory, model->columns.items[i]->ident));
    }
    toasty__emit_c(e, " };\n\nstatic const toasty_field ${model}_fields_[] = {\n");
    for (size_t i = 0; i < model->columns.count; i++)
        emit_field(e, model->columns.items[i]);
    toasty__emit_c(e, "};\n");
}

/* --- embeds, indexes, relations --- */

static void emit_embeds(derive_emitter *e, const derive_model *model)
{
    if (model->embed_count == 0)
        return;
    toasty__emit_c(e, "\nstatic const toasty_embed ${model}_embeds_[] = {\n");
    for (size_t i = 0; i < model->parts.count; i++) {
        const derive_part *part = model->parts.items[i];
        if (part->embed < 0)
            continue;
        const char *parent =
            part->parent < 0 ? "TOASTY_NO_EMBED" : toasty__derive_format(e->memory, "%d", part->parent);
        derive_variable variables[] = {{"name", part->name},
                                       {"access", part->access},
                                       {"parent", parent},
                                       {"first", toasty__derive_format(e->memory, "%zu", part->first)},
                                       {"count", toasty__derive_format(e->memory, "%zu", part->count)},
                                       {NULL, NULL}};
        derive_scope scope = {.outer = e->scope, .variables = variables};
        e->scope = &scope;
        toasty__emit_c(e, "    {.name = \"${name}\",\n"
                          "     .set_offset = offsetof(${Model}, ${access}.set),\n"
                          "     .new_set_offset = offsetof(${Model}New, ${access}.set),\n"
                          "     .parent = ${parent},\n"
                          "     .first_field = ${first},\n"
                          "     .field_count = ${count}},\n");
        e->scope = scope.outer;
    }
    toasty__emit_c(e, "};\n");
}

static void emit_numbers(derive_emitter *e, const char *name, size_t number, const derive_columns *columns)
{
    toasty__emit_c(e, "static const uint16_t ${model}_");
    toasty__emit_c_format(e, "%s_%zu_[] = {", name, number);
    for (size_t i = 0; i < columns->count; i++) {
        toasty__emit_c(e, i ? ", ${OF}_FIELD_" : "${OF}_FIELD_");
        toasty__emit_c(e, toasty__derive_upper(e->memory, columns->items[i]->ident));
    }
    toasty__emit_c(e, "};\n");
}

static void emit_indexes(derive_emitter *e, const derive_model *model)
{
    derive_variable variables[] = {{"OF", "${MODEL}"}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_c(e, "\n");
    for (size_t i = 0; i < model->indexes.count; i++)
        emit_numbers(e, "index", i, &model->indexes.items[i]->columns);
    toasty__emit_c(e, "\nconst toasty_index ${model}_indexes_[] = {\n");
    for (size_t i = 0; i < model->indexes.count; i++) {
        const derive_index *index = model->indexes.items[i];
        toasty__emit_c_format(e, "    {.name = \"%s\",\n", index->name);
        toasty__emit_c(e, "     .fields = ${model}_");
        toasty__emit_c_format(e, "index_%zu_,\n     .field_count = %zu,\n     .partition_count = %zu,\n", i,
                              index->columns.count, index->partition_count);
        toasty__emit_c_format(e, "     .primary = %s,\n     .unique = %s},\n",
                              index->kind == DERIVE_PRIMARY ? "true" : "false",
                              index->kind == DERIVE_PLAIN ? "false" : "true");
    }
    toasty__emit_c(e, "};\n");
    e->scope = scope.outer;
}

/* Field numbers of another model as digits, since its names may stand in another file. */
static void emit_their_numbers(derive_emitter *e, const derive_relation *relation)
{
    toasty__emit_c(e, "static const uint16_t ${model}_");
    toasty__emit_c_format(e, "theirs_%zu_[] = {", relation->number);
    for (size_t i = 0; i < relation->theirs.count; i++)
        toasty__emit_c_format(e, "%s%zu", i ? ", " : "", relation->theirs.items[i]->number);
    toasty__emit_c_format(e, "}; /* of %s */\n", relation->target->name);
}

static void emit_relation(derive_emitter *e, const derive_relation *relation)
{
    static const char *const kinds[] = {[TOASTY_HAS_MANY] = "TOASTY_HAS_MANY",
                                        [TOASTY_HAS_ONE] = "TOASTY_HAS_ONE",
                                        [TOASTY_BELONGS_TO] = "TOASTY_BELONGS_TO"};
    static const char *const rules[] = {[TOASTY_ON_DELETE_CASCADE] = "TOASTY_ON_DELETE_CASCADE",
                                        [TOASTY_ON_DELETE_SET_NULL] = "TOASTY_ON_DELETE_SET_NULL",
                                        [TOASTY_ON_DELETE_RESTRICT] = "TOASTY_ON_DELETE_RESTRICT"};
    bool many = relation->kind == TOASTY_HAS_MANY, belongs = relation->kind == TOASTY_BELONGS_TO;
    const char *pair = relation->pair
                           ? toasty__derive_format(e->memory, "&%s_relations_[%zu]", relation->target->prefix,
                                                   relation->pair->number)
                           : "NULL";
    derive_variable variables[] = {
        {"name", relation->name},
        {"target", relation->target->prefix},
        {"pair", pair},
        {"number", toasty__derive_format(e->memory, "%zu", relation->number)},
        {"count", toasty__derive_format(e->memory, "%zu", relation->own.count)},
        {"kind", kinds[relation->kind]},
        {"rule", rules[relation->on_delete]},
        {"required", relation->required ? "true" : "false"},
        {"loaded", many ? ".loaded" : "_loaded"},
        {"create", belongs ? toasty__derive_format(e->memory, "offsetof(${Model}New, new_%s)", relation->name)
                           : "TOASTY_NO_OFFSET"},
        {"constraint", belongs ? toasty__derive_format(e->memory, "\"%s\"", relation->constraint) : "NULL"},
        {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_c(e, "    {.name = \"${name}\",\n"
                      "     .owner = &${model}_model_,\n"
                      "     .target = &${target}_model_,\n"
                      "     .pair = ${pair},\n"
                      "     .own_fields = ${model}_own_${number}_,\n"
                      "     .their_fields = ${model}_theirs_${number}_,\n"
                      "     .field_count = ${count},\n"
                      "     .kind = ${kind},\n"
                      "     .on_delete = ${rule},\n"
                      "     .required = ${required},\n"
                      "     .offset = offsetof(${Model}, ${name}),\n"
                      "     .loaded_offset = offsetof(${Model}, ${name}${loaded}),\n"
                      "     .new_offset = offsetof(${Model}New, ${name}),\n"
                      "     .new_create_offset = ${create},\n"
                      "     .constraint = ${constraint}},\n");
    e->scope = scope.outer;
}

static void emit_relations(derive_emitter *e, const derive_model *model)
{
    if (model->relations.count == 0)
        return;
    derive_variable variables[] = {{"OF", "${MODEL}"}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_c(e, "\n");
    for (size_t i = 0; i < model->relations.count; i++) {
        emit_numbers(e, "own", i, &model->relations.items[i]->own);
        emit_their_numbers(e, model->relations.items[i]);
    }
    toasty__emit_c(e, "\nconst toasty_relation ${model}_relations_[] = {\n");
    for (size_t i = 0; i < model->relations.count; i++)
        emit_relation(e, model->relations.items[i]);
    toasty__emit_c(e, "};\n");
    e->scope = scope.outer;
}

/* --- options --- */

typedef struct layout {
    const char *kind, *options; /* "FIND", "Find" */
    bool where, include, order, query, set, everything;
    const char *limit; /* NULL: none */
    bool offset;
} layout;

static void emit_member(derive_emitter *e, bool present, const char *name, const char *member)
{
    derive_variable variables[] = {{"name", name}, {"member", member ? member : ""}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_c(e, present ? "        .${name} = offsetof(${Model}${Options}, ${member}),\n"
                              : "        .${name} = TOASTY_NO_MEMBER,\n");
    e->scope = scope.outer;
}

/* Where the members of each struct of options stand, and the function by which includes read theirs. */
static void emit_layouts(derive_emitter *e)
{
    const toasty_capability *can = &e->schema->can;
    bool all = can->update_where, filter = can->filter;
    const layout layouts[] = {
        {"FIND", "Find", filter, true, can->order, true, false, false, "limit", can->offset},
        {"GET", "Get", false, true, false, false, false, false, NULL, false},
        {"PAGING", "Paging", filter, true, can->order, true, false, false, "per_page", false},
        {"MATCH", "Match", filter, false, false, filter, false, false, NULL, false},
        {"UPDATE_ALL", "UpdateAll", filter, false, false, filter, true, all, NULL, false},
        {"DELETE_ALL", "DeleteAll", filter, false, false, filter, false, all, NULL, false},
    };
    toasty__emit_c(e, "\nconst toasty_layout ${model}_layouts_[] = {\n");
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        const layout *l = &layouts[i];
        derive_variable variables[] = {{"KIND", l->kind}, {"Options", l->options}, {NULL, NULL}};
        derive_scope scope = {.outer = e->scope, .variables = variables};
        e->scope = &scope;
        toasty__emit_c(e, "    [TOASTY_${KIND}_LAYOUT] = {\n");
        emit_member(e, l->where, "where", "where");
        emit_member(e, l->include, "include", "include");
        emit_member(e, l->order, "order_by", "order_by");
        emit_member(e, l->query, "query", "query");
        emit_member(e, l->set, "set", "set");
        emit_member(e, l->limit != NULL, "limit", l->limit);
        emit_member(e, l->offset, "offset", "offset");
        emit_member(e, l->everything, "everything", "everything");
        toasty__emit_c(e, "    },\n");
        e->scope = scope.outer;
    }
    toasty__emit_c(e, "};\n"
                      "\nstatic toasty_find ${model}_find_(const void *options)\n"
                      "{\n"
                      "    return toasty__options(&${model}_layouts_[TOASTY_FIND_LAYOUT], options);\n"
                      "}\n");
}

/* --- the model and the schema --- */

void toasty__emit_tables(derive_emitter *e, const derive_model *model)
{
    toasty__emit_c(e, "\n/* --- ${Model} --- */\n");
    emit_enums(e, model);
    emit_shape(e, model);
    emit_fields(e, model);
    emit_embeds(e, model);
    emit_indexes(e, model);
    emit_relations(e, model);
    emit_layouts(e);
    toasty__emit_c(e, "\nconst toasty_model ${model}_model_ = {\n"
                      "    .name = \"${Model}\",\n"
                      "    .table = \"${table}\",\n"
                      "    .fields = ${model}_fields_,\n"
                      "    .indexes = ${model}_indexes_,\n");
    if (model->relations.count)
        toasty__emit_c(e, "    .relations = ${model}_relations_,\n");
    if (model->embed_count)
        toasty__emit_c(e, "    .embeds = ${model}_embeds_,\n");
    toasty__emit_c_format(e,
                          "    .field_count = %zu,\n    .index_count = %zu,\n    .relation_count = %zu,\n"
                          "    .embed_count = %zu,\n    .ordinal = %zu,\n",
                          model->columns.count, model->indexes.count, model->relations.count,
                          model->embed_count, model->number);
    toasty__emit_c(e, "    .size = sizeof(${Model}),\n"
                      "    .new_size = sizeof(${Model}New),\n"
                      "    .new_end_offset = offsetof(${Model}New, end_),\n"
                      "    .find = ${model}_find_,\n"
                      "};\n");
}

/* A number that changes when the models do. */
static uint32_t version_of(const derive_schema *schema)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < schema->models.count; i++) {
        const derive_model *model = schema->models.items[i];
        for (size_t j = 0; j < model->columns.count; j++) {
            const derive_column *column = model->columns.items[j];
            const char *parts[] = {model->table, column->column, column->member->c_type,
                                   column->null_column ? "?" : "!"};
            for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
                for (const char *c = parts[p]; *c; c++)
                    hash = (hash ^ (unsigned char)*c) * 16777619u;
        }
    }
    return hash;
}

void toasty__emit_schema(derive_emitter *e)
{
    const derive_schema *schema = e->schema;
    toasty__emit_c(e, "\n/* --- the schema --- */\n");
    for (size_t i = 0; i < schema->models.count; i++)
        toasty__emit_c_format(e, "extern const toasty_model %s_model_;\n", schema->models.items[i]->prefix);
    for (size_t t = 0; t < schema->targets.count; t++)
        toasty__emit_c_format(e, "extern const struct toasty_driver toasty_%s_driver;\n",
                              schema->targets.items[t]->target);
    toasty__emit_c(e, "\nstatic const toasty_model *const ${schema}_models_[] = {\n");
    for (size_t i = 0; i < schema->models.count; i++)
        toasty__emit_c_format(e, "    &%s_model_,\n", schema->models.items[i]->prefix);
    toasty__emit_c(e, "};\n\nstatic const struct toasty_driver *const ${schema}_drivers_[] = {\n");
    for (size_t t = 0; t < schema->targets.count; t++)
        toasty__emit_c_format(e, "    &toasty_%s_driver,\n", schema->targets.items[t]->target);
    toasty__emit_c(e, "};\n\n"
                      "const toasty_schema ${schema}_schema = {\n"
                      "    .abi = TOASTY_ABI,\n");
    toasty__emit_c_format(e, "    .version = 0x%08xu,\n", (unsigned)version_of(schema));
    toasty__emit_c(e, "    .name = \"${schema}\",\n"
                      "    .models = ${schema}_models_,\n");
    toasty__emit_c_format(e, "    .model_count = %zu,\n", schema->models.count);
    toasty__emit_c(e, "    .drivers = ${schema}_drivers_,\n");
    toasty__emit_c_format(e, "    .driver_count = %zu,\n};\n", schema->targets.count);
}
