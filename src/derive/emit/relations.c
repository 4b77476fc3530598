/* Relations of a model: includes, the change of a belongs_to, and the calls that read and write inside a
 * relation. */
#include "derive/emit/emitter.h"

static void emit_include(derive_emitter *e, const derive_relation *relation)
{
    const char *options = toasty__emit_options_of_include(e->schema, relation);
    toasty__emit_macro(
        e, &(derive_macro){.name = "${model}_with_${relation}",
                           .parameters = "...",
                           .expression = toasty__derive_format(
                               e->memory,
                               "TOASTY__INCLUDE(${Model}, ${model}, ${number}, ${Target}, %s, __VA_ARGS__)",
                               options)});
}

/* Conditions on the related rows: of many, and of the one that there may be. */
typedef struct quantified {
    const char *name, *op, *comment;
} quantified;

static void emit_conditions(derive_emitter *e, const derive_relation *relation)
{
    static const quantified of_many[] = {{"any", "ANY", "without a condition: has any"},
                                         {"none", "NONE", "without a condition: has none"},
                                         {"every", "EVERY", "has none for which it is not true"}},
                            of_one[] = {{"is", "ANY", "without a condition: has one"},
                                        {"is_not", "NONE", "has none, or another one"}};
    bool many = relation->kind == TOASTY_HAS_MANY;
    size_t count = many ? sizeof of_many / sizeof *of_many : sizeof of_one / sizeof *of_one;
    for (size_t i = 0; e->schema->can.related && i < count; i++) {
        const quantified *q = many ? &of_many[i] : &of_one[i];
        toasty__emit_macro(
            e, &(derive_macro){
                   .name = toasty__derive_format(e->memory, "${model}_${relation}_%s", q->name),
                   .parameters = "...",
                   .expression = toasty__derive_format(
                       e->memory, "TOASTY__THROUGH(${model}, ${number}, %s, ${target}, __VA_ARGS__)", q->op),
                   .comment = q->comment});
    }
}

static void emit_related(derive_emitter *e)
{
    toasty__emit_macro(
        e, &(derive_macro){.name = "${model}_${relation}_of",
                           .parameters = "record_",
                           .expression = "TOASTY__RELATED(${Model}, ${number}, ${Target}, record_)",
                           .comment = "NULL: none, or not_loaded"});
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
        e, &(derive_macro){.name = "${model}_${relation}_set",
                           .parameters = "other_",
                           .expression = "TOASTY__CHANGE_LINK(${model}, ${number}, ${Target}, other_)",
                           .comment = relation->required ? "a record" : "a record; NULL: none"});
}

/* --- calls --- */

/* A call on what belongs to a record; the name is what follows "user_todos". */
typedef struct owned {
    const char *name, *comment, *options, *request;
    derive_gives gives;
    bool changes, other; /* also takes changes, or the other record */
} owned;

static void emit_owned(derive_emitter *e, const owned *o)
{
    derive_call call = {
        .comment = o->comment,
        .gives = o->gives,
        .Of = "${Target}",
        .name = toasty__derive_format(e->memory, "${model}_${relation}%s", o->name),
        .arguments = {{"const ${Model} *", "record"}, {"${Target} *", "other"}},
        .argument_count = o->other ? 2 : 1,
        .trailing = o->changes   ? DERIVE_ARRAY
                    : o->options ? DERIVE_OPTIONS
                                 : DERIVE_NOTHING,
        .options = o->changes ? "${target}_change"
                              : toasty__derive_format(e->memory, "${Target}%s", o->options ? o->options : ""),
        .request = o->request};
    toasty__emit_call(e, &call);
}

/* What a call reads or writes of the rows of the relation. */
#define OF(KIND, OPTIONS) "TOASTY__OF(" KIND ", ${Model}, ${number}, ${Target}, " OPTIONS ", ${args})"

static const owned one = {.comment = "Reads it. Free it. NULL: not_found.",
                          .name = "",
                          .gives = DERIVE_GIVES_RECORD,
                          .options = "Get",
                          .request = OF("GET", "Get")};

