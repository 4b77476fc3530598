/* Annotations of relations. */
#include "derive/model/annotate.h"
#include "schema/schema.h"

#include <string.h>

static void apply_relation_key(const derive_place *p, const derive_word *word)
{
    if (toasty__derive_needs_value(p, word, "key = author_id"))
        toasty__derive_name_list(p->schema->memory, word, &p->relation->key_names);
}

static void apply_references(const derive_place *p, const derive_word *word)
{
    if (toasty__derive_needs_value(p, word, "references = id"))
        toasty__derive_name_list(p->schema->memory, word, &p->relation->reference_names);
}

static void apply_pair(const derive_place *p, const derive_word *word)
{
    if (toasty__derive_needs_value(p, word, "pair = author"))
        p->relation->pair_name = word->value;
}

static void apply_via(const derive_place *p, const derive_word *word)
{
    if (p->relation->kind != TOASTY_HAS_MANY)
        toasty__derive_complain(p, word, "`via` is for toasty_has_many: it may find several");
    else if (toasty__derive_needs_value(p, word, "via = todos.category"))
        p->relation->via_path = word->value;
}

static void apply_eager(const derive_place *p, const derive_word *word)
{
    p->relation->eager |= toasty__derive_takes_no_value(p, word);
}

static void apply_on_delete(const derive_place *p, const derive_word *word)
{
    for (size_t i = 0; word->value && toasty__schema_rule_name(i); i++) {
        if (strcmp(word->value, toasty__schema_rule_name(i)) == 0) {
            p->relation->on_delete = (toasty_delete_rule)i;
            p->relation->delete_given = true;
            return;
        }
    }
    toasty__derive_complain(p, word, "`on_delete` is restrict, cascade or set_null: on_delete = restrict");
}

static const derive_annotation words[] = {
    {"key", DERIVE_ON_BELONGS_TO, "key = author_id | key = (a, b)",
     "the fields that refer; default: <relation>_id", apply_relation_key},
    {"references", DERIVE_ON_BELONGS_TO, "references = id | references = (a, b)",
     "the fields of the other model that it refers to; default: its key", apply_references},
    {"on_delete", DERIVE_ON_BELONGS_TO, "on_delete = restrict",
     "restrict, cascade (default of a required key) or set_null (default of an optional key)",
     apply_on_delete},
    {"pair", DERIVE_ON_HAS | DERIVE_ON_BELONGS_TO, "pair = relation",
     "the same relation seen from the other model", apply_pair},
    {"via", DERIVE_ON_HAS, "via = todos.category",
     "the records that other relations lead to, one after the other, each of them once: to be read",
     apply_via},
    {"eager", DERIVE_ON_HAS | DERIVE_ON_BELONGS_TO, "eager",
     "each read of the model includes it, unless the call says .no_eager = true", apply_eager},
};
DERIVE_TOPIC(relations, words);
