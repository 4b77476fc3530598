/* The types of a model: values (conditions, orders, changes, includes), …New, options of calls, lists and
 * pages, owners. */
#include "derive/emit/emitter.h"

#include <string.h>

/* Each value is a union, so that its first member names the model in the compiler's message when a value of
 * another model stands in its place, and so that an array of them is an array of what the library reads. */
static void emit_values(derive_emitter *e)
{
    static const struct {
        const char *type, *kind, *library, *member, *text;
    } values[] = {
        {"expr", "condition", "toasty_condition", "condition",
         "A condition. A value: copy it, return it, use it twice."},
        {"order", "ordering", "toasty_order", "order", "What to order by."},
        {"change", "changing", "toasty_change", "change", "What an update does to one field or relation."},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        derive_variable variables[] = {{"type", values[i].type},       {"kind", values[i].kind},
                                       {"library", values[i].library}, {"member", values[i].member},
                                       {"text", values[i].text},       {NULL, NULL}};
        derive_scope scope = {.outer = e->scope, .variables = variables};
        e->scope = &scope;
        toasty__emit_h(e, "/* ${text} */\n"
                          "enum ${model}_${kind} { ${model}_${kind}_ };\n"
                          "typedef union ${model}_${type} {\n"
                          "    enum ${model}_${kind} is;\n"
                          "    ${library} ${member};\n"
                          "} ${model}_${type};\n");
        toasty__emit_name(e, "${model}_${type}");
        toasty__emit_name(e, "${model}_${kind}");
        e->scope = scope.outer;
    }
    toasty__emit_h(e, "/* A relation to load. Borrows its options until the call returns. */\n"
                      "typedef union ${model}_include {\n"
                      "    const struct ${model}_including *is;\n"
                      "    toasty_include include;\n"
                      "} ${model}_include;\n");
    toasty__emit_name(e, "${model}_include");
    toasty__emit_name(e, "${model}_including");
}

/* --- …New --- */

