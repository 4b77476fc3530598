/* The types of a model: …New, the options of calls, and what is the same for every model: values, owners,
 * lists, pages. */
#include "derive/emit/emitter.h"

#include "core/types.h"
#include "derive/base/text.h"

#include <string.h>
#include <toasty/codegen.h>

/* --- …New --- */

/* What leaving the field out of a create means. */
static const char *when_absent(derive_memory *memory, const derive_column *column)
{
    const derive_member *member = column->member;
    switch (member->on_create.source) {
    case TOASTY_SOURCE_VALUE:
        return toasty__derive_format(memory, "default %s",
                                     toasty__derive_in_comment(memory, member->on_create.expression));
    case TOASTY_SOURCE_NOW:
        return "default now";
    default:
        break;
    }
    if (member->explicit_given)
        return "required";
    if (column->nullable)
        return "may be left out";
    if (column->reference)
        return "or the record below";
    if (member->labels)
        return toasty__derive_format(memory, "left out: %s", member->labels->constants.items[0]);
    if (toasty__shows_absence((uint8_t)member->type))
        return "required";
    return member->type == TOASTY_TYPE_BOOL   ? "left out: false"
           : member->type == TOASTY_TYPE_TIME ? "left out: midnight"
                                              : "left out: 0";
}

static void emit_new_column(derive_emitter *e, const derive_column *column)
{
    const derive_member *member = column->member;
    if (column->given == DERIVE_NOT_GIVEN)
        return;
    const char *type = toasty__emit_before_name(e->memory, member->c_type);
    if (column->given == DERIVE_OPTIONAL)
        toasty__emit_h_format(e, "    toasty_opt(%s) %s;", member->c_type, member->name);
    else if (member->optional)
        toasty__emit_h_format(e, "    __typeof__(((%s *)0)->%s) %s;",
                              toasty__derive_expanded(e->memory, e->scope, "${Model}"), member->name,
                              member->name);
    else
        toasty__emit_h_format(e, "    %s%s;", type, member->name);
    toasty__emit_h_format(e, " /* %s%s%s */\n", when_absent(e->memory, column), member->comment ? "; " : "",
                          member->comment ? member->comment : "");
}

static void emit_new_part(derive_emitter *e, const derive_part *part)
{
    const derive_member *member = part->member;
    const char *type =
        member->optional ? toasty__derive_format(e->memory, "__typeof__(((${Model} *)0)->%s) ", member->name)
                         : toasty__emit_before_name(e->memory, member->c_type);
    toasty__emit_h(e, "    ");
    toasty__emit_h(e, type);
    toasty__emit_h_format(e, "%s; /* %s%s%s */\n", member->name,
                          member->optional ? "may be left out" : "required", member->comment ? "; " : "",
                          member->comment ? member->comment : "");
}

static void emit_new_relation(derive_emitter *e, const derive_relation *relation)
{
    const char *target = relation->target->name, *name = relation->name;
    if (relation->via_path)
        return; /* it is only read */
    if (relation->kind == TOASTY_BELONGS_TO) {
        toasty__emit_h_format(e, "    const %s *%s; /* fills the key from this record */\n", target, name);
        toasty__emit_h_format(e, "    const %sRows *new_%s; /* %s_new({...}): created before it */\n", target,
                              name, relation->target->prefix);
    } else if (relation->kind == TOASTY_HAS_MANY) {
        toasty__emit_h_format(e, "    const %sRows *%s; /* %s_new({...}, {...}): created with it */\n",
                              target, name, relation->target->prefix);
    } else {
        toasty__emit_h_format(e, "    const %sRows *%s; /* %s_new({...}): created with it */\n", target, name,
                              relation->target->prefix);
    }
}

static const derive_column *column_of(const derive_model *model, const derive_member *member)
{
    for (size_t i = 0; i < model->columns.count; i++)
        if (model->columns.items[i]->member == member && !model->columns.items[i]->nested)
            return model->columns.items[i];
    return NULL;
}

