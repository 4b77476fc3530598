/* The resolver of tables, columns, keys and indexes: see resolve.h. Relations are in relations.c. */
#include "derive/model/resolve.h"

#include "core/names.h"
#include "derive/base/text.h"
#include "derive/model/constant.h"
#include "derive/model/stored_names.h"
#include <string.h>
#include <strings.h>

static void complain(derive_schema *schema, derive_location at, const char *name, const char *what)
{
    toasty__derive_error(schema->diagnostics, at, "`%s`: %s", name, what);
}

/* --- columns --- */

/* Where the walk through embedded structs stands. */
typedef struct nesting {
    const char *name, *ident, *column, *access; /* with what separates them from a member's own, or "" */
    int embed;                                  /* innermost optional embed */
    bool nested;
} nesting;

static bool is_scalar(const derive_member *member)
{
    return member->type != TOASTY_TYPE_TEXT && member->type != TOASTY_TYPE_BYTES &&
           member->type != TOASTY_TYPE_UUID;
}

static void resolve_auto(derive_schema *schema, derive_member *member)
{
    if (!member->automatic)
        return;
    bool given =
        member->on_create.source == TOASTY_SOURCE_VALUE || member->on_update.source == TOASTY_SOURCE_VALUE;
    if (given || member->explicit_given)
        complain(schema, member->at, member->name,
                 "`auto` says what it holds; remove `default`, `on_update` and `explicit`");
    if (member->labels) {
        complain(schema, member->at, member->name, "an enum is not made by `auto`; write default = CONSTANT");
        return;
    }
    switch (member->type) {
    case TOASTY_TYPE_UUID:
        return;
    case TOASTY_TYPE_TIMESTAMP:
        if (strcmp(member->name, "updated_at") == 0)
            member->on_update.source = TOASTY_SOURCE_NOW;
        else if (strcmp(member->name, "created_at") != 0)
            complain(schema, member->at, member->name,
                     "only created_at and updated_at are `auto`; write default = now or on_update = now");
        member->on_create.source = TOASTY_SOURCE_NOW;
        return;
    case TOASTY_TYPE_I16:
    case TOASTY_TYPE_I32:
    case TOASTY_TYPE_I64:
    case TOASTY_TYPE_U16:
    case TOASTY_TYPE_U32:
    case TOASTY_TYPE_U64:
        member->on_create.source = TOASTY_SOURCE_SEQUENCE;
        return;
    default:
        complain(
            schema, member->at, member->name,
            "`auto` makes integers of 16 bits and more, toasty_uuid and toasty_timestamp; use default = …");
    }
}

/* What counts the changes of a row begins with 1, and nobody gives it. */
static void resolve_version(derive_schema *schema, derive_member *member)
{
    if (!member->version)
        return;
    bool counts = member->type == TOASTY_TYPE_I32 || member->type == TOASTY_TYPE_I64 ||
                  member->type == TOASTY_TYPE_U32 || member->type == TOASTY_TYPE_U64;
    if (!counts || member->labels || member->optional || member->null)
        complain(schema, member->at, member->name,
                 "a `version` is an integer of 32 bits or more that is always there; write toasty(version) "
                 "uint64_t");
    if (member->key || member->automatic || member->explicit_given || member->on_create.source ||
        member->on_update.source)
        complain(schema, member->at, member->name,
                 "a `version` begins with 1 and counts by itself: it is no key, and takes no `auto`, "
                 "`default`, `on_update` or `explicit`");
    member->automatic = true;
    member->on_create = (derive_default){
        .source = counts && !member->labels ? TOASTY_SOURCE_VALUE : TOASTY_SOURCE_NONE, .expression = "1"};
    member->on_update = (derive_default){.source = TOASTY_SOURCE_VERSION};
}

static void resolve_null(derive_schema *schema, const derive_member *member)
{
    bool has_null = member->type == TOASTY_TYPE_TEXT || member->type == TOASTY_TYPE_BYTES;
    if (member->optional && has_null)
        toasty__derive_error(schema->diagnostics, member->at,
                             "`%s`: %s already means absent; write toasty(null) %s%s%s;", member->name,
                             member->type == TOASTY_TYPE_TEXT ? "NULL" : "data = NULL", member->c_type,
                             member->type == TOASTY_TYPE_TEXT ? "" : " ", member->name);
    else if (member->null && !has_null)
        toasty__derive_error(schema->diagnostics, member->at,
                             "`%s`: in C, %s is never absent; write toasty_opt(%s) %s;", member->name,
                             member->c_type, member->c_type, member->name);
    else if ((member->null || member->optional) && member->key)
        complain(schema, member->at, member->name, "a key is never absent; remove `null` or toasty_opt");
}

