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

/* The key of a belongs_to may be part of the model's own, which never changes. */
static bool may_change(const derive_relation *belongs_to)
{
    for (size_t i = 0; i < belongs_to->own.count; i++)
        if (belongs_to->own.items[i]->key)
            return false;
    return true;
}

static void emit_change(derive_emitter *e, const derive_relation *relation)
{
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
                                        .trailing = o->options ? DERIVE_OPTIONS : DERIVE_NOTHING,
                                        .options = o->options,
                                        .kind = o->kind,
                                        .members = o->members,
                                        .operation = true});
}

static void emit_one(derive_emitter *e)
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

/* --- has_many --- */

#define FIND_IN_RELATION OF_RECORD ", \\\n        TOASTY__FIND(${target}, FIND, ${rest})"
#define MATCH_IN_RELATION OF_RECORD ", \\\n        TOASTY__FIND(${target}, MATCH, ${rest})"

static void emit_many_reads(derive_emitter *e)
{
    emit_owned(e, &(owned){.name = "${model}_${relation}",
                           .comment = "Those that belong to the record. Free the list.",
                           .gives = DERIVE_GIVES_LIST,
                           .kind = "ALL",
                           .options = "${Target}Find",
                           .members = FIND_IN_RELATION});
    emit_owned(e, &(owned){.name = "${model}_${relation}_first",
                           .comment = "The first that belongs to the record. Free it. NULL: not_found.",
                           .gives = DERIVE_GIVES_RECORD,
                           .kind = "FIRST",
                           .options = "${Target}Find",
                           .members = FIND_IN_RELATION});
    emit_owned(e, &(owned){.name = "${model}_${relation}_get",
                           .comment = "The only one that belongs to the record and matches. Free it. NULL: "
                                      "not_found, too_many_rows.",
                           .gives = DERIVE_GIVES_RECORD,
                           .kind = "GET",
                           .options = "${Target}Find",
                           .members = FIND_IN_RELATION});
    emit_owned(e, &(owned){.name = "${model}_${relation}_count",
                           .comment = "How many belong to the record, or -1.",
                           .gives = DERIVE_GIVES_CHECK,
                           .kind = "COUNT",
                           .options = "${Target}Match",
                           .members = MATCH_IN_RELATION});
    emit_owned(e, &(owned){.name = "${model}_${relation}_exists",
                           .comment = "1 when one belongs to the record, 0 when none does, or -1.",
                           .gives = DERIVE_GIVES_CHECK,
                           .kind = "EXISTS",
                           .options = "${Target}Match",
                           .members = MATCH_IN_RELATION});
}

