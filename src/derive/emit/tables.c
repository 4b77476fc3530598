/* The constant tables of a model, and checks that its header still is the one that they were made from: a
 * stale file does not compile. */
#include "derive/emit/emitter.h"

#include "core/rules.h"
#include "derive/base/text.h"
#include "derive/model/constant.h"
#include <inttypes.h>
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
        const derive_model *before;
        for (size_t j = 0; !seen && (before = toasty__derive_struct_at(e->schema, j)) && before != model; j++)
            seen = before->header == e->header && uses_enum(before, labels);
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
                                   {"inside", member->inside},
                                   {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_c(e, "TOASTY__SAME_TYPE(${Model}, ${access}${value}, ${type});\n");
    if (member->newtype)
        toasty__emit_c(e, "TOASTY__SAME_TYPE(${Model}, ${access}${value}.value, ${inside});\n");
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
                      "TOASTY__SAME_SIZE(${Model}, ${model}_shape_);\n");
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
        [TOASTY_SOURCE_VERSION] = "TOASTY_SOURCE_VERSION",
    };
    return names[source];
}

/* A whole number as C spells it: worked out here, since C would calculate with the types of its own. */
static const char *number_of(derive_emitter *e, const char *expression)
{
    derive_integer integer;
    if (!toasty__derive_integer(e->schema, expression, &integer))
        return expression;
    if (integer.negative)
        return integer.magnitude > INT64_MAX
                   ? "INT64_MIN"
                   : toasty__derive_format(e->memory, "-%" PRIu64, integer.magnitude);
    return toasty__derive_format(e->memory, integer.magnitude > INT64_MAX ? "%" PRIu64 "u" : "%" PRIu64,
                                 integer.magnitude);
}

/* The initializer of a toasty_value: a constant of a type. is_label: the name of one of an enum. */
static const char *value_of(derive_emitter *e, toasty_type type, bool is_label, const char *expression)
{
    bool real = type == TOASTY_TYPE_F32 || type == TOASTY_TYPE_F64;
    const char *text = type == TOASTY_TYPE_TEXT || is_label || type == TOASTY_TYPE_BOOL
                           ? expression
                           : number_of(e, expression);
    const char *format = type == TOASTY_TYPE_TEXT
                             ? "{.kind = TOASTY_VALUE_TEXT, .len = sizeof(%s) - 1, .as.text = %s}"
                         : type == TOASTY_TYPE_F32 ? "{.kind = TOASTY_VALUE_FLOAT, .as.real = (float)(%s)}"
                         : real                    ? "{.kind = TOASTY_VALUE_FLOAT, .as.real = %s}"
                         : *text != '-' && text[strlen(text) - 1] == 'u'
                             ? "{.kind = TOASTY_VALUE_UINT, .as.unsigned_integer = %s}"
                             : "{.kind = TOASTY_VALUE_INT, .as.integer = %s}";
    return toasty__derive_format(e->memory, format, text, text);
}

static void emit_default(derive_emitter *e, const char *when, const char *member_name,
                         const derive_default *value, toasty_type type, bool is_label)
{
    if (value->source == TOASTY_SOURCE_NONE)
        return;
    toasty__emit_c_format(e, "     .%s = %s,\n", when, source_name(value->source));
    if (value->source == TOASTY_SOURCE_VALUE)
        toasty__emit_c_format(e, "     .%s = %s,\n", member_name,
                              value_of(e, type, is_label, value->expression));
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
        {column->member->sensitive || (column->source && column->source->member->sensitive),
         "TOASTY_FIELD_SENSITIVE"},
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
    toasty__emit_c(e, in_record ? "     .offset = offsetof(${Model}, ${access}.value), "
                                  ".set_offset = offsetof(${Model}, ${access}.set),\n"
                                : "     .offset = offsetof(${Model}, ${access}), "
                                  ".set_offset = TOASTY_NO_OFFSET,\n");
    if (column->given == DERIVE_NOT_GIVEN)
        toasty__emit_c(e, "     .new_offset = TOASTY_NO_OFFSET, "
                          ".new_set_offset = TOASTY_NO_OFFSET},\n");
    else
        toasty__emit_c(e, in_new ? "     .new_offset = offsetof(${Model}New, ${access}.value), "
                                   ".new_set_offset = offsetof(${Model}New, ${access}.set)},\n"
                                 : "     .new_offset = offsetof(${Model}New, ${access}), "
                                   ".new_set_offset = TOASTY_NO_OFFSET},\n");
    e->scope = scope.outer;
}