static const derive_part *part_of(const derive_model *model, const derive_member *member)
{
    for (size_t i = 0; i < model->parts.count; i++)
        if (model->parts.items[i]->member == member && !model->parts.items[i]->nested)
            return model->parts.items[i];
    return NULL;
}

static void emit_new(derive_emitter *e, const derive_model *model)
{
    toasty__emit_h(e, "/* A new row, without the columns that the database or Toasty fills. */\n"
                      "struct ${Model}New {\n");
    for (size_t i = 0; i < model->body->members.count; i++) {
        const derive_member *member = model->body->members.items[i];
        if (member->kind == DERIVE_COLUMN)
            emit_new_column(e, column_of(model, member));
        else if (member->kind == DERIVE_EMBED)
            emit_new_part(e, part_of(model, member));
        else
            emit_new_relation(e, member->relation);
    }
    toasty__emit_h(e, "    char end_;\n};\n");
    toasty__emit_type(e, "${Model}New");
    toasty__emit_type(e, "${Model}Rows");
}

/* --- options --- */

static bool has_changes_of_many(const derive_schema *schema, const derive_model *model)
{
    for (size_t i = 0; i < model->relations.count; i++) {
        const derive_relation *pair = model->relations.items[i]->pair;
        if (pair && pair->kind == TOASTY_HAS_MANY && pair->target == model)
            return true;
    }
    return schema->can.update_where && schema->can.filter;
}

/* What an include can honour: no offset, which would be one for each parent; of one record no order and no
 * limit; and no condition on one that is always there, which would make it NULL. */
const char *toasty__emit_options_of_include(const derive_schema *schema, const derive_relation *relation)
{
    if (relation->kind == TOASTY_HAS_MANY)
        return schema->can.offset ? "Many" : "Find";
    bool always = relation->kind == TOASTY_BELONGS_TO && relation->required;
    return schema->can.filter && !always ? "One" : "Get";
}

static bool is_included_with(const derive_schema *schema, const derive_model *model, const char *options)
{
    for (size_t i = 0; i < schema->models.count; i++) {
        const derive_model *from = schema->models.items[i];
        for (size_t j = 0; j < from->relations.count; j++)
            if (from->relations.items[j]->target == model &&
                strcmp(toasty__emit_options_of_include(schema, from->relations.items[j]), options) == 0)
                return true;
    }
    return false;
}

bool toasty__emit_has_options(const derive_schema *schema, const derive_model *model, const char *options)
{
    if (strcmp(options, "Many") == 0 || strcmp(options, "One") == 0)
        return is_included_with(schema, model, options);
    bool of_changes = strcmp(options, "UpdateAll") == 0 || strcmp(options, "DeleteAll") == 0;
    return !of_changes || has_changes_of_many(schema, model);
}

typedef struct option_struct {
    const char *name;
    bool where, include, order, query, set, limit, offset, per_page, cursor, everything, lock;
} option_struct;

bool toasty__emit_has_no_eager(const derive_schema *schema)
{
    for (size_t i = 0; i < schema->models.count; i++)
        for (size_t j = 0; j < schema->models.items[i]->relations.count; j++)
            if (schema->models.items[i]->relations.items[j]->eager)
                return true;
    return false;
}

