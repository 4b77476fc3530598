/* Owners of a model: query objects, lists of changes, drafts. They copy what they are given, and give the
 * library's untyped ones the types of the model. */
#include "derive/emit/emitter.h"

static void emit_list(derive_emitter *e, const derive_macro *macros, size_t count)
{
    for (size_t i = 0; i < count; i++)
        toasty__emit_macro(e, &macros[i]);
}

static void emit_query(derive_emitter *e)
{
    static const derive_macro always[] = {
        {NULL, "${model}_query_include", "query_, include_",
         "TOASTY__QUERY_INCLUDE(${Model}, ${model}, query_, include_)"},
        {NULL, "${model}_query_limit", "query_, limit_",
         "TOASTY__QUERY_NUMBER(${Model}, limit, query_, limit_)"},
    };
    static const derive_macro filter[] = {
        {NULL, "${model}_query_where", "query_, condition_",
         "TOASTY__QUERY_WHERE(${Model}, ${model}, where, query_, condition_)"},
        {NULL, "${model}_query_or_where", "query_, condition_",
         "TOASTY__QUERY_WHERE(${Model}, ${model}, or_where, query_, condition_)"},
        {NULL, "${model}_query_clear_where", "query_", "TOASTY__QUERY_CLEAR(${Model}, where, query_)"},
    };
    static const derive_macro order[] = {
        {NULL, "${model}_query_order_by", "query_, order_",
         "TOASTY__QUERY_ORDER_BY(${Model}, ${model}, query_, order_)"},
        {NULL, "${model}_query_clear_order", "query_", "TOASTY__QUERY_CLEAR(${Model}, order, query_)"},
    };
    static const derive_macro offset = {NULL, "${model}_query_offset", "query_, offset_",
                                        "TOASTY__QUERY_NUMBER(${Model}, offset, query_, offset_)"};
    const toasty_capability *can = &e->schema->can;
    toasty__emit_h(e, "\n");
    toasty__emit_comment(
        e, "A query built step by step and run many times: ${model}_query_new(), .query = query. A "
           "limit of 0 is no row.");
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
        {NULL, "${model}_changes_add", "changes_, change_",
         "TOASTY__CHANGES_ADD(${Model}, ${model}, changes_, change_)"},
    };
    toasty__emit_h(e, "\n");
    toasty__emit_comment(e,
                         "Changes collected one by one: ${model}_changes_new(), ${model}_update(db, record, "
                         "${model}_changes(list)).");
    emit_list(e, macros, sizeof macros / sizeof *macros);
}

/* Sets one field, also to what counts as not given among others. */
static void emit_draft_field(derive_emitter *e, const derive_column *column)
{
    bool null = column->member->type == TOASTY_TYPE_TEXT && column->nullable;
    derive_variable variables[] = {{"field", column->ident},
                                   {"number", toasty__derive_format(e->memory, "%zu", column->number)},
                                   {"make", toasty__emit_maker(e, column, null)},
                                   {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    e->at = column->member->at;
    e->origin = toasty__derive_format(e->memory, "field `%s`", column->name);
    toasty__emit_macro(
        e, &(derive_macro){.name = "${model}_draft_${field}_set",
                           .parameters = "draft_, ...",
                           .expression =
                               "TOASTY__DRAFT_FIELD(${Model}, ${number}, draft_, ${make}, __VA_ARGS__)"});
    e->scope = scope.outer;
}

static void emit_draft(derive_emitter *e, const derive_model *model)
{
    static const derive_macro macros[] = {
        {NULL, "${model}_draft_set", "draft_, ...", "TOASTY__DRAFT_SET(${Model}, draft_, __VA_ARGS__)"},
    };
    toasty__emit_h(e, "\n");
    toasty__emit_comment(e, "A new row built step by step: ${model}_draft_new(), "
                            "${model}_create_draft(db, draft). `set` copies what is given; the setter of a "
                            "field takes every value, 0 and false too.");

    emit_list(e, macros, sizeof macros / sizeof *macros);
    for (size_t i = 0; i < model->columns.count; i++)
        if (model->columns.items[i]->given != DERIVE_NOT_GIVEN)
            emit_draft_field(e, model->columns.items[i]);
    for (size_t i = 0; i < model->relations.count; i++) {
        const derive_relation *relation = model->relations.items[i];
        if (relation->via_path)
            continue;
        derive_variable variables[] = {{"relation", relation->name},
                                       {"Target", relation->target->name},
                                       {"number", toasty__derive_format(e->memory, "%zu", relation->number)},
                                       {NULL, NULL}};
        derive_scope scope = {.outer = e->scope, .variables = variables};
        e->scope = &scope;
        e->at = relation->at;
        e->origin = toasty__derive_format(e->memory, "relation `%s`", relation->name);
        toasty__emit_macro(
            e, &(derive_macro){.name = "${model}_draft_add_${relation}",
                               .parameters = "draft_, rows_",
                               .expression =
                                   "TOASTY__DRAFT_ADD(${Model}, ${number}, ${Target}, draft_, rows_)"});
        e->scope = scope.outer;
    }
    e->at = model->at;
    e->origin = toasty__derive_format(e->memory, "model `%s`", model->name);
}

void toasty__emit_owners(derive_emitter *e, const derive_model *model)
{
    static const char *const families[] = {"query_…", "changes_…", "draft_…"};
    toasty__emit_chapter(e, "owners", "");
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        DERIVE_PUSH(e->memory, &e->chapters.items[e->chapters.count - 1].calls, families[i]);
    emit_query(e);
    emit_changes(e);
    emit_draft(e, model);
}