/* A create is a write: what every update writes is in a new row too, where that cannot be absent. */
static void resolve_on_update(derive_member *member)
{
    bool required = !member->optional && !member->null && !member->explicit_given && !member->automatic;
    if (required && member->on_create.source == TOASTY_SOURCE_NONE)
        member->on_create = member->on_update;
}

static derive_given given_of(derive_schema *schema, const derive_member *member, bool nested)
{
    if (member->automatic)
        return DERIVE_NOT_GIVEN;
    bool has_default = member->on_create.source != TOASTY_SOURCE_NONE && !member->on_create.is_zero;
    if (member->optional || !is_scalar(member)) {
        if (member->explicit_given)
            complain(schema, member->at, member->name,
                     "`explicit` is for scalars, which C cannot leave out; this one is required, or absent, "
                     "already");
        return DERIVE_AS_RECORD;
    }
    if (!has_default && !member->explicit_given)
        return DERIVE_AS_RECORD;
    if (has_default && member->explicit_given)
        complain(schema, member->at, member->name, "a field is `explicit` or has a default, not both");
    if (!nested)
        return DERIVE_OPTIONAL;
    complain(schema, member->at, member->name,
             "in an embedded struct a scalar cannot be left out, so it has no default; use toasty_opt(…), or "
             "a default of 0");
    return DERIVE_AS_RECORD;
}

static void nested_words(derive_schema *schema, const derive_member *member)
{
    if (member->key || member->automatic || member->version)
        complain(schema, member->at, member->name,
                 "`key`, `auto` and `version` belong in the model itself, not in an embedded struct");
}

static void add_column(derive_schema *schema, derive_model *model, derive_member *member, const nesting *in)
{
    derive_memory *memory = schema->memory;
    if (in->nested)
        nested_words(schema, member);
    else {
        resolve_auto(schema, member);
        resolve_version(schema, member);
    }
    resolve_null(schema, member);
    toasty__derive_resolve_default(schema, member, &member->on_create, "default", member->at);
    toasty__derive_resolve_default(schema, member, &member->on_update, "on_update", member->at);
    resolve_on_update(member);

    derive_column *column = toasty__derive_alloc(memory, sizeof *column);
    column->member = member;
    column->name = toasty__derive_format(memory, "%s%s", in->name, member->name);
    column->ident = toasty__derive_format(memory, "%s%s", in->ident, member->name);
    column->column =
        toasty__derive_format(memory, "%s%s", in->column, member->column ? member->column : member->name);
    column->access = toasty__derive_format(memory, "%s%s", in->access, member->name);
    column->number = model->columns.count;
    column->embed = in->embed;
    column->nested = in->nested;
    column->nullable = member->null || member->optional;
    column->null_column = column->nullable || in->embed >= 0;
    column->key = member->key;
    column->given = given_of(schema, member, in->nested);
    DERIVE_PUSH(memory, &model->columns, column);
}

static void add_members(derive_schema *schema, derive_model *model, const derive_struct *s,
                        const nesting *in);

