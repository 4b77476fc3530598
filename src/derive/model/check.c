/* Checks over the whole schema: see check.h. */
#include "derive/model/check.h"

#include "base/map.h"
#include "derive/base/text.h"
#include "derive/model/rules.h"
#include "derive/model/stored_names.h"
#include <string.h>

/* --- names that cannot be used --- */

static void check_member_name(derive_schema *schema, const derive_member *member)
{
    size_t length = strlen(member->name);
    if (toasty__derive_is_keyword(member->name))
        toasty__derive_error(schema->diagnostics, member->at,
                             "`%s` is a keyword of C or C++, where the generated header would not compile; "
                             "rename the field and "
                             "keep the column: toasty(column = \"%s\")",
                             member->name, member->name);
    else if (length && member->name[length - 1] == '_')
        toasty__derive_error(schema->diagnostics, member->at,
                             "`%s`: names that end with `_` are reserved for generated code; remove the `_`, "
                             "and keep the column "
                             "with toasty(column = \"%s\")",
                             member->name, member->name);
}

static void check_struct_names(derive_schema *schema, const derive_struct *s)
{
    for (size_t i = 0; i < s->members.count; i++) {
        const derive_member *member = s->members.items[i];
        check_member_name(schema, member);
        if (member->kind == DERIVE_EMBED)
            check_struct_names(schema, member->embed);
    }
}

/* A belongs_to adds `new_<name>` to …New. */
static void check_new_members(derive_schema *schema, const derive_model *model)
{
    for (size_t i = 0; i < model->relations.count; i++) {
        const derive_relation *relation = model->relations.items[i];
        const char *generated = toasty__derive_format(schema->memory, "new_%s", relation->name);
        for (size_t j = 0; relation->kind == TOASTY_BELONGS_TO && j < model->body->members.count; j++) {
            const derive_member *member = model->body->members.items[j];
            if (strcmp(member->name, generated) == 0)
                toasty__derive_error(
                    schema->diagnostics, member->at,
                    "`%s` is what a create calls a new record of the relation `%s`; rename one of the two",
                    generated, relation->name);
        }
    }
}

static void check_model_name(derive_schema *schema, const derive_model *model)
{
    size_t length = strlen(model->name);
    if (strcmp(model->prefix, "toasty") == 0 || strncmp(model->prefix, "toasty_", 7) == 0)
        toasty__derive_error(schema->diagnostics, model->at,
                             "`%s`: names that start with toasty are the library's; rename it", model->name);
    if (model->name[length - 1] == '_')
        toasty__derive_error(schema->diagnostics, model->at,
                             "`%s`: names that end with `_` are reserved for generated code; remove the `_`",
                             model->name);
    for (size_t i = 0; i < model->number; i++)
        if (strcmp(schema->models.items[i]->prefix, model->prefix) == 0)
            toasty__derive_error(schema->diagnostics, model->at,
                                 "`%s` and `%s` both make functions named %s_…; rename one of the two",
                                 schema->models.items[i]->name, model->name, model->prefix);
}

/* --- labels in keys --- */

/* Whether rows are ordered by column number i of the index: those of a primary key always are. */
static bool orders(const derive_index *index, size_t i)
{
    return index->kind == DERIVE_PRIMARY || (index->partition_given && i >= index->partition_count);
}

/* Where labels are text they are in another order than where they are values of a type. */
static void check_ordered_labels(derive_schema *schema, const derive_model *model)
{
    for (size_t i = 0; i < model->indexes.count; i++)
        for (size_t j = 0; j < model->indexes.items[i]->columns.count; j++) {
            const derive_member *member = model->indexes.items[i]->columns.items[j]->member;
            if (member->type == TOASTY_TYPE_ENUM && orders(model->indexes.items[i], j))
                toasty__derive_error(
                    schema->diagnostics, member->at,
                    "`%s`: rows are ordered by this key, and databases do not agree on the order of "
                    "labels; store the enum as its value: toasty(integer)",
                    member->name);
        }
}

/* --- cycles of required keys --- */

typedef struct walk {
    derive_schema *schema;
    const derive_model *start;
    bool *seen; /* by number of the model */
} walk;

