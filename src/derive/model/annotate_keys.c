/* Annotations of keys and indexes: the fields that find rows. */
#include "derive/model/annotate.h"
#include "derive/model/annotations.h"
#include <string.h>

/* --- on a field --- */

static void field_key(const derive_place *p, const derive_word *word)
{
    p->member->key |= toasty__derive_takes_no_value(p, word);
}

static void field_unique(const derive_place *p, const derive_word *word)
{
    p->member->unique |= toasty__derive_takes_no_value(p, word);
}

static void field_index(const derive_place *p, const derive_word *word)
{
    p->member->index |= toasty__derive_takes_no_value(p, word);
}

static void field_partition(const derive_place *p, const derive_word *word)
{
    p->member->partition |= toasty__derive_takes_no_value(p, word);
}

static void field_local(const derive_place *p, const derive_word *word)
{
    p->member->local |= toasty__derive_takes_no_value(p, word);
}

/* --- on a model --- */

static void model_key(const derive_place *p, const derive_word *word)
{
    if (toasty__derive_needs_value(p, word, "key = (tenant_id, number)"))
        toasty__derive_name_list(p->schema->memory, word, &p->model->key_names);
}

static void model_partition(const derive_place *p, const derive_word *word)
{
    if (toasty__derive_needs_value(p, word, "partition = (tenant_id)"))
        toasty__derive_name_list(p->schema->memory, word, &p->model->partition_names);
}

static void model_local(const derive_place *p, const derive_word *word)
{
    if (toasty__derive_needs_value(p, word, "local = (number)"))
        toasty__derive_name_list(p->schema->memory, word, &p->model->local_names);
}

/* The two halves of `index(partition = (a), local = (b))`. False when the word names its fields alone. */
static bool has_halves(const derive_place *p, const derive_word *word, derive_names *partition,
                       derive_names *local)
{
    derive_words items = {0};
    bool halves = false, others = false;
    toasty__derive_split(p->schema->memory, word->value, word->at, &items);
    for (size_t i = 0; i < items.count; i++) {
        const derive_word *item = &items.items[i];
        bool is_partition = item->value && strcmp(item->name, "partition") == 0;
        bool is_local = item->value && strcmp(item->name, "local") == 0;
        if (is_partition || is_local)
            toasty__derive_name_list(p->schema->memory, item, is_partition ? partition : local);
        halves = halves || is_partition || is_local;
        others = others || !(is_partition || is_local);
    }
    if (halves && (others || !partition->count))
        toasty__derive_error(
            p->schema->diagnostics, word->at,
            "`%s` names its fields, or those of its partition and those that sort inside of it: "
            "%s(partition = (a), local = (b))",
            word->name, word->name);
    return halves;
}

static void add_composite(const derive_place *p, const derive_word *word, derive_index_kind kind)
{
    derive_composite composite = {.at = word->at, .kind = kind};
    derive_names local = {0};
    if (!has_halves(p, word, &composite.names, &local))
        toasty__derive_name_list(p->schema->memory, word, &composite.names);
    else
        composite.partition_count = composite.names.count;
    for (size_t i = 0; i < local.count; i++)
        DERIVE_PUSH(p->schema->memory, &composite.names, local.items[i]);
    DERIVE_PUSH(p->schema->memory, &p->model->composites, composite);
}

static void model_index(const derive_place *p, const derive_word *word)
{
    if (toasty__derive_needs_value(p, word, "index = (first, second)"))
        add_composite(p, word, DERIVE_PLAIN);
}

static void model_unique(const derive_place *p, const derive_word *word)
{
    if (toasty__derive_needs_value(p, word, "unique = (first, second)"))
        add_composite(p, word, DERIVE_UNIQUE);
}

/* --- the table --- */

static const derive_annotation words[] = {
    {"key", DERIVE_ON_FIELD, "key", "the primary key; on several fields, they form it in their order",
     field_key},
    {"unique", DERIVE_ON_FIELD, "unique",
     "no two rows have the same value; makes get_by, update_by and delete_by", field_unique},
    {"index", DERIVE_ON_FIELD, "index", "an index; makes accessors by this field", field_index},
    {"partition", DERIVE_ON_FIELD, "partition",
     "on key-value databases: this part of the key finds the partition", field_partition},
    {"local", DERIVE_ON_FIELD, "local",
     "on key-value databases: this part of the key sorts inside a partition", field_local},
    {"key", DERIVE_ON_MODEL, "key = (a, b)", "the fields of the primary key, in their order", model_key},
    {"partition", DERIVE_ON_MODEL, "partition = (a)", "the fields of the key that find the partition",
     model_partition},
    {"local", DERIVE_ON_MODEL, "local = (b)", "the fields of the key that sort inside a partition",
     model_local},
    {"index", DERIVE_ON_MODEL, "index = (a, b)",
     "an index over several fields; may be given several times. On key-value databases the first finds the "
     "partition, or index(partition = (a, b), local = (c)) says which do",
     model_index},
    {"unique", DERIVE_ON_MODEL, "unique = (a, b)",
     "a unique index over several fields; may be given several times", model_unique},
};
DERIVE_TOPIC(keys, words);
