/* The resolver of relations: keys of belongs_to, pairs of has_many and has_one, delete rules, indexes of
 * foreign keys. */
#include "derive/model/resolve.h"

#include "core/names.h"
#include "derive/model/stored_names.h"
#include <string.h>

static void complain(derive_schema *schema, const derive_relation *relation, const char *what)
{
    toasty__derive_error(schema->diagnostics, relation->at, "`%s`: %s", relation->name, what);
}

/* --- targets --- */

static void resolve_target(derive_schema *schema, derive_relation *relation)
{
    relation->target = toasty__derive_find_model(schema, relation->target_name);
    if (relation->target)
        return;
    for (size_t i = 0; i < schema->foreign.count; i++) {
        const derive_model *model = schema->foreign.items[i];
        if (strcmp(model->name, relation->target_name) == 0) {
            toasty__derive_error(
                schema->diagnostics, relation->at,
                "`%s`: the model `%s` is in %s, which is not among the headers of this schema; add it "
                "to the command",
                relation->name, model->name, model->at.file);
            return;
        }
    }
    const char **known = toasty__derive_alloc(schema->memory, (schema->models.count + 1) * sizeof *known);
    for (size_t i = 0; i < schema->models.count; i++)
        known[i] = schema->models.items[i]->name;
    const char *nearest = toasty__derive_nearest(relation->target_name, known, schema->models.count);
    if (nearest)
        toasty__derive_error(schema->diagnostics, relation->at,
                             "`%s`: there is no model `%s`; did you mean `%s`?", relation->name,
                             relation->target_name, nearest);
    else
        toasty__derive_error(schema->diagnostics, relation->at,
                             "`%s`: there is no model `%s`; declare it with toasty_model(%s) { … };",
                             relation->name, relation->target_name, relation->target_name);
}

/* --- belongs_to --- */

static bool same_type(const derive_column *a, const derive_column *b)
{
    return a->member->type == b->member->type && a->member->labels == b->member->labels &&
           toasty__derive_same_newtype(a->member->newtype, b->member->newtype);
}

/* The fields of the target that are referred to: its key, or what `references` names. */
static bool resolve_references(derive_schema *schema, derive_relation *relation)
{
    const derive_model *target = relation->target;
    if (relation->reference_names.count == 0) {
        relation->theirs = target->indexes.items[0]->columns;
        return relation->theirs.count > 0;
    }
    for (size_t i = 0; i < relation->reference_names.count; i++) {
        derive_column *column = toasty__derive_find_column(target, relation->reference_names.items[i]);
        if (!column) {
            toasty__derive_error(schema->diagnostics, relation->at,
                                 "`%s`: `%s` has no field `%s` that could be referred to", relation->name,
                                 target->name, relation->reference_names.items[i]);
            return false;
        }
        DERIVE_PUSH(schema->memory, &relation->theirs, column);
    }
    const derive_index *index = toasty__derive_index_over(target, &relation->theirs, true);
    if (!index || index->kind == DERIVE_PLAIN) {
        toasty__derive_error(
            schema->diagnostics, relation->at,
            "`%s`: what is referred to must be a key or unique; make `%s` of `%s` toasty(unique)",
            relation->name, relation->reference_names.items[0], target->name);
        return false;
    }
    return true;
}

/* The fields that refer: what `key` names, else <relation>_id, else <relation>_<field of the other key>. */
static bool resolve_own_key(derive_schema *schema, derive_relation *relation)
{
    derive_memory *memory = schema->memory;
    size_t count = relation->theirs.count;
    if (relation->key_names.count && relation->key_names.count != count) {
        toasty__derive_error(
            schema->diagnostics, relation->at,
            "`%s`: %zu fields refer to %zu of `%s`; name as many in `key` as in `references`", relation->name,
            relation->key_names.count, count, relation->target->name);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const derive_column *theirs = relation->theirs.items[i];
        const char *name = toasty__derive_format(memory, "%s_id", relation->name);
        if (relation->key_names.count)
            name = relation->key_names.items[i];
        else if (count > 1 || !toasty__derive_find_column(relation->owner, name))
            name = toasty__derive_format(memory, "%s_%s", relation->name, theirs->ident);
        derive_column *column = toasty__derive_find_column(relation->owner, name);
        if (!column) {
            toasty__derive_error(schema->diagnostics, relation->at,
                                 "`%s` has no field `%s` that refers to `%s`; add `%s%s%s;` or name it: "
                                 "toasty_belongs_to(%s, %s, key = …)",
                                 relation->owner->name, name, relation->target->name, theirs->member->c_type,
                                 theirs->member->type == TOASTY_TYPE_TEXT ? "" : " ", name,
                                 relation->target->name, relation->name);
            return false;
        }
        if (!same_type(column, theirs)) {
            toasty__derive_error(schema->diagnostics, column->member->at,
                                 "`%s` refers to `%s.%s`, which is %s, and is %s; give both the same type",
                                 column->name, relation->target->name, theirs->name, theirs->member->c_type,
                                 column->member->c_type);
            return false;
        }
        DERIVE_PUSH(memory, &relation->own, column);
    }
    return true;
}