/* The required belongs_to that leads back to the start, directly or over other models, or NULL. */
static const derive_relation *leads_back(walk *w, const derive_model *model)
{
    w->seen[model->number] = true;
    for (size_t i = 0; i < model->relations.count; i++) {
        const derive_relation *relation = model->relations.items[i];
        if (relation->kind != TOASTY_BELONGS_TO || !relation->required || !relation->target)
            continue;
        if (relation->target == w->start ||
            (!w->seen[relation->target->number] && leads_back(w, relation->target)))
            return relation;
    }
    return NULL;
}

static void check_cycle(derive_schema *schema, const derive_model *model)
{
    walk w = {.schema = schema, .start = model};
    w.seen = toasty__derive_alloc(schema->memory, schema->models.count * sizeof *w.seen);
    const derive_relation *relation = leads_back(&w, model);
    if (!relation || relation->own.count == 0)
        return;
    const derive_column *key = relation->own.items[0];
    toasty__derive_error(
        schema->diagnostics, relation->at,
        "`%s`: each `%s` needs a `%s` that in turn needs a `%s`, so none could be the first; make the key "
        "optional: toasty_opt(%s) %s;",
        relation->name, model->name, relation->target->name, model->name, key->member->c_type,
        key->member->name);
}

/* It is called with a record of its model. */
static void check_validate(derive_schema *schema, const derive_model *model)
{
    for (size_t i = 0; model->validate && i < model->number; i++) {
        const derive_model *other = schema->models.items[i];
        if (other->validate && strcmp(other->validate, model->validate) == 0)
            toasty__derive_error(
                schema->diagnostics, model->at,
                "`%s`: `%s` looks at records of `%s`; a function of its own does for this model", model->name,
                model->validate, other->name);
    }
}

void toasty__derive_check(derive_schema *schema)
{
    for (size_t i = 0; i < schema->models.count; i++) {
        const derive_model *model = schema->models.items[i];
        check_model_name(schema, model);
        check_struct_names(schema, model->body);
        check_new_members(schema, model);
        check_ordered_labels(schema, model);
        check_cycle(schema, model);
        toasty__derive_check_rules(schema, model);
        check_validate(schema, model);
    }
    for (size_t i = 0; i < schema->views.count; i++) {
        check_model_name(schema, schema->views.items[i]);
        check_struct_names(schema, schema->views.items[i]->body);
    }
    toasty__derive_check_stored_names(schema);
}

/* --- collisions of generated names --- */

static bool is_of_field(const derive_generated *name)
{
    return strncmp(name->origin, "field", 5) == 0;
}

void toasty__derive_check_names(derive_schema *schema, const derive_generated_names *names)
{
    toasty__map map;
    toasty__map_init(&map);
    for (size_t i = 0; i < schema->declared.count; i++) {
        derive_declared *declared = &schema->declared.items[i];
        if (toasty__map_set(&map, declared->name, strlen(declared->name), declared) < 0)
            toasty__derive_out_of_memory();
    }
    for (size_t i = 0; i < names->count; i++) {
        const derive_generated *name = &names->items[i];
        const derive_declared *declared = toasty__map_get(&map, name->name, strlen(name->name));
        if (declared)
            toasty__derive_error(
                schema->diagnostics, declared->at,
                "`%s` is also the name of what is generated for the %s; rename one of the two", name->name,
                name->origin);
    }
    toasty__map_done(&map);

    /* What collides by several names, user_all and user_all_op, is reported once. A type is not what is
     * called by the same name: order_line_order, and order_line_order(db, line). */
    const char *told_before = NULL, *told = NULL;
    toasty__map maps[2];
    toasty__map_init(&maps[0]);
    toasty__map_init(&maps[1]);
    for (size_t i = 0; i < names->count; i++) {
        derive_generated *name = &names->items[i];
        const derive_generated *before =
            toasty__map_get(&maps[name->is_type], name->name, strlen(name->name));
        if (before && before->origin == told_before && name->origin == told)
            continue;
        told_before = before ? before->origin : told_before;
        told = before ? name->origin : told;
        if (before)
            toasty__derive_error(
                schema->diagnostics, name->at, "the %s and the %s both make `%s`; rename one of the two%s",
                before->origin, name->origin, name->name,
                is_of_field(before) || is_of_field(name) ? ", and keep its column with toasty(column = \"…\")"
                                                         : "");
        else if (toasty__map_set(&maps[name->is_type], name->name, strlen(name->name), name) < 0)
            toasty__derive_out_of_memory();
    }
    toasty__map_done(&maps[0]);
    toasty__map_done(&maps[1]);
}
