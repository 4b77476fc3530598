/* Owners of a model: query objects, lists of changes, drafts. They copy what they are given, and give the
 * library's untyped ones the types of the model. */
#include "derive/emit/emitter.h"

#define QUERY "(toasty_query *)(${Model}Query *){query_}"

static void emit_list(derive_emitter *e, const derive_macro *macros, size_t count)
{
    for (size_t i = 0; i < count; i++)
        toasty__emit_macro(e, &macros[i]);
}

static void emit_query(derive_emitter *e)
{
    static const derive_macro always[] = {
        {"free it; NULL: out_of_memory", "${model}_query_new", "",
         "((${Model}Query *)toasty__query_new(&${model}_model_))"},
        {"free it; NULL: out_of_memory", "${model}_query_clone", "query_",
         "((${Model}Query *)toasty__query_clone((const toasty_query *)(const ${Model}Query *){query_}))"},
        {NULL, "${model}_query_include", "query_, ...",
         "toasty__query_include(" QUERY ", ((const ${model}_include[]){__VA_ARGS__})[0].include)"},
        {NULL, "${model}_query_limit", "query_, limit_", "toasty__query_limit(" QUERY ", limit_)"},
    };
    static const derive_macro filter[] = {
        {"and", "${model}_query_where", "query_, ...",
         "toasty__query_where(" QUERY ", &((const ${model}_expr[]){__VA_ARGS__})[0].condition)"},
        {"all so far, or this", "${model}_query_or_where", "query_, ...",
         "toasty__query_or_where(" QUERY ", &((const ${model}_expr[]){__VA_ARGS__})[0].condition)"},
        {NULL, "${model}_query_clear_where", "query_", "toasty__query_clear_where(" QUERY ")"},
    };
    static const derive_macro order[] = {
        {"after those before", "${model}_query_order_by", "query_, ...",
         "toasty__query_order_by(" QUERY ", ((const ${model}_order[]){__VA_ARGS__})[0].order)"},
        {NULL, "${model}_query_clear_order", "query_", "toasty__query_clear_order(" QUERY ")"},
    };
    static const derive_macro offset = {NULL, "${model}_query_offset", "query_, offset_",
                                        "toasty__query_offset(" QUERY ", offset_)"};
    const toasty_capability *can = &e->schema->can;
    toasty__emit_h(
        e,
        "\n/* A query built step by step and run many times: .query = query. Each step gives 0, or -1. */\n");
    emit_list(e, always, sizeof always / sizeof *always);
    if (can->filter)
        emit_list(e, filter, sizeof filter / sizeof *filter);
    if (can->order)
        emit_list(e, order, sizeof order / sizeof *order);
    if (can->offset)
        emit_list(e, &offset, 1);
}

static void emit_changes(derive_emitter *e)
{
    static const derive_macro macros[] = {
        {"free it; NULL: out_of_memory", "${model}_changes_new", "",
         "((${Model}Changes *)toasty__changes_new(&${model}_model_))"},
        {"0, or -1", "${model}_changes_add", "changes_, ...",
         "toasty__changes_add((toasty_changes *)(${Model}Changes *){changes_}, &((const "
         "${model}_change[]){__VA_ARGS__})[0].change)"},
    };
    toasty__emit_h(
        e, "\n/* Changes collected one by one: ${model}_update(db, record, ${model}_changes(list)). */\n");
    emit_list(e, macros, sizeof macros / sizeof *macros);
}

#define DRAFT "(toasty_draft *)(${Model}Draft *){draft_}"

static void emit_draft(derive_emitter *e, const derive_model *model)
{
    static const derive_macro macros[] = {
        {"free it; NULL: out_of_memory", "${model}_draft_new", "",
         "((${Model}Draft *)toasty__draft_new(&${model}_model_))"},
        {"the fields that are given; 0, or -1", "${model}_draft_set", "draft_, ...",
         "toasty__draft_set(" DRAFT ", &(const ${Model}New){.end_ = 0, __VA_ARGS__})"},
    };
    toasty__emit_h(e, "\n/* A new row built step by step: ${model}_create_draft(db, draft). */\n");
    emit_list(e, macros, sizeof macros / sizeof *macros);
    for (size_t i = 0; i < model->relations.count; i++) {
        const derive_relation *relation = model->relations.items[i];
        derive_variable variables[] = {{"relation", relation->name},
                                       {"Target", relation->target->name},
                                       {"number", toasty__derive_format(e->memory, "%zu", relation->number)},
                                       {NULL, NULL}};
        derive_scope scope = {.outer = e->scope, .variables = variables};
        e->scope = &scope;
        e->at = relation->at;
        e->origin = toasty__derive_format(e->memory, "relation `%s`", relation->name);
        toasty__emit_macro(e, &(derive_macro){.name = "${model}_draft_add_${relation}",
                                              .parameters = "draft_, rows_",
                                              .expression = "toasty__draft_add(" DRAFT
                                                            ", &${model}_relations_[${number}], "
                                                            "(const ${Target}New *){rows_})"});
        e->scope = scope.outer;
    }
    e->at = model->at;
    e->origin = toasty__derive_format(e->memory, "model `%s`", model->name);
}

void toasty__emit_owners(derive_emitter *e, const derive_model *model)
{
    emit_query(e);
    emit_changes(e);
    emit_draft(e, model);
}