static void add_part(derive_schema *schema, derive_model *model, const derive_member *member,
                     const nesting *in)
{
    derive_memory *memory = schema->memory;
    derive_part *part = toasty__derive_alloc(memory, sizeof *part);
    part->member = member;
    part->name = toasty__derive_format(memory, "%s%s", in->name, member->name);
    part->ident = toasty__derive_format(memory, "%s%s", in->ident, member->name);
    part->access = toasty__derive_format(memory, "%s%s", in->access, member->name);
    part->first = model->columns.count;
    part->embed = member->optional ? (int)model->embed_count++ : -1;
    part->parent = in->embed;
    part->nested = in->nested;
    DERIVE_PUSH(memory, &model->parts, part);

    nesting inside = {
        .name = toasty__derive_format(memory, "%s.", part->name),
        .ident = toasty__derive_format(memory, "%s_", part->ident),
        .column = toasty__derive_format(memory, "%s%s_", in->column,
                                        member->column ? member->column : member->name),
        .access = toasty__derive_format(memory, "%s%s", part->access, member->optional ? ".value." : "."),
        .embed = member->optional ? part->embed : in->embed,
        .nested = true,
    };
    add_members(schema, model, member->embed, &inside);
    part->count = model->columns.count - part->first;

    bool required = false;
    for (size_t i = part->first; i < model->columns.count; i++)
        required |= !model->columns.items[i]->nullable && model->columns.items[i]->embed == part->embed;
    if (part->count == 0)
        complain(schema, member->at, member->name, "the struct has no fields that a column can hold");
    else if (member->optional && !required)
        complain(schema, member->at, member->name,
                 "all columns of this optional struct may be NULL, so an empty one and none look the same; "
                 "make one of "
                 "its fields required");
}

static void add_members(derive_schema *schema, derive_model *model, const derive_struct *s, const nesting *in)
{
    for (size_t i = 0; i < s->members.count; i++) {
        derive_member *member = s->members.items[i];
        if (member->kind == DERIVE_COLUMN)
            add_column(schema, model, member, in);
        else if (member->kind == DERIVE_EMBED)
            add_part(schema, model, member, in);
    }
}

static void check_columns(derive_schema *schema, const derive_model *model)
{
    enum { MOST_COLUMNS = 4096 }; /* of any database */
    if (model->columns.count > MOST_COLUMNS)
        toasty__derive_error(schema->diagnostics, model->at, "`%s`: a table has at most %d columns, not %zu",
                             model->name, MOST_COLUMNS, model->columns.count);
    size_t limit = toasty__derive_name_limit(schema);
    const derive_column *version = NULL;
    for (size_t i = 0; i < model->columns.count; i++) {
        const derive_column *column = model->columns.items[i];
        if (!*column->column || strlen(column->column) > limit)
            toasty__derive_error(
                schema->diagnostics, column->member->at,
                "`%s`: the name of a column has 1 to %zu bytes; name it with toasty(column = \"…\")",
                column->name, limit);
        bool counts = column->member->version && !column->nested;
        if (version && counts)
            complain(schema, column->member->at, column->name, "a model has one `version`");
        version = counts ? column : version;
    }
}

/* --- keys and indexes --- */

derive_index *toasty__derive_add_index(derive_schema *schema, derive_model *model, derive_index_kind kind,
                                       const derive_columns *columns, derive_location at)
{
    static const toasty__name_kind kinds[] = {[DERIVE_PRIMARY] = TOASTY__NAME_PRIMARY,
                                              [DERIVE_UNIQUE] = TOASTY__NAME_UNIQUE,
                                              [DERIVE_PLAIN] = TOASTY__NAME_INDEX};
    derive_memory *memory = schema->memory;
    derive_index *index = toasty__derive_alloc(memory, sizeof *index);
    const char **names = toasty__derive_alloc(memory, (columns->count + 1) * sizeof *names);
    for (size_t i = 0; i < columns->count; i++)
        names[i] = columns->items[i]->column;
    size_t limit = toasty__derive_name_limit(schema);
    index->at = at;
    index->kind = kind;
    index->columns = *columns;
    index->partition_count = columns->count ? 1 : 0;
    index->name = toasty__name_index(toasty__derive_alloc(memory, limit + 1), limit, kinds[kind],
                                     model->table, names, columns->count);
    index->number = model->indexes.count;
    DERIVE_PUSH(memory, &model->indexes, index);
    return index;
}

/* The columns of the given names; a wrong one is reported and left out. */
static derive_columns columns_named(derive_schema *schema, const derive_model *model,
                                    const derive_names *names, derive_location at)
{
    derive_columns columns = {0};
    for (size_t i = 0; i < names->count; i++) {
        derive_column *column = toasty__derive_find_column(model, names->items[i]);
        if (!column) {
            const char *nearest = toasty__derive_nearest_column(schema->memory, model, names->items[i]);
            toasty__derive_error(schema->diagnostics, at, "`%s` has no field `%s`%s%s%s", model->name,
                                 names->items[i], nearest ? "; did you mean `" : "", nearest ? nearest : "",
                                 nearest ? "`?" : "");
            continue;
        }
        for (size_t j = 0; j < columns.count; j++)
            if (columns.items[j] == column)
                toasty__derive_error(schema->diagnostics, at, "`%s` is twice in the same list; write it once",
                                     column->name);
        DERIVE_PUSH(schema->memory, &columns, column);
    }
    return columns;
}

