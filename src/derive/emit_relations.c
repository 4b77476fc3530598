/* Relations of a model: includes, the change of a belongs_to, and the calls that read and write inside a
 * relation. */
#include "derive/emit.h"

static void emit_include(derive_emitter *e)
{
    toasty__emit_macro(
        e, &(derive_macro){
               .name = "${model}_with_${relation}",
               .parameters = "...",
               .expression =
                   "\\\n    ((${model}_include){.include = {.relation = &${model}_relations_[${number}], "
                   ".options = &(const ${Target}Find){.end_ = 0, __VA_ARGS__}}})"});
}

/* The change of a belongs_to; its key may be part of the model's own, which never changes. */
static void emit_change(derive_emitter *e, const derive_relation *relation)
{
    for (size_t i = 0; i < relation->own.count; i++)
        if (relation->own.items[i]->key)
            return;
    toasty__emit_macro(
        e, &(derive_macro){
               .name = "${model}_${relation}_set",
               .parameters = "other_",
               .expression =
                   "((${model}_change){.change = {.field = ${number}, .kind = TOASTY_CHANGE_LINK, .operand "
                   "= toasty__pointer((const ${Target} *){other_})}})",
               .comment = relation->required ? "a record" : "a record; NULL: none"});
}

/* --- calls --- */

#define OF_RECORD ".relation = &${model}_relations_[${number}], .owner = (const ${Model} *){${arg0}}"

/* A call on what belongs to a record; `members` follow those that say so. */
typedef struct owned {
    const char *name, *comment, *kind, *options, *members;
    derive_gives gives;
} owned;

static void emit_owned(derive_emitter *e, const owned *o)
{
    toasty__emit_call(e, &(derive_call){.comment = o->comment,
                                        .gives = o->gives,
                                        .Of = "${Target}",
                                        .of = "${target}",
                                        .name = o->name,
                                        .arguments = {{"const ${Model} *", "record"}},
                                        .argument_count = 1,
                                        .trailing = DERIVE_OPTIONS,
                                        .options = o->options,
                                        .kind = o->kind,
                                        .members = o->members});
}

static void emit_to_one(derive_emitter *e)
{
    emit_owned(e, &(owned){.name = "${model}_${relation}",
                           .comment = "Reads it. Free it. NULL: not_found.",
                           .gives = DERIVE_GIVES_RECORD,
                           .kind = "GET",
                           .options = "${Target}Get",
                           .members = OF_RECORD ", \\\n        TOASTY__FIND(${target}, GET, ${rest})"});
}

static void emit_create(derive_emitter *e)
{
    emit_owned(e,
               &(owned){.name = "${model}_${relation}_create",
                        .comment = "Creates one that belongs to the record: its key is filled in. Free it.",
                        .gives = DERIVE_GIVES_RECORD,
                        .kind = "CREATE",
                        .options = "${Target}New",
                        .members = OF_RECORD ", \\\n        .rows = ${rest}, .row_count = 1"});
}

static void emit_many(derive_emitter *e)
{
    const toasty_capability *can = &e->schema->can;
    emit_owned(e, &(owned){.name = "${model}_${relation}",
                           .comment = "Those that belong to the record. Free the list.",
                           .gives = DERIVE_GIVES_LIST,
                           .kind = "ALL",
                           .options = "${Target}Find",
                           .members = OF_RECORD ", \\\n        TOASTY__FIND(${target}, FIND, ${rest})"});
    if (can->count && can->scan_is_query)
        emit_owned(e, &(owned){.name = "${model}_${relation}_count",
                               .comment = "How many belong to the record, or -1.",
                               .gives = DERIVE_GIVES_CHECK,
                               .kind = "COUNT",
                               .options = "${Target}Match",
                               .members = OF_RECORD ", \\\n        TOASTY__FIND(${target}, MATCH, ${rest})"});
    emit_create(e);
    if (!can->update_where || !can->filter)
        return;
    emit_owned(
        e, &(owned){.name = "${model}_${relation}_update",
                    .comment =
                        "Writes `.set` to those that belong to the record and match. Their number, or -1.",
                    .gives = DERIVE_GIVES_COUNT,
                    .kind = "UPDATE",
                    .options = "${Target}UpdateAll",
                    .members = OF_RECORD ", \\\n        TOASTY__FIND(${target}, UPDATE_ALL, ${rest})"});
    emit_owned(e,
               &(owned){.name = "${model}_${relation}_delete",
                        .comment = "Deletes those that belong to the record and match. Their number, or -1.",
                        .gives = DERIVE_GIVES_COUNT,
                        .kind = "DELETE",
                        .options = "${Target}DeleteAll",
                        .members = OF_RECORD ", \\\n        TOASTY__FIND(${target}, DELETE_ALL, ${rest})"});
}