static void emit_option_struct(derive_emitter *e, const option_struct *s)
{
    const toasty_capability *can = &e->schema->can;
    const struct {
        bool present;
        const char *text;
    } members[] = {
        {s->where && can->filter, "${model}_expr where;"},
        {s->include,
         toasty__derive_format(e->memory, "${model}_include include[%d];", TOASTY_MAX_INCLUDES + 1)},
        {s->order && can->order,
         toasty__derive_format(e->memory, "${model}_order_by order_by[%d];", TOASTY_MAX_ORDERS + 1)},
        {s->query, "const ${Model}Query *query;"},
        {s->set, toasty__derive_format(e->memory, "${model}_change set[%d];", TOASTY_MAX_SETS + 1)},
        {s->limit, s->offset ? "int64_t limit, offset; /* a limit of 0 is none: toasty_at_most(n) */"
                             : "int64_t limit; /* 0: none; toasty_at_most(n) */"},
        {s->per_page, "int64_t per_page;"},
        {s->cursor, "const char *cursor; /* of another page of this query; NULL: the first page */"},
        {s->everything, "bool everything;"},
        {s->include && toasty__emit_has_no_eager(e->schema),
         "bool no_eager; /* eager relations are not included */"},
        {s->lock && can->row_locks, "toasty_row_lock lock;"},
        {s->lock && can->row_locks, "toasty_lock_wait lock_wait;"},
        {true, "char end_;"},
    };
    derive_variable variables[] = {{"name", s->name}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_type(e, "${Model}${name}");
    toasty__emit_h(e, "struct ${Model}${name} {\n");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (members[i].present)
            toasty__emit_h(e, toasty__derive_format(e->memory, "    %s\n", members[i].text));
    toasty__emit_h(e, "};\n");
    e->scope = scope.outer;
}

static void emit_options(derive_emitter *e, const derive_model *model)
{
    const toasty_capability *can = &e->schema->can;
    const option_struct structs[] = {
        {.name = "Find",
         .where = true,
         .include = true,
         .order = true,
         .query = true,
         .limit = true,
         .offset = can->offset,
         .lock = true},
        {.name = "Get", .include = true, .lock = true},
        {.name = "Many", .where = true, .include = true, .order = true, .query = true, .limit = true},
        {.name = "One", .where = true, .include = true},
        {.name = "Paging",
         .where = true,
         .include = true,
         .order = true,
         .query = true,
         .per_page = true,
         .cursor = true},
        {.name = "Match", .where = true, .query = can->filter},
        {.name = "UpdateAll",
         .where = true,
         .query = can->filter,
         .set = true,
         .everything = can->update_where},
        {.name = "DeleteAll", .where = true, .query = can->filter, .everything = can->update_where},
    };
    toasty__emit_h(e, "\n");
    toasty__emit_comment(e, "Options.");
    for (size_t i = 0; i < sizeof structs / sizeof *structs; i++)
        if (toasty__emit_has_options(e->schema, model, structs[i].name))
            emit_option_struct(e, &structs[i]);
}

static void emit_validate(derive_emitter *e, const derive_model *model)
{
    if (!model->validate)
        return;
    toasty__emit_h(e, "\n");
    toasty__emit_comment(
        e,
        "Yours to write: what is wrong with a ${Model}, by toasty_errors_add(errors, field, rule); "
        "below zero refuses it in any case. Asked before each create, and before "
        "${model}_update with the record as it will be, as far as the program has it; other changes do not "
        "ask. It does not go to the database.");
    toasty__emit_h_format(e, "int %s(const %s *%s, toasty_errors *errors);\n", model->validate, model->name,
                          model->prefix);
}

void toasty__emit_types(derive_emitter *e, const derive_model *model)
{
    static const char *const names[] = {
        "${model}_expr",     "${model}_condition",    "${model}_order_by", "${model}_ordering",
        "${model}_change",   "${model}_changing",     "${model}_include",  "${model}_including",
        "${Model}Query",     "${Model}Changes",       "${Model}Draft",     "${Model}List",
        "${Model}Page",      "${Model}__one",         "${Model}__list",    "${Model}__page",
        "${Model}__batch",   "${Model}__batch_after", "${Model}__update",  "${Model}__model",
        "${Model}__indexes", "${Model}__relations",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        toasty__emit_type(e, names[i]);
    toasty__emit_h(e, "TOASTY__TYPES(${Model}, ${model})\n\n");
    emit_new(e, model);
    emit_validate(e, model);
    emit_options(e, model);
}