static bool can_be_key(const derive_column *column)
{
    toasty_type type = column->member->type;
    return !column->null_column && type != TOASTY_TYPE_F32 && type != TOASTY_TYPE_F64 &&
           type != TOASTY_TYPE_BOOL;
}

/* Names of the key's fields, and no others. */
static void check_key_names(derive_schema *schema, const derive_model *model, const derive_index *key,
                            const derive_names *names, const char *word)
{
    for (size_t i = 0; i < names->count; i++) {
        size_t place = 0;
        while (place < key->columns.count && strcmp(key->columns.items[place]->name, names->items[i]) != 0)
            place++;
        if (place == key->columns.count)
            toasty__derive_error(schema->diagnostics, model->at,
                                 "`%s`: `%s` names `%s`, which is no field of its key", model->name, word,
                                 names->items[i]);
    }
}

/* The leading fields of the key that the words `partition` and `local` name, as a count. */
static void resolve_partition(derive_schema *schema, derive_model *model, derive_index *key)
{
    size_t partition = 0, local = 0;
    bool in_order = true;
    check_key_names(schema, model, key, &model->partition_names, "partition");
    check_key_names(schema, model, key, &model->local_names, "local");
    for (size_t i = 0; i < key->columns.count; i++) {
        const derive_column *column = key->columns.items[i];
        bool is_partition = column->member->partition, is_local = column->member->local;
        for (size_t j = 0; j < model->partition_names.count; j++)
            is_partition |= strcmp(model->partition_names.items[j], column->name) == 0;
        for (size_t j = 0; j < model->local_names.count; j++)
            is_local |= strcmp(model->local_names.items[j], column->name) == 0;
        in_order &= !(is_partition && (local || is_local));
        partition += is_partition;
        local += is_local;
    }
    if (partition == 0 && local == 0)
        return;
    if (!in_order || partition + local != key->columns.count || partition == 0)
        complain(schema, model->at, model->name,
                 "with `partition` or `local`, each field of the key is one of them, the partition's first");
    else
        key->partition_count = partition, key->partition_given = true;
}

static bool is_named_as_time(const char *name)
{
    size_t length = strlen(name);
    return length > 3 && strcmp(name + length - 3, "_at") == 0;
}

static void resolve_key(derive_schema *schema, derive_model *model)
{
    derive_columns columns = columns_named(schema, model, &model->key_names, model->at);
    bool by_option = model->key_names.count > 0;
    for (size_t i = 0; i < model->columns.count; i++) {
        derive_column *column = model->columns.items[i];
        if (column->key && !column->nested && !by_option)
            DERIVE_PUSH(schema->memory, &columns, column);
        else if (column->key && by_option)
            complain(schema, column->member->at, column->name,
                     "the model names its key itself; remove one of the two");
        else if ((column->member->partition || column->member->local) && !column->key && !by_option)
            complain(schema, column->member->at, column->name,
                     "`partition` and `local` go on fields of the key; add `key`");
    }
    if (columns.count == 0 && !by_option)
        complain(schema, model->at, model->name,
                 "the model has no key; add `toasty(key, auto) uint64_t id;`");
    if (columns.count > DERIVE_MAX_KEYS)
        complain(schema, model->at, model->name,
                 "a key has at most four fields; use one of its own: toasty(key, auto)");
    for (size_t i = 0; i < columns.count; i++) {
        columns.items[i]->key = true;
        if (columns.items[i]->member->on_update.source != TOASTY_SOURCE_NONE &&
            !columns.items[i]->member->version)
            complain(schema, columns.items[i]->member->at, columns.items[i]->name,
                     "a key never changes; remove `on_update`");
        if (!can_be_key(columns.items[i]))
            complain(schema, columns.items[i]->member->at, columns.items[i]->name,
                     "a key is an integer, text, uuid, enum or time that is never absent");
    }
    derive_index *key = toasty__derive_add_index(schema, model, DERIVE_PRIMARY, &columns, model->at);
    resolve_partition(schema, model, key);
    for (size_t i = 0; i < model->columns.count; i++) {
        const derive_column *column = model->columns.items[i];
        if (column->member->on_create.source != TOASTY_SOURCE_SEQUENCE)
            continue;
        if (!column->key || columns.count != 1)
            complain(schema, column->member->at, column->name,
                     is_named_as_time(column->name)
                         ? "an `auto` integer counts up and is the whole key; a time is toasty_timestamp"
                         : "an integer that counts up is the whole key: toasty(key, auto), and no other key");
        for (size_t t = 0; t < schema->targets.count; t++)
            if (!schema->targets.items[t]->sequence)
                toasty__derive_error(schema->diagnostics, column->member->at,
                                     "`%s`: %s cannot count up; write toasty(key, auto) toasty_uuid %s;",
                                     column->name, schema->targets.items[t]->target, column->member->name);
    }
}