static void emit_field(derive_emitter *e, const derive_column *column)
{
    const derive_member *member = column->member;
    toasty__emit_c_format(e, "    {.name = \"%s\", .column = \"%s\", .type = TOASTY_TYPE_%s,\n", column->name,
                          column->column, toasty__emit_type_name(member->type));
    emit_flags(e, column);
    emit_default(e, "on_create", "create_value", &member->on_create, member->type, member->labels != NULL);
    emit_default(e, "on_update", "update_value", &member->on_update, member->type, member->labels != NULL);
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
        toasty__emit_c(e, i ? ", ${Model}__field_" : " ${Model}__field_");
        toasty__emit_c(e, model->columns.items[i]->ident);
    }
    toasty__emit_c(e, " };\n\nstatic const toasty_field ${model}_fields_[] = {\n");
    for (size_t i = 0; i < model->columns.count; i++)
        emit_field(e, model->columns.items[i]);
    toasty__emit_c(e, "};\n");
}

/* --- rules, embeds, indexes, relations --- */

/* The type that the operands of a rule have. */
static toasty_type type_of_operand(const derive_member *member, toasty_rule_kind kind)
{
    return kind == TOASTY_RULE_MIN_LENGTH || kind == TOASTY_RULE_MAX_LENGTH ? TOASTY_TYPE_I64 : member->type;
}

static void emit_operands(derive_emitter *e, const derive_member *member, const derive_rule *rule,
                          size_t number)
{
    toasty__emit_c(e, "static const toasty_value ${model}_rule_");
    toasty__emit_c_format(e, "%zu_[] = {", number);
    for (size_t i = 0; i < rule->operands.count; i++)
        toasty__emit_c_format(e, "%s%s", i ? ", " : "",
                              value_of(e, type_of_operand(member, rule->kind), member->labels != NULL,
                                       rule->operands.items[i]));
    toasty__emit_c(e, "};\n");
}

static void emit_rule(derive_emitter *e, const derive_column *column, const derive_rule *rule, size_t number)
{
    toasty__emit_c_format(e, "    {.field = %zu, .kind = TOASTY_RULE_%s, .operand_count = %zu,\n",
                          column->number, toasty__derive_upper(e->memory, toasty__rule_words[rule->kind]),
                          rule->operands.count);
    toasty__emit_c(e, "     .operands = ${model}_rule_");
    toasty__emit_c_format(e, "%zu_, .text = %s},\n", number, toasty__derive_quoted(e->memory, rule->text));
}

static size_t count_rules(const derive_model *model)
{
    size_t count = 0;
    for (size_t i = 0; i < model->columns.count; i++)
        count += model->columns.items[i]->member->rules.count;
    return count;
}

static void emit_rules(derive_emitter *e, const derive_model *model)
{
    size_t number = 0;
    if (!count_rules(model))
        return;
    toasty__emit_c(e, "\n");
    for (size_t i = 0; i < model->columns.count; i++) {
        const derive_member *member = model->columns.items[i]->member;
        for (size_t r = 0; r < member->rules.count; r++)
            emit_operands(e, member, &member->rules.items[r], number++);
    }
    number = 0;
    toasty__emit_c(e, "static const toasty_rule ${model}_rules_[] = {\n");
    for (size_t i = 0; i < model->columns.count; i++) {
        const derive_column *column = model->columns.items[i];
        for (size_t r = 0; r < column->member->rules.count; r++)
            emit_rule(e, column, &column->member->rules.items[r], number++);
    }
    toasty__emit_c(e, "};\n");
}

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
        toasty__emit_c(e, i ? ", ${Of}__field_" : "${Of}__field_");
        toasty__emit_c(e, columns->items[i]->ident);
    }
    toasty__emit_c(e, "};\n");
}

