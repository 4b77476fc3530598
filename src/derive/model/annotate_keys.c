/* Annotations of keys and indexes: the fields that find rows. */
#include "derive/model/annotate.h"

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

static void add_composite(const derive_place *p, const derive_word *word, derive_index_kind kind)
{
    derive_composite composite = {.at = word->at, .kind = kind};
    toasty__derive_name_list(p->schema->memory, word, &composite.names);
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
    {"index", DERIVE_ON_MODEL, "index = (a, b)", "an index over several fields; may be given several times",
     model_index},
    {"unique", DERIVE_ON_MODEL, "unique = (a, b)",
     "a unique index over several fields; may be given several times", model_unique},
};
DERIVE_TOPIC(keys, words);