/* NULL after an error. */
static derive_index *add_declared_index(derive_schema *schema, derive_model *model, bool unique,
                                        const derive_columns *columns, derive_location at)
{
    if (columns->count == 0)
        return NULL;
    if (columns->count > DERIVE_MAX_KEYS) {
        complain(schema, at, model->name, "an index has at most four fields");
        return NULL;
    }
    const derive_index *same = toasty__derive_index_over(model, columns, true);
    if (!same)
        return toasty__derive_add_index(schema, model, unique ? DERIVE_UNIQUE : DERIVE_PLAIN, columns, at);
    complain(schema, at, columns->items[0]->name,
             same->kind == DERIVE_PRIMARY ? "this is the key, which has an index and is unique already"
                                          : "these fields have an index already; write one of the two");
    return NULL;
}

static void resolve_composite(derive_schema *schema, derive_model *model, const derive_composite *composite)
{
    derive_columns columns = columns_named(schema, model, &composite->names, composite->at);
    derive_index *index =
        columns.count == composite->names.count
            ? add_declared_index(schema, model, composite->kind == DERIVE_UNIQUE, &columns, composite->at)
            : NULL;
    if (index && composite->partition_count) {
        index->partition_count = composite->partition_count;
        index->partition_given = true;
    }
}

static void resolve_indexes(derive_schema *schema, derive_model *model)
{
    for (size_t i = 0; i < model->columns.count; i++) {
        derive_column *column = model->columns.items[i];
        derive_columns columns = {0};
        DERIVE_PUSH(schema->memory, &columns, column);
        if (column->member->unique || column->member->index)
            add_declared_index(schema, model, column->member->unique, &columns, column->member->at);
        if (column->member->unique && column->member->index)
            complain(schema, column->member->at, column->name,
                     "`unique` is an index already; remove `index`");
    }
    for (size_t i = 0; i < model->composites.count; i++)
        resolve_composite(schema, model, &model->composites.items[i]);
}

/* --- all --- */

static void resolve_table(derive_schema *schema, derive_model *model)
{
    if (!model->table)
        model->table = toasty__derive_plural(schema->memory, model->prefix);
    size_t limit = toasty__derive_name_limit(schema);
    if (!*model->table || strlen(model->table) > limit)
        toasty__derive_error(
            schema->diagnostics, model->at,
            "`%s`: the name of a table has 1 to %zu bytes; name it: toasty_model(%s, table = \"…\")",
            model->name, limit, model->name);
    for (size_t i = 0; i < model->number; i++)
        if (strcasecmp(schema->models.items[i]->table, model->table) == 0)
            toasty__derive_error(
                schema->diagnostics, model->at,
                "`%s` and `%s` are both table `%s`; name one: toasty_model(%s, table = \"…\")",
                schema->models.items[i]->name, model->name, model->table, model->name);
}

void toasty__derive_resolve(derive_schema *schema)
{
    toasty__derive_name_types(schema);
    for (size_t i = 0; i < schema->models.count; i++) {
        derive_model *model = schema->models.items[i];
        nesting top = {.name = "", .ident = "", .column = "", .access = "", .embed = -1};
        resolve_table(schema, model);
        add_members(schema, model, model->body, &top);
        check_columns(schema, model);
        resolve_key(schema, model);
        resolve_indexes(schema, model);
    }
    toasty__derive_resolve_relations(schema);
    toasty__derive_resolve_views(schema);
}