/* Linking is an update of the other record: its belongs_to is set to this one, or to none. */
static void emit_links(derive_emitter *e, const derive_relation *relation)
{
    derive_variable variables[] = {{"pair", toasty__derive_format(e->memory, "%zu", relation->pair->number)},
                                   {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    derive_call call = {
        .comment =
            "Makes the other record belong to this one; its key in memory follows. 1, or -1: not_found.",
        .gives = DERIVE_GIVES_STATUS,
        .Of = "${Target}",
        .of = "${target}",
        .name = "${model}_${relation}_link",
        .arguments = {{"const ${Model} *", "record"}, {"${Target} *", "other"}},
        .argument_count = 2,
        .kind = "UPDATE",
        .members =
            ".record = (${Target} *){${arg1}}, \\\n        .changes = (const toasty_change[]){{.field = "
            "${pair}, .kind = TOASTY_CHANGE_LINK, .operand = toasty__pointer((const ${Model} "
            "*){${arg0}})}, {.kind = TOASTY_CHANGE_END}}"};
    e->scope = &scope;
    toasty__emit_call(e, &call);
    if (!relation->required) {
        call.name = "${model}_${relation}_unlink";
        call.comment = "Makes the other record belong to none. 1, or -1: not_found, also when it did not "
                       "belong to this one.";
        call.members = OF_RECORD
            ", .record = (${Target} *){${arg1}}, \\\n        .changes = (const toasty_change[]){{.field = "
            "${pair}, .kind = TOASTY_CHANGE_LINK, .operand = toasty__pointer(NULL)}, {.kind = "
            "TOASTY_CHANGE_END}}";
        toasty__emit_call(e, &call);
    }
    e->scope = scope.outer;
}

void toasty__emit_relations(derive_emitter *e, const derive_model *model)
{
    for (size_t i = 0; i < model->relations.count; i++) {
        const derive_relation *relation = model->relations.items[i];
        derive_variable variables[] = {{"relation", relation->name},
                                       {"Target", relation->target->name},
                                       {"target", relation->target->prefix},
                                       {"number", toasty__derive_format(e->memory, "%zu", relation->number)},
                                       {NULL, NULL}};
        derive_scope scope = {.outer = e->scope, .variables = variables};
        e->scope = &scope;
        e->at = relation->at;
        e->origin = toasty__derive_format(e->memory, "relation `%s`", relation->name);
        toasty__emit_h_format(
            e, "\n/* %s: %s%s%s. Loaded by .include = {%s_with_%s()}, in one query for all records. */\n",
            relation->name, relation->target->name, relation->comment ? "; " : "",
            relation->comment ? relation->comment : "", model->prefix, relation->name);
        emit_include(e);
        if (relation->kind == TOASTY_BELONGS_TO)
            emit_change(e, relation);
        if (relation->kind == TOASTY_HAS_MANY) {
            emit_many(e);
            emit_links(e, relation);
        } else {
            emit_to_one(e);
            if (relation->kind == TOASTY_HAS_ONE)
                emit_create(e);
        }
        e->scope = scope.outer;
    }
}