static void resolve_delete_rule(derive_schema *schema, derive_relation *relation)
{
    if (!relation->delete_given)
        relation->on_delete = relation->required ? TOASTY_ON_DELETE_CASCADE : TOASTY_ON_DELETE_SET_NULL;
    else if (relation->on_delete == TOASTY_ON_DELETE_SET_NULL && relation->required)
        complain(schema, relation,
                 "on_delete = set_null needs a key that may be absent; make it toasty_opt(…), or write "
                 "restrict or cascade");
}

static void name_constraint(derive_schema *schema, derive_relation *relation)
{
    size_t limit = toasty__derive_name_limit(schema), count = relation->own.count;
    const char **names = toasty__derive_alloc(schema->memory, (count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = relation->own.items[i]->column;
    relation->constraint = toasty__name_index(toasty__derive_alloc(schema->memory, limit + 1), limit,
                                              TOASTY__NAME_FOREIGN, relation->owner->table, names, count);
}

static void resolve_belongs_to(derive_schema *schema, derive_relation *relation)
{
    if (!resolve_references(schema, relation) || !resolve_own_key(schema, relation))
        return;
    relation->required = true;
    for (size_t i = 0; i < relation->own.count; i++) {
        relation->required &= !relation->own.items[i]->null_column;
        relation->own.items[i]->reference = true;
    }
    resolve_delete_rule(schema, relation);
    name_constraint(schema, relation);
    if (!toasty__derive_index_over(relation->owner, &relation->own, false))
        toasty__derive_add_index(schema, relation->owner, DERIVE_PLAIN, &relation->own, relation->at)
            ->implied = true;
}

/* --- has_many, has_one --- */

static bool could_pair(const derive_relation *has, const derive_relation *belongs)
{
    if (belongs->kind != TOASTY_BELONGS_TO || belongs->target != has->owner)
        return false;
    return !belongs->pair_name || strcmp(belongs->pair_name, has->name) == 0;
}

/* Whether the other model has many of this one too. */
static bool has_many_back(const derive_relation *has)
{
    for (size_t i = 0; i < has->target->relations.count; i++) {
        const derive_relation *back = has->target->relations.items[i];
        if (has->kind == TOASTY_HAS_MANY && back->kind == TOASTY_HAS_MANY && back->target == has->owner &&
            back != has)
            return true;
    }
    return false;
}

static derive_relation *find_pair(derive_schema *schema, const derive_relation *has)
{
    const derive_model *target = has->target;
    derive_relation *found = NULL;
    const char *choice = "";
    size_t candidates = 0;
    for (size_t i = 0; i < target->relations.count; i++) {
        derive_relation *belongs = target->relations.items[i];
        if (!could_pair(has, belongs))
            continue;
        if (has->pair_name ? strcmp(has->pair_name, belongs->name) == 0 : true)
            found = belongs, candidates++;
        if (found == belongs)
            choice = toasty__derive_format(schema->memory, "%s%spair = %s", choice,
                                           candidates > 1 ? " or " : "", belongs->name);
    }
    if (candidates == 1)
        return found;
    if (candidates > 1)
        toasty__derive_error(schema->diagnostics, has->at,
                             "`%s`: `%s` belongs to `%s` in several ways; say which one is meant: %s",
                             has->name, target->name, has->owner->name, choice);
    else if (has->pair_name)
        toasty__derive_error(schema->diagnostics, has->at,
                             "`%s`: `%s` has no relation `%s` to `%s`; add toasty_belongs_to(%s, %s) there",
                             has->name, target->name, has->pair_name, has->owner->name, has->owner->name,
                             has->pair_name);
    else if (has_many_back(has))
        toasty__derive_error(
            schema->diagnostics, has->at,
            "`%s`: where both sides have many, write a model between them that belongs to `%s` "
            "and to `%s`; each of these has many of it, and of the other one via that: via = …",
            has->name, has->owner->name, target->name);
    else
        toasty__derive_error(
            schema->diagnostics, has->at,
            "`%s`: `%s` does not belong to `%s`; add toasty_belongs_to(%s, %s) and its key there", has->name,
            target->name, has->owner->name, has->owner->name, has->owner->prefix);
    return NULL;
}

static void resolve_has(derive_schema *schema, derive_relation *has)
{
    if (has->via_path)
        return;
    derive_relation *pair = find_pair(schema, has);
    if (!pair)
        return;
    if (pair->pair) {
        toasty__derive_error(
            schema->diagnostics, has->at,
            "`%s` and `%s` are both the other side of `%s.%s`; one of them needs a pair of its own: pair = …",
            pair->pair->name, has->name, has->target->name, pair->name);
        return;
    }
    pair->pair = has;
    has->pair = pair;
    has->own = pair->theirs;
    has->theirs = pair->own;
    has->required = pair->required;
    has->on_delete = pair->on_delete;
    has->constraint = pair->constraint;
    if (has->kind == TOASTY_HAS_ONE && pair->own.count) {
        const derive_index *index = toasty__derive_index_over(has->target, &pair->own, true);
        if (!index || index->kind == DERIVE_PLAIN)
            toasty__derive_error(schema->diagnostics, pair->own.items[0]->member->at,
                                 "`%s` must be unique, since a `%s` has one `%s`: write toasty(unique)",
                                 pair->own.items[0]->name, has->owner->name, has->name);
    }
}

/* --- via others --- */

/* Is every pair of what the model between refers to there once? */
static bool is_unique_between(const derive_relation *first, const derive_relation *second)
{
    const derive_model *between = first->target;
    for (size_t i = 0; second->kind == TOASTY_BELONGS_TO && i < between->indexes.count; i++) {
        const derive_index *index = between->indexes.items[i];
        bool all = index->kind != DERIVE_PLAIN;
        for (size_t c = 0; c < index->columns.count; c++)
            all = all && (toasty__derive_has_column(&first->theirs, index->columns.items[c]) ||
                          toasty__derive_has_column(&second->own, index->columns.items[c]));
        if (all)
            return true;
    }
    return false;
}

/* The relations of the path, one after the other. NULL after an error; else where they lead. */
static const derive_model *walk_via(derive_schema *schema, derive_relation *has)
{
    const derive_model *at = has->owner;
    for (const char *rest = has->via_path; *rest;) {
        size_t length = strcspn(rest, ".");
        derive_relation *step = toasty__derive_find_relation(at, rest, length);
        if (!step || step->via_path || !step->target) {
            toasty__derive_error(
                schema->diagnostics, has->at, "`%s`: %s %.*s; via names relations: todos.category", has->name,
                step ? "a relation that goes via others cannot be one of them:"
                     : toasty__derive_format(schema->memory, "%s does not have a relation", at->name),
                (int)length, rest);
            return NULL;
        }
        DERIVE_PUSH(schema->memory, &has->via, step);
        at = step->target;
        rest += length + (rest[length] == '.');
    }
    return at;
}

static void resolve_via(derive_schema *schema, derive_relation *has)
{
    if (!has->via_path)
        return;
    const derive_model *end = walk_via(schema, has);
    if (!end)
        return;
    if (has->via.count < 2 || end != has->target) {
        toasty__derive_error(
            schema->diagnostics, has->at, "`%s`: %s leads to `%s`%s", has->name, has->via_path, end->name,
            has->via.count < 2 ? " at once; via is for two relations and more"
                               : toasty__derive_format(schema->memory, ", not to `%s`", has->target->name));
        return;
    }
    if (has->pair_name)
        complain(schema, has, "what goes via others has no pair; remove one of the two words");
    has->own = has->via.items[0]->own;
    has->theirs = has->via.items[0]->theirs;
    has->via_unique = has->via.count == 2 && is_unique_between(has->via.items[0], has->via.items[1]);
}

/* --- eager --- */

enum { MOST_EAGER = 32 }; /* includes that a read has which names none */

/* Do eager relations lead from one model to the other? seen: by the number of a model. */
static bool leads_to(const derive_model *from, const derive_model *to, bool *seen)
{
    if (from == to || seen[from->number])
        return from == to;
    seen[from->number] = true;
    for (size_t i = 0; i < from->relations.count; i++) {
        const derive_relation *next = from->relations.items[i];
        if (next->eager && next->target && leads_to(next->target, to, seen))
            return true;
    }
    return false;
}

/* What the first so many relations of a model include. It stops beyond the most. */
static void count_eager(const derive_model *of, size_t relations, size_t *count)
{
    for (size_t i = 0; i < relations && *count <= MOST_EAGER; i++) {
        const derive_relation *next = of->relations.items[i];
        if (!next->eager || !next->target)
            continue;
        ++*count;
        count_eager(next->target, next->target->relations.count, count);
    }
}

static void check_circle(derive_schema *schema, derive_relation *relation)
{
    if (!relation->eager)
        return;
    bool *seen = toasty__derive_alloc(schema->memory, schema->models.count * sizeof *seen);
    if (leads_to(relation->target, relation->owner, seen))
        toasty__derive_error(schema->diagnostics, relation->at,
                             "`%s`: eager relations lead in a circle, from `%s` back to it, so that a read "
                             "would never end; remove one `eager`, and name that relation in `.include`",
                             relation->name, relation->owner->name);
    if (relation->via_path && !schema->can.related)
        complain(schema, relation, "what goes via others is not read on each of the targets; remove `eager`");
}

/* Told at the relation with which it is too much. */
static void check_most(derive_schema *schema, derive_relation *relation)
{
    size_t before = 0, with = 0;
    count_eager(relation->owner, relation->number, &before);
    count_eager(relation->owner, relation->number + 1, &with);
    if (before <= MOST_EAGER && with > MOST_EAGER)
        toasty__derive_error(schema->diagnostics, relation->at,
                             "`%s`: each read of `%s` would include more than %d relations by itself; remove "
                             "an `eager`, and name that relation in `.include`",
                             relation->name, relation->owner->name, MOST_EAGER);
}

/* --- all --- */

static void each_relation(derive_schema *schema, bool belongs,
                          void (*visit)(derive_schema *, derive_relation *))
{
    for (size_t i = 0; i < schema->models.count; i++) {
        const derive_model *model = schema->models.items[i];
        for (size_t j = 0; j < model->relations.count; j++) {
            derive_relation *relation = model->relations.items[j];
            if (relation->target && (relation->kind == TOASTY_BELONGS_TO) == belongs)
                visit(schema, relation);
        }
    }
}

static void check_pair_name(derive_schema *schema, derive_relation *belongs)
{
    if (belongs->pair_name && !belongs->pair)
        toasty__derive_error(schema->diagnostics, belongs->at,
                             "`%s`: `%s` has no relation `%s` to `%s`; add toasty_has_many(%s, %s) there",
                             belongs->name, belongs->target->name, belongs->pair_name, belongs->owner->name,
                             belongs->owner->name, belongs->pair_name);
}

void toasty__derive_resolve_relations(derive_schema *schema)
{
    for (size_t i = 0; i < schema->models.count; i++)
        for (size_t j = 0; j < schema->models.items[i]->relations.count; j++)
            resolve_target(schema, schema->models.items[i]->relations.items[j]);
    each_relation(schema, true, resolve_belongs_to);
    each_relation(schema, false, resolve_has);
    each_relation(schema, false, resolve_via);
    each_relation(schema, true, check_pair_name);
    each_relation(schema, true, check_circle);
    each_relation(schema, false, check_circle);
    if (schema->diagnostics->list.count) /* a circle has no end either */
        return;
    each_relation(schema, true, check_most);
    each_relation(schema, false, check_most);
}