static void emit_indexes(derive_emitter *e, const derive_model *model)
{
    derive_variable variables[] = {{"Of", "${Model}"}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_c(e, "\n");
    for (size_t i = 0; i < model->indexes.count; i++)
        emit_numbers(e, "index", i, &model->indexes.items[i]->columns);
    toasty__emit_c(e, "\nconst toasty_index ${Model}__indexes[] = {\n");
    for (size_t i = 0; i < model->indexes.count; i++) {
        const derive_index *index = model->indexes.items[i];
        toasty__emit_c_format(e, "    {.name = \"%s\"", index->name);
        toasty__emit_c(e, ", .fields = ${model}_");
        toasty__emit_c_format(e, "index_%zu_, .field_count = %zu,\n     .partition_count = %zu", i,
                              index->columns.count, index->partition_count);
        toasty__emit_c(e, index->kind == DERIVE_PRIMARY  ? ", .primary = true, .unique = true},\n"
                          : index->kind == DERIVE_UNIQUE ? ", .unique = true},\n"
                                                         : "},\n");
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

/* Relations one after the other, which may stand in other files. */
static void emit_steps(derive_emitter *e, const char *name, size_t number,
                       const derive_relation *const *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        toasty__emit_c_format(e, "extern const toasty_relation %s__relations[];\n", steps[i]->owner->name);
    toasty__emit_c(e, "static const toasty_relation *const ${model}_");
    toasty__emit_c_format(e, "%s_%zu_[] = {", name, number);
    for (size_t i = 0; i < count; i++)
        toasty__emit_c_format(e, "%s&%s__relations[%zu]", i ? ", " : "", steps[i]->owner->name,
                              steps[i]->number);
    toasty__emit_c(e, "};\n");
}

static const char *via_of(derive_emitter *e, const derive_relation *relation)
{
    return relation->via_path
               ? toasty__derive_format(e->memory, ",\n     .via = ${model}_via_%zu_, .via_count = %zu%s",
                                       relation->number, relation->via.count,
                                       relation->via_unique ? ", .via_unique = true" : "")
               : "";
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
    const char *pair = relation->pair ? toasty__derive_format(e->memory, "&%s__relations[%zu]",
                                                              relation->target->name, relation->pair->number)
                                      : "NULL";
    derive_variable variables[] = {
        {"name", relation->name},
        {"target", relation->target->name},
        {"pair", pair},
        {"number", toasty__derive_format(e->memory, "%zu", relation->number)},
        {"count", toasty__derive_format(e->memory, "%zu", relation->own.count)},
        {"kind", kinds[relation->kind]},
        {"rule", rules[relation->on_delete]},
        {"required", relation->required ? ", .required = true" : ""},
        {"eager", relation->eager ? ", .eager = true" : ""},
        {"loaded", many ? ".loaded" : "_loaded"},
        {"theirs", relation->via_path
                       ? "NULL"
                       : toasty__derive_format(e->memory, "${model}_theirs_%zu_", relation->number)},
        {"new", relation->via_path
                    ? "TOASTY_NO_OFFSET"
                    : toasty__derive_format(e->memory, "offsetof(${Model}New, %s)", relation->name)},
        {"via", via_of(e, relation)},
        {"create", belongs ? toasty__derive_format(e->memory, "offsetof(${Model}New, new_%s)", relation->name)
                           : "TOASTY_NO_OFFSET"},
        {"constraint",
         belongs ? toasty__derive_format(e->memory, ",\n     .constraint = \"%s\"", relation->constraint)
                 : ""},
        {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_c(e, "    {.name = \"${name}\", .kind = ${kind}, .on_delete = ${rule}${required}${eager},\n"
                      "     .owner = &${Model}__model, .target = &${target}__model, .pair = ${pair},\n"
                      "     .own_fields = ${model}_own_${number}_, .their_fields = ${theirs}, "
                      ".field_count = ${count},\n"
                      "     .offset = offsetof(${Model}, ${name}), "
                      ".loaded_offset = offsetof(${Model}, ${name}${loaded}),\n"
                      "     .new_offset = ${new}, .new_create_offset = ${create}${via}${constraint}},\n");
    e->scope = scope.outer;
}

static void emit_relations(derive_emitter *e, const derive_model *model)
{
    if (model->relations.count == 0)
        return;
    derive_variable variables[] = {{"Of", "${Model}"}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_c(e, "\n");
    for (size_t i = 0; i < model->relations.count; i++) {
        const derive_relation *relation = model->relations.items[i];
        emit_numbers(e, "own", i, &relation->own);
        if (relation->via_path)
            emit_steps(e, "via", i, relation->via.items, relation->via.count);
        else
            emit_their_numbers(e, relation);
    }
    toasty__emit_c(e, "\nconst toasty_relation ${Model}__relations[] = {\n");
    for (size_t i = 0; i < model->relations.count; i++)
        emit_relation(e, model->relations.items[i]);
    toasty__emit_c(e, "};\n");
    e->scope = scope.outer;
}

/* --- a view --- */

/* The relations that lead to what members show. */
static void emit_path(derive_emitter *e, const char *of, const derive_column *column, size_t number)
{
    if (column->path.count)
        emit_steps(e, toasty__derive_format(e->memory, "%s_path", of), number, column->path.items,
                   column->path.count);
}

static void emit_member(derive_emitter *e, const char *of, const derive_column *column, size_t number)
{
    static const char *const names[] =
        {
#define NAME_OF(NAME, name) #NAME,
            TOASTY_VIEWED(NAME_OF)
#undef NAME_OF
        },
                             *const units[] = {"NONE",
#define NAME_OF(NAME, name, digits) #NAME,
                                               TOASTY_UNITS(NAME_OF)
#undef NAME_OF
                             };
    toasty__emit_c_format(e, "    {.viewed = TOASTY_VIEWED_%s, .field = %zu",
                          names[column->member->viewed.viewed], column->source->number);
    if (column->unit)
        toasty__emit_c_format(e, ", .unit = TOASTY_UNIT_%s", units[column->unit]);
    if (column->path.count) {
        toasty__emit_c(e, ", .path = ${model}_");
        toasty__emit_c_format(e, "%s_path_%zu_, .path_length = %zu", of, number, column->path.count);
    }
    toasty__emit_c(e, "},\n");
}

/* of: "member" or "group". */
static void emit_members(derive_emitter *e, const char *of, const derive_columns *columns)
{
    if (!columns->count)
        return;
    for (size_t i = 0; i < columns->count; i++)
        emit_path(e, of, columns->items[i], i);
    toasty__emit_c(e, "static const toasty_member ${model}_");
    toasty__emit_c_format(e, "%ss_[] = {\n", of);
    for (size_t i = 0; i < columns->count; i++)
        emit_member(e, of, columns->items[i], i);
    toasty__emit_c(e, "};\n");
}

void toasty__emit_view_tables(derive_emitter *e, const derive_model *view)
{
    toasty__emit_c(e, "\n/* --- ${Model} --- */\n");
    emit_enums(e, view);
    emit_shape(e, view);
    emit_fields(e, view);
    toasty__emit_c(e, "\n");
    emit_members(e, "member", &view->columns);
    emit_members(e, "group", &view->groups);
    toasty__emit_c_format(e, "extern const toasty_model %s__model;\n", view->of->name);
    toasty__emit_c(e, "static const toasty_view ${model}_view_ = {.of = &");
    toasty__emit_c_format(e, "%s__model, ", view->of->name);
    toasty__emit_c(e, ".members = ${model}_members_");
    if (view->groups.count)
        toasty__emit_c_format(e, ", .group_count = %zu", view->groups.count);
    toasty__emit_c(e, view->groups.count ? ", .groups = ${model}_groups_};\n" : "};\n");
    toasty__emit_c(e, "\nstatic const toasty_layout ${model}_layouts_[TOASTY_LAYOUT_COUNT] = {\n"
                      "    [TOASTY_LAYOUT_Find] = {.where = TOASTY__AT(${Model}Find, where),\n"
                      "        .order_by = TOASTY__AT(${Model}Find, order_by),\n"
                      "        .limit = TOASTY__AT(${Model}Find, limit),\n"
                      "        .offset = TOASTY__AT(${Model}Find, offset)},\n"
                      "    [TOASTY_LAYOUT_Match] = {.where = TOASTY__AT(${Model}Match, where)},\n"
                      "};\n"
                      "\nconst toasty_model ${Model}__model = {\n"
                      "    .name = \"${Model}\",\n"
                      "    .table = \"${table}\",\n"
                      "    .fields = ${model}_fields_,\n");
    toasty__emit_c_format(e, "    .field_count = %zu,\n", view->columns.count);
    toasty__emit_c(e, "    .size = sizeof(${Model}),\n"
                      "    .layouts = ${model}_layouts_,\n"
                      "    .view = &${model}_view_,\n"
                      "};\n");
}

/* --- the model --- */

static void emit_validate(derive_emitter *e, const derive_model *model)
{
    if (!model->validate)
        return;
    toasty__emit_c(e, "\nstatic int ${model}_validate_(const void *record, toasty_errors *errors)\n{\n");
    toasty__emit_c_format(e, "    return %s((const %s *)record, errors);\n}\n", model->validate, model->name);
}

void toasty__emit_tables(derive_emitter *e, const derive_model *model)
{
    toasty__emit_c(e, "\n/* --- ${Model} --- */\n");
    emit_enums(e, model);
    emit_shape(e, model);
    emit_fields(e, model);
    emit_rules(e, model);
    emit_validate(e, model);
    emit_embeds(e, model);
    emit_indexes(e, model);
    emit_relations(e, model);
    toasty__emit_c(e, "\nconst toasty_model ${Model}__model = {\n"
                      "    .name = \"${Model}\",\n"
                      "    .table = \"${table}\",\n"
                      "    .fields = ${model}_fields_,\n"
                      "    .indexes = ${Model}__indexes,\n");
    if (model->relations.count)
        toasty__emit_c(e, "    .relations = ${Model}__relations,\n");
    if (model->embed_count)
        toasty__emit_c(e, "    .embeds = ${model}_embeds_,\n");
    toasty__emit_c_format(e, "    .field_count = %zu,\n    .index_count = %zu,\n", model->columns.count,
                          model->indexes.count);
    if (model->relations.count)
        toasty__emit_c_format(e, "    .relation_count = %zu,\n", model->relations.count);
    if (model->embed_count)
        toasty__emit_c_format(e, "    .embed_count = %zu,\n", model->embed_count);
    if (count_rules(model))
        toasty__emit_c_format(e, "    .rules = %s_rules_,\n    .rule_count = %zu,\n", model->prefix,
                              count_rules(model));
    if (model->validate)
        toasty__emit_c(e, "    .validate = ${model}_validate_,\n");
    toasty__emit_c_format(e, "    .ordinal = %zu,\n", model->number);
    toasty__emit_c(e, "    .size = sizeof(${Model}),\n"
                      "    .new_size = sizeof(${Model}New),\n"
                      "    .new_end_offset = offsetof(${Model}New, end_),\n"
                      "    .layouts = ${schema}__layouts,\n"
                      "};\n");
}