static void emit_many_writes(derive_emitter *e)
{
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

/* --- links --- */

/* The change that makes a row belong to another record: its belongs_to is set. `operand` is that record. */
#define LINK_TO(operand)                                                                                     \
    ".changes = (const toasty_change[]){{.field = ${pair}, .kind = TOASTY_CHANGE_LINK, .operand = " operand  \
    "}, {.kind = TOASTY_CHANGE_END}}"

static void emit_link(derive_emitter *e)
{
    toasty__emit_call(
        e, &(derive_call){
               .comment = "Makes the other record belong to this one; its key in memory follows. 1, or -1: "
                          "not_found.",
               .gives = DERIVE_GIVES_STATUS,
               .Of = "${Target}",
               .of = "${target}",
               .name = "${model}_${relation}_link",
               .arguments = {{"const ${Model} *", "record"}, {"${Target} *", "other"}},
               .argument_count = 2,
               .kind = "UPDATE",
               .members = ".record = (${Target} *){${arg1}}, \\\n        " LINK_TO(
                   "toasty__linked((const ${Model} *){${arg0}})"),
               .operation = true});
}

static void emit_unlink_of_many(derive_emitter *e)
{
    toasty__emit_call(
        e, &(derive_call){.comment = "Makes the other record belong to none. 1, or -1: not_found, also when "
                                     "it did not belong to this one.",
                          .gives = DERIVE_GIVES_STATUS,
                          .Of = "${Target}",
                          .of = "${target}",
                          .name = "${model}_${relation}_unlink",
                          .arguments = {{"const ${Model} *", "record"}, {"${Target} *", "other"}},
                          .argument_count = 2,
                          .kind = "UPDATE",
                          .members = OF_RECORD
                          ", .record = (${Target} *){${arg1}}, \\\n        " LINK_TO("toasty__pointer(NULL)"),
                          .operation = true});
}

static void emit_unlink_of_one(derive_emitter *e)
{
    emit_owned(
        e,
        &(owned){.name = "${model}_${relation}_unlink",
                 .comment = "Makes the one that belongs to the record belong to none. 1, or -1: not_found.",
                 .gives = DERIVE_GIVES_STATUS,
                 .kind = "UPDATE",
                 .members = OF_RECORD ", \\\n        " LINK_TO("toasty__pointer(NULL)")});
}

/* --- has_one --- */

static void emit_one_writes(derive_emitter *e, const derive_relation *relation)
{
    emit_owned(
        e,
        &(owned){.name = "${model}_${relation}_replace",
                 .comment = relation->required ? "Deletes the one that is there and creates another, all or "
                                                 "nothing. Free it."
                                               : "Unlinks the one that is there and creates another, all or "
                                                 "nothing. Free it.",
                 .gives = DERIVE_GIVES_RECORD,
                 .kind = "CREATE",
                 .options = "${Target}New",
                 .members = OF_RECORD ", .replaces = true, \\\n        .rows = ${rest}, .row_count = 1"});
    toasty__emit_call(
        e, &(derive_call){.comment = "Writes the changes to the one that belongs to the record, without "
                                     "reading it. 1 (0 when none was\n * named), or -1: not_found.",
                          .gives = DERIVE_GIVES_STATUS,
                          .Of = "${Target}",
                          .of = "${target}",
                          .name = "${model}_${relation}_update",
                          .arguments = {{"const ${Model} *", "record"}},
                          .argument_count = 1,
                          .trailing = DERIVE_ARRAY,
                          .options = "${target}_change",
                          .sentinel = "{.change = {.kind = TOASTY_CHANGE_END}}",
                          .kind = "UPDATE",
                          .members = OF_RECORD ", \\\n        .changes = &(${rest})->change",
                          .operation = true});
    emit_owned(e, &(owned){.name = "${model}_${relation}_delete",
                           .comment = "Deletes the one that belongs to the record. 1, or -1: not_found, "
                                      "foreign_key_violation.",
                           .gives = DERIVE_GIVES_STATUS,
                           .kind = "DELETE",
                           .members = OF_RECORD});
}

/* --- all of a relation --- */

static void emit_belongs_to(derive_emitter *e, const derive_relation *relation)
{
    if (may_change(relation))
        emit_change(e, relation);
    toasty__emit_orders_through(e, relation);
    emit_one(e);
}

static void emit_has_many(derive_emitter *e, const derive_relation *relation)
{
    emit_many_reads(e);
    emit_create(e);
    emit_many_writes(e);
    if (may_change(relation->pair))
        emit_link(e);
    if (!relation->required)
        emit_unlink_of_many(e);
}

static void emit_has_one(derive_emitter *e, const derive_relation *relation)
{
    emit_one(e);
    emit_create(e);
    emit_one_writes(e, relation);
    if (may_change(relation->pair))
        emit_link(e);
    if (!relation->required)
        emit_unlink_of_one(e);
}

static void emit_relation(derive_emitter *e, const derive_relation *relation)
{
    static void (*const emitters[])(derive_emitter *, const derive_relation *) = {
        [TOASTY_BELONGS_TO] = emit_belongs_to,
        [TOASTY_HAS_MANY] = emit_has_many,
        [TOASTY_HAS_ONE] = emit_has_one,
    };
    emit_include(e);
    emitters[relation->kind](e, relation);
}

/* The belongs_to that makes the rows of a has_… belong to its owner. */
static const char *pair_number(derive_emitter *e, const derive_relation *relation)
{
    return relation->pair ? toasty__derive_format(e->memory, "%zu", relation->pair->number) : "";
}

void toasty__emit_relations(derive_emitter *e, const derive_model *model)
{
    for (size_t i = 0; i < model->relations.count; i++) {
        const derive_relation *relation = model->relations.items[i];
        derive_variable variables[] = {{"relation", relation->name},
                                       {"Target", relation->target->name},
                                       {"target", relation->target->prefix},
                                       {"number", toasty__derive_format(e->memory, "%zu", relation->number)},
                                       {"pair", pair_number(e, relation)},
                                       {NULL, NULL}};
        derive_scope scope = {.outer = e->scope, .variables = variables};
        e->scope = &scope;
        e->at = relation->at;
        e->origin = toasty__derive_format(e->memory, "relation `%s`", relation->name);
        toasty__emit_h_format(
            e, "\n/* %s: %s%s%s. Loaded by .include = {%s_with_%s()}, in one query for all records. */\n",
            relation->name, relation->target->name, relation->comment ? "; " : "",
            relation->comment ? relation->comment : "", model->prefix, relation->name);
        emit_relation(e, relation);
        e->scope = scope.outer;
    }
}