/* What leaving the field out of a create means. */
static const char *when_absent(derive_memory *memory, const derive_column *column)
{
    const derive_member *member = column->member;
    switch (member->on_create.source) {
    case TOASTY_SOURCE_VALUE:
        return toasty__derive_format(memory, "default %s", member->on_create.expression);
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
    switch (member->type) {
    case TOASTY_TYPE_TEXT:
    case TOASTY_TYPE_BYTES:
    case TOASTY_TYPE_UUID:
    case TOASTY_TYPE_DATE:
        return "required";
    case TOASTY_TYPE_BOOL:
        return "left out: false";
    case TOASTY_TYPE_TIMESTAMP:
    case TOASTY_TYPE_TIME:
    case TOASTY_TYPE_DATETIME:
        return "left out: zero";
    default:
        return "left out: 0";
    }
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
    if (relation->kind == TOASTY_BELONGS_TO) {
        toasty__emit_h_format(e, "    const %s *%s; /* fills the key from this record */\n", target, name);
        toasty__emit_h_format(e, "    const %sNew *new_%s; /* creates it first */\n", target, name);
    } else if (relation->kind == TOASTY_HAS_MANY) {
        toasty__emit_h_format(e, "    const %sNew *%s; /* %s_new({...}, {...}): created with it */\n", target,
                              name, relation->target->prefix);
    } else {
        toasty__emit_h_format(e, "    const %sNew *%s; /* %s_new({...}): created with it */\n", target, name,
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
    toasty__emit_h(e,
                   "/* A new row. What the database or Toasty makes is not here. */\nstruct ${Model}New {\n");
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
    toasty__emit_name(e, "${Model}New");
}

/* --- options and results --- */

typedef struct option_struct {
    const char *name, *comment;
    bool where, include, order, query, set, limit, per_page, everything;
} option_struct;

static void emit_option_struct(derive_emitter *e, const option_struct *s)
{
    const toasty_capability *can = &e->schema->can;
    derive_variable variables[] = {{"name", s->name}, {"comment", s->comment}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_h(e, "/* ${comment} */\nstruct ${Model}${name} {\n");
    if (s->where && can->filter)
        toasty__emit_h(e, "    ${model}_expr where;\n");
    if (s->include)
        toasty__emit_h(e, "    ${model}_include include[TOASTY_MAX_INCLUDES];\n");
    if (s->order && can->order)
        toasty__emit_h(e, "    ${model}_order order_by[TOASTY_MAX_ORDERS];\n");
    if (s->query)
        toasty__emit_h(
            e, "    const ${Model}Query *query; /* its conditions, orders and includes come on top */\n");
    if (s->set)
        toasty__emit_h(e, "    ${model}_change set[TOASTY_MAX_SETS];\n");
    if (s->limit)
        toasty__emit_h(e, can->offset ? "    int64_t limit, offset;\n" : "    int64_t limit;\n");
    if (s->per_page)
        toasty__emit_h(e, "    int64_t per_page;\n");
    if (s->everything)
        toasty__emit_h(e, "    bool everything; /* all rows are meant, since there is no condition */\n");
    toasty__emit_h(e, "    char end_;\n};\n");
    toasty__emit_name(e, "${Model}${name}");
    e->scope = scope.outer;
}

static void emit_results(derive_emitter *e)
{
    toasty__emit_h(e, "/* Records in one array. */\n"
                      "struct ${Model}List {\n"
                      "    ${Model} *items;\n"
                      "    size_t len;\n"
                      "    bool loaded;\n"
                      "};\n"
                      "typedef struct ${Model}Page {\n"
                      "    ${Model} *items;\n"
                      "    size_t len;\n"
                      "    bool loaded;\n"
                      "    bool has_next, has_prev;\n"
                      "} ${Model}Page;\n");
    toasty__emit_name(e, "${Model}List");
    toasty__emit_name(e, "${Model}Page");
}

void toasty__emit_types(derive_emitter *e, const derive_model *model)
{
    const toasty_capability *can = &e->schema->can;
    toasty__emit_h(e, "\n/* --- ${Model}: table ${table} --- */\n");
    if (model->comment) {
        toasty__buffer_text(&e->h, "/* ");
        toasty__buffer_text(&e->h, model->comment);
        toasty__buffer_text(&e->h, " */\n");
    }
    toasty__emit_h(e, "\n");
    emit_values(e);
    toasty__emit_h(e, "\n/* Owners: they copy what they are given. Free with toasty_free. */\n"
                      "typedef struct ${Model}Query ${Model}Query;\n"
                      "typedef struct ${Model}Changes ${Model}Changes;\n"
                      "typedef struct ${Model}Draft ${Model}Draft;\n\n");
    toasty__emit_name(e, "${Model}Query");
    toasty__emit_name(e, "${Model}Changes");
    toasty__emit_name(e, "${Model}Draft");
    emit_new(e, model);
    toasty__emit_h(e, "\n");
    emit_option_struct(e, &(option_struct){.name = "Find",
                                           .comment = "Options of reads and of includes.",
                                           .where = true,
                                           .include = true,
                                           .order = true,
                                           .query = true,
                                           .limit = true});
    emit_option_struct(
        e, &(option_struct){.name = "Get", .comment = "Options of reads by key.", .include = true});
    toasty__emit_h(e, "typedef struct ${Model}Paging ${Model}Paging;\n");
    emit_option_struct(e, &(option_struct){.name = "Paging",
                                           .comment = "Options of pages.",
                                           .where = true,
                                           .include = true,
                                           .order = true,
                                           .query = true,
                                           .per_page = true});
    emit_option_struct(
        e, &(option_struct){
               .name = "Match", .comment = "Which rows to count.", .where = true, .query = can->filter});
    emit_option_struct(e, &(option_struct){.name = "UpdateAll",
                                           .comment = "Options of updates of many rows.",
                                           .where = true,
                                           .query = can->filter,
                                           .set = true,
                                           .everything = can->update_where});
    emit_option_struct(e, &(option_struct){.name = "DeleteAll",
                                           .comment = "Options of deletes of many rows.",
                                           .where = true,
                                           .query = can->filter,
                                           .everything = can->update_where});
    emit_results(e);
}