static const owned create = {.name = "_create",
                             .comment =
                                 "Creates one that belongs to the record: its key is filled in. Free it.",
                             .gives = DERIVE_GIVES_RECORD,
                             .options = "New",
                             .request = "TOASTY__CREATE_OF(${Model}, ${number}, ${Target}, ${args})"};

static const owned link = {.name = "_link",
                           .comment =
                               "Makes the other record belong to this one; its key in memory changes too. "
                               "1, or -1: not_found.",
                           .gives = DERIVE_GIVES_STATUS,
                           .request = "TOASTY__LINK_OF(${Model}, ${Target}, ${pair}, ${args})",
                           .other = true};

/* --- has_many --- */

static const owned many[] = {
    {.name = "",
     .comment = "Those that belong to the record. Free the list.",
     .gives = DERIVE_GIVES_LIST,
     .options = "Find",
     .request = OF("ALL", "Find")},
    {.name = "_first",
     .comment = "The first that belongs to the record. Free it. NULL: not_found.",
     .gives = DERIVE_GIVES_RECORD,
     .options = "Find",
     .request = OF("FIRST", "Find")},
    {.name = "_get",
     .comment =
         "The only one that belongs to the record and matches. Free it. NULL: not_found, too_many_rows.",
     .gives = DERIVE_GIVES_RECORD,
     .options = "Find",
     .request = OF("GET", "Find")},
    {.name = "_count",
     .comment = "How many belong to the record, or -1.",
     .gives = DERIVE_GIVES_COUNT,
     .options = "Match",
     .request = OF("COUNT", "Match")},
    {.name = "_exists",
     .comment = "1 when one belongs to the record, 0 when none does, or -1.",
     .gives = DERIVE_GIVES_COUNT,
     .options = "Match",
     .request = OF("EXISTS", "Match")},
};

static const owned many_writes[] = {
    {.name = "_update",
     .comment = "Writes `.set` to those that belong to the record and match. Their number, or -1.",
     .gives = DERIVE_GIVES_COUNT,
     .options = "UpdateAll",
     .request = OF("UPDATE", "UpdateAll")},
    {.name = "_delete",
     .comment = "Deletes those that belong to the record and match. Their number, or -1.",
     .gives = DERIVE_GIVES_COUNT,
     .options = "DeleteAll",
     .request = OF("DELETE", "DeleteAll")},
};

static const owned unlink_of_many = {
    .name = "_unlink",
    .comment = "Makes the other record belong to none. 1, or -1: not_found, also when it did not belong to "
               "this one.",
    .gives = DERIVE_GIVES_STATUS,
    .request = "TOASTY__UNLINK_OF(${Model}, ${number}, ${Target}, ${pair}, ${args})",
    .other = true};

/* --- has_one --- */

static const owned unlink_of_one = {
    .name = "_unlink",
    .comment = "Makes the one that belongs to the record belong to none. 1, or -1: not_found.",
    .gives = DERIVE_GIVES_STATUS,
    .request = "TOASTY__UNLINK_ONE(${Model}, ${number}, ${Target}, ${pair}, ${args})"};

static void emit_one_writes(derive_emitter *e, const derive_relation *relation)
{
    emit_owned(
        e, &(owned){.name = "_replace",
                    .comment =
                        relation->required
                            ? "Deletes the one that is there and creates another, all or nothing. Free it."
                            : "Unlinks the one that is there and creates another, all or nothing. Free it.",
                    .gives = DERIVE_GIVES_RECORD,
                    .options = "New",
                    .request = "TOASTY__REPLACE_OF(${Model}, ${number}, ${Target}, ${args})"});
    emit_owned(e, &(owned){.name = "_update",
                           .comment =
                               "Writes the changes to the one that belongs to the record, without reading "
                               "it. 1 (0 when all changes are absent), or -1: not_found.",
                           .gives = DERIVE_GIVES_STATUS,
                           .request = "TOASTY__UPDATE_OF(${Model}, ${number}, ${Target}, ${target}, ${args})",
                           .changes = true});
    emit_owned(e, &(owned){.name = "_delete",
                           .comment = "Deletes the one that belongs to the record. 1, or -1: not_found, "
                                      "foreign_key_violation.",
                           .gives = DERIVE_GIVES_STATUS,
                           .request = "TOASTY__DELETE_OF(${Model}, ${number}, ${Target}, ${args})"});
}

/* --- all of a relation --- */

static void emit_belongs_to(derive_emitter *e, const derive_relation *relation)
{
    if (may_change(relation))
        emit_change(e, relation);
    toasty__emit_orders_through(e, relation);
    emit_owned(e, &one);
}

static void emit_has_many(derive_emitter *e, const derive_relation *relation)
{
    for (size_t i = 0; i < sizeof many / sizeof *many; i++)
        emit_owned(e, &many[i]);
    emit_owned(e, &create);
    for (size_t i = 0; i < sizeof many_writes / sizeof *many_writes; i++)
        emit_owned(e, &many_writes[i]);
    if (may_change(relation->pair))
        emit_owned(e, &link);
    if (!relation->required)
        emit_owned(e, &unlink_of_many);
}

static void emit_has_one(derive_emitter *e, const derive_relation *relation)
{
    emit_owned(e, &one);
    emit_owned(e, &create);
    emit_one_writes(e, relation);
    if (may_change(relation->pair))
        emit_owned(e, &link);
    if (!relation->required)
        emit_owned(e, &unlink_of_one);
}

/* One quantifier inside of the other, step by step: none has any, any has any, every has every. */
static void emit_conditions_via(derive_emitter *e, const derive_relation *relation)
{
    static const struct {
        const char *outer, *inner;
        quantified named;
    } all[] = {{"ANY", "ANY", {"any", NULL, "without a condition: has any"}},
               {"NONE", "ANY", {"none", NULL, "without a condition: has none"}},
               {"EVERY", "EVERY", {"every", NULL, "has none for which it is not true"}}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const char *expression = "__VA_ARGS__";
        for (size_t step = relation->via.count; step-- > 0;) {
            const derive_relation *leads = relation->via.items[step];
            expression = toasty__derive_format(
                e->memory, "TOASTY__THROUGH(%s, %zu, %s, %s, %s)", leads->owner->prefix, leads->number,
                step ? all[i].inner : all[i].outer, leads->target->prefix, expression);
        }
        toasty__emit_macro(e, &(derive_macro){.name = toasty__derive_format(
                                                  e->memory, "${model}_${relation}_%s", all[i].named.name),
                                              .parameters = "...",
                                              .expression = expression,
                                              .comment = all[i].named.comment});
    }
}

/* Read, and nothing else; where a target has no conditions on related rows, nothing at all. */
static void emit_via(derive_emitter *e, const derive_relation *relation)
{
    if (!e->schema->can.related)
        return;
    emit_include(e, relation);
    emit_conditions_via(e, relation);
    for (size_t i = 0; i < sizeof many / sizeof *many; i++)
        emit_owned(e, &many[i]);
}

static void emit_relation(derive_emitter *e, const derive_relation *relation)
{
    static void (*const emitters[])(derive_emitter *, const derive_relation *) = {
        [TOASTY_BELONGS_TO] = emit_belongs_to,
        [TOASTY_HAS_MANY] = emit_has_many,
        [TOASTY_HAS_ONE] = emit_has_one,
    };
    if (relation->via_path) {
        emit_via(e, relation);
        return;
    }
    emit_include(e, relation);
    emit_conditions(e, relation);
    if (relation->kind != TOASTY_HAS_MANY)
        emit_related(e);
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
        toasty__emit_chapter(e, relation->name, "${model}_${relation}");
        toasty__emit_h(e, "\n");
        toasty__emit_comment(
            e,
            toasty__derive_format(e->memory, "%s: %s%s%s. Included by %s_with_%s(), in one query.",
                                  relation->name, relation->target->name, relation->comment ? "; " : "",
                                  relation->comment ? relation->comment : "", model->prefix, relation->name));
        emit_relation(e, relation);
        e->scope = scope.outer;
    }
}
