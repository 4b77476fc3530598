/* The table of annotations: see annotations.h. A new word is one line of the table and a handler that notes
 * what it says; what follows from it is worked out by the resolver. */
#include "derive/model/annotations.h"

#include <string.h>

/* Where a word may stand. */
enum {
    ON_FIELD = 1,
    ON_EMBED = 2, /* a field whose type is a struct */
    ON_MODEL = 4,
    ON_HAS = 8, /* has_many, has_one */
    ON_BELONGS_TO = 16,
    ON_CONSTANT = 32 /* of an enum */
};

typedef struct place {
    derive_schema *schema;
    derive_member *member;
    derive_model *model;
    derive_relation *relation;
    const char **label;
} place;

typedef struct annotation {
    const char *name;
    unsigned where;
    const char *syntax;
    const char *summary; /* for words that are not supported yet: what to do instead */
    void (*apply)(const place *place, const derive_word *word); /* NULL: not supported yet */
} annotation;

/* --- handlers --- */

static void complain(const place *p, const derive_word *word, const char *what)
{
    toasty__derive_error(p->schema->diagnostics, word->at, "%s", what);
}

static bool takes_no_value(const place *p, const derive_word *word)
{
    if (!word->value)
        return true;
    toasty__derive_error(p->schema->diagnostics, word->at, "`%s` takes no value; write `%s` alone",
                         word->name, word->name);
    return false;
}

static bool needs_value(const place *p, const derive_word *word, const char *example)
{
    if (word->value && *word->value)
        return true;
    toasty__derive_error(p->schema->diagnostics, word->at, "`%s` needs a value: %s", word->name, example);
    return false;
}

/* "name" or name. */
static const char *plain_name(derive_memory *memory, const char *text)
{
    size_t length = strlen(text);
    if (length >= 2 && text[0] == '"' && text[length - 1] == '"')
        return toasty__derive_text(memory, text + 1, length - 2);
    return text;
}

static void name_list(derive_memory *memory, const derive_word *word, derive_names *names)
{
    derive_words items = {0};
    toasty__derive_split(memory, word->value, word->at, &items);
    for (size_t i = 0; i < items.count; i++)
        DERIVE_PUSH(memory, names, items.items[i].name);
}

static void apply_key(const place *p, const derive_word *word)
{
    if (p->member && takes_no_value(p, word))
        p->member->key = true;
    else if (p->model && needs_value(p, word, "key = (tenant_id, number)"))
        name_list(p->schema->memory, word, &p->model->key_names);
    else if (p->relation && needs_value(p, word, "key = author_id"))
        name_list(p->schema->memory, word, &p->relation->key_names);
}

static void apply_auto(const place *p, const derive_word *word)
{
    derive_member *m = p->member;
    m->automatic = true;
    if (m->type == TOASTY_TYPE_UUID && m->kind == DERIVE_COLUMN) {
        bool v4 = word->value && strcmp(word->value, "v4") == 0;
        m->on_create.source = v4 ? TOASTY_SOURCE_UUID_V4 : TOASTY_SOURCE_UUID_V7;
        if (word->value && !v4 && strcmp(word->value, "v7") != 0)
            complain(p, word, "a uuid is made by `auto`, `auto = v7` or `auto = v4`");
    } else {
        takes_no_value(p, word);
    }
}

static void apply_default(const place *p, const derive_word *word)
{
    if (needs_value(p, word, "default = 5"))
        p->member->on_create = (derive_default){.source = TOASTY_SOURCE_VALUE, .expression = word->value};
}

static void apply_on_update(const place *p, const derive_word *word)
{
    if (needs_value(p, word, "on_update = now"))
        p->member->on_update = (derive_default){.source = TOASTY_SOURCE_VALUE, .expression = word->value};
}

static void apply_null(const place *p, const derive_word *word)
{
    p->member->null |= takes_no_value(p, word);
}

static void apply_explicit(const place *p, const derive_word *word)
{
    p->member->explicit_given |= takes_no_value(p, word);
}

static void apply_partition(const place *p, const derive_word *word)
{
    if (p->member)
        p->member->partition |= takes_no_value(p, word);
    else if (needs_value(p, word, "partition = (tenant_id)"))
        name_list(p->schema->memory, word, &p->model->partition_names);
}

static void apply_local(const place *p, const derive_word *word)
{
    if (p->member)
        p->member->local |= takes_no_value(p, word);
    else if (needs_value(p, word, "local = (number)"))
        name_list(p->schema->memory, word, &p->model->local_names);
}

static void apply_index(const place *p, const derive_word *word)
{
    bool unique = strcmp(word->name, "unique") == 0;
    if (p->member) {
        if (takes_no_value(p, word))
            *(unique ? &p->member->unique : &p->member->index) = true;
    } else if (needs_value(p, word, unique ? "unique = (first, second)" : "index = (first, second)")) {
        DERIVE_PUSH(p->schema->memory, &p->model->composites, *word);
    }
}

/* The C type of the enum decides the integer type; its constants stay what the column may hold. */
static void apply_integer(const place *p, const derive_word *word)
{
    static const toasty_type types[2][5] = {
        {[1] = TOASTY_TYPE_U8, [2] = TOASTY_TYPE_U16, [4] = TOASTY_TYPE_U32},
        {[1] = TOASTY_TYPE_I8, [2] = TOASTY_TYPE_I16, [4] = TOASTY_TYPE_I32},
    };
    derive_member *m = p->member;
    if (!takes_no_value(p, word))
        return;
    if (!m->labels)
        complain(p, word, "`integer` is for enums, which are stored as their labels otherwise; remove it");
    else if (m->labels->size > 4)
        complain(p, word,
                 "an enum of 64 bits, which is no standard C, is stored as its label only; remove `integer`");
    else
        m->type = types[m->labels->is_signed][m->labels->size];
}

static void apply_label(const place *p, const derive_word *word)
{
    if (needs_value(p, word, "label = \"low\""))
        *p->label = plain_name(p->schema->memory, word->value);
}

static void apply_column(const place *p, const derive_word *word)
{
    if (!needs_value(p, word, "column = \"name\""))
        return;
    if (strchr(word->value, ',')) {
        complain(p, word,
                 "the type of a column is not supported yet; write only its name: column = \"name\"");
        return;
    }
    p->member->column = plain_name(p->schema->memory, word->value);
}

static void apply_table(const place *p, const derive_word *word)
{
    if (needs_value(p, word, "table = \"names\""))
        p->model->table = plain_name(p->schema->memory, word->value);
}

static void apply_references(const place *p, const derive_word *word)
{
    if (needs_value(p, word, "references = id"))
        name_list(p->schema->memory, word, &p->relation->reference_names);
}

static void apply_pair(const place *p, const derive_word *word)
{
    if (needs_value(p, word, "pair = author"))
        p->relation->pair_name = word->value;
}

static void apply_on_delete(const place *p, const derive_word *word)
{
    static const char *const rules[] = {
        [TOASTY_ON_DELETE_CASCADE] = "cascade",
        [TOASTY_ON_DELETE_SET_NULL] = "set_null",
        [TOASTY_ON_DELETE_RESTRICT] = "restrict",
    };
    for (size_t i = 0; word->value && i < sizeof rules / sizeof *rules; i++) {
        if (strcmp(word->value, rules[i]) == 0) {
            p->relation->on_delete = (toasty_delete_rule)i;
            p->relation->delete_given = true;
            return;
        }
    }
    complain(p, word, "`on_delete` is restrict, cascade or set_null: on_delete = restrict");
}

/* --- the table --- */

static const annotation annotations[] = {
    {"key", ON_FIELD, "key", "the primary key; on several fields, they form it in their order", apply_key},
    {"auto", ON_FIELD, "auto | auto = v4",
     "made by Toasty: integers count up, a uuid is a new v7 (or v4), created_at and updated_at tell the time",
     apply_auto},
    {"unique", ON_FIELD, "unique", "no two rows have the same value; makes get_by, update_by and delete_by",
     apply_index},
    {"index", ON_FIELD, "index", "an index; makes accessors by this field", apply_index},
    {"null", ON_FIELD, "null", "the column may be NULL (pointers and toasty_bytes; values use toasty_opt(T))",
     apply_null},
    {"default", ON_FIELD, "default = CONSTANT | default = now", "what an absent value becomes in a create",
     apply_default},
    {"on_update", ON_FIELD, "on_update = CONSTANT | on_update = now",
     "what every update writes unless it says otherwise", apply_on_update},
    {"explicit", ON_FIELD, "explicit", "a scalar that must be given in a create, although C would take 0",
     apply_explicit},
    {"column", ON_FIELD | ON_EMBED, "column = \"name\"",
     "name of the column; of an embedded struct: prefix of its columns", apply_column},
    {"integer", ON_FIELD, "integer", "an enum is stored as its value, not as its label", apply_integer},
    {"partition", ON_FIELD, "partition", "on key-value databases: this part of the key finds the partition",
     apply_partition},
    {"local", ON_FIELD, "local", "on key-value databases: this part of the key sorts inside a partition",
     apply_local},

    {"table", ON_MODEL, "table = \"names\"", "name of the table; default: plural of the model's name",
     apply_table},
    {"key", ON_MODEL, "key = (a, b)", "the fields of the primary key, in their order", apply_key},
    {"partition", ON_MODEL, "partition = (a)", "the fields of the key that find the partition",
     apply_partition},
    {"local", ON_MODEL, "local = (b)", "the fields of the key that sort inside a partition", apply_local},
    {"index", ON_MODEL, "index = (a, b)", "an index over several fields; may stand several times",
     apply_index},
    {"unique", ON_MODEL, "unique = (a, b)", "a unique index over several fields; may stand several times",
     apply_index},

    {"key", ON_BELONGS_TO, "key = author_id | key = (a, b)", "the fields that refer; default: <relation>_id",
     apply_key},
    {"references", ON_BELONGS_TO, "references = id | references = (a, b)",
     "the fields of the other model that are meant; default: its key", apply_references},
    {"on_delete", ON_BELONGS_TO, "on_delete = restrict",
     "restrict, cascade (default of a required key) or set_null (default of an optional key)",
     apply_on_delete},
    {"pair", ON_HAS | ON_BELONGS_TO, "pair = relation", "the same relation seen from the other model",
     apply_pair},

    {"label", ON_CONSTANT, "label = \"low\"",
     "the text that is stored; default: the constant's name without what all of them start with",
     apply_label},

    {"version", ON_FIELD, NULL, "leave the word out and compare a field of your own in `.where`", NULL},
    {"document", ON_FIELD | ON_EMBED, NULL, "leave the word out: the struct is stored in columns of its own",
     NULL},
    {"deferred", ON_FIELD | ON_EMBED, NULL, "put the field into a model of its own, with toasty_has_one",
     NULL},
    {"sensitive", ON_FIELD, NULL, "leave the word out; values are never logged", NULL},
    {"collation", ON_FIELD, NULL, "leave the word out; text compares by bytes", NULL},
    {"eager", ON_HAS | ON_BELONGS_TO, NULL, "name the relation in `.include` of each call", NULL},
    {"via", ON_HAS, NULL, "relate the model in between and include it: user_with_todos(.include = { … })",
     NULL},
};

enum { ANNOTATION_COUNT = sizeof annotations / sizeof *annotations };

static const char *place_name(unsigned where)
{
    switch (where) {
    case ON_FIELD:
        return "a field";
    case ON_EMBED:
        return "a field that is a struct";
    case ON_MODEL:
        return "toasty_model(...)";
    case ON_HAS:
        return "toasty_has_many(...) and toasty_has_one(...)";
    case ON_BELONGS_TO:
        return "toasty_belongs_to(...)";
    case ON_CONSTANT:
        return "a constant of an enum";
    default:
        return "a field or a relation";
    }
}

static void unknown_word(const place *p, unsigned where, const derive_word *word)
{
    const char *candidates[ANNOTATION_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < ANNOTATION_COUNT; i++) {
        if (strcmp(annotations[i].name, word->name) == 0) {
            toasty__derive_error(p->schema->diagnostics, word->at, "`%s` stands on %s, not on %s", word->name,
                                 place_name(annotations[i].where), place_name(where));
            return;
        }
        if (annotations[i].where & where)
            candidates[count++] = annotations[i].name;
    }
    const char *nearest = toasty__derive_nearest(word->name, candidates, count);
    if (nearest)
        toasty__derive_error(p->schema->diagnostics, word->at, "unknown annotation `%s`; did you mean `%s`?",
                             word->name, nearest);
    else
        toasty__derive_error(
            p->schema->diagnostics, word->at,
            "unknown annotation `%s`; `toasty derive --help-annotations` lists what may stand on %s",
            word->name, place_name(where));
}

static void apply_words(const place *p, unsigned where, const derive_words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        const derive_word *word = &words->items[i];
        const annotation *found = NULL;
        for (size_t j = 0; j < ANNOTATION_COUNT && !found; j++)
            if ((annotations[j].where & where) && strcmp(annotations[j].name, word->name) == 0)
                found = &annotations[j];
        if (!found)
            unknown_word(p, where, word);
        else if (!found->apply)
            toasty__derive_error(p->schema->diagnostics, word->at, "`%s` is not supported yet; %s",
                                 word->name, found->summary);
        else
            found->apply(p, word);
    }
}

void toasty__derive_annotate_member(derive_schema *schema, derive_member *member)
{
    place p = {.schema = schema, .member = member};
    apply_words(&p, member->kind == DERIVE_EMBED ? ON_EMBED : ON_FIELD, &member->words);
}

void toasty__derive_annotate_model(derive_schema *schema, derive_model *model)
{
    place p = {.schema = schema, .model = model};
    apply_words(&p, ON_MODEL, &model->words);
}

void toasty__derive_annotate_relation(derive_schema *schema, derive_relation *relation)
{
    place p = {.schema = schema, .relation = relation};
    apply_words(&p, relation->kind == TOASTY_BELONGS_TO ? ON_BELONGS_TO : ON_HAS, &relation->words);
}

void toasty__derive_annotate_constant(derive_schema *schema, const derive_words *words, const char **label)
{
    place p = {.schema = schema, .label = label};
    apply_words(&p, ON_CONSTANT, words);
}

void toasty__derive_print_annotations(FILE *stream)
{
    static const struct {
        unsigned where;
        const char *title;
    } sections[] = {
        {ON_FIELD | ON_EMBED, "toasty(word, ...) before a field"},
        {ON_MODEL, "toasty_model(Name, word, ...)"},
        {ON_HAS, "toasty_has_many(Model, name, word, ...) and toasty_has_one(Model, name, word, ...)"},
        {ON_BELONGS_TO, "toasty_belongs_to(Model, name, word, ...)"},
        {ON_CONSTANT, "toasty(word) behind a constant of an enum, before its ="},
    };
    for (size_t s = 0; s < sizeof sections / sizeof *sections; s++) {
        fprintf(stream, "%s%s\n", s ? "\n" : "", sections[s].title);
        for (size_t i = 0; i < ANNOTATION_COUNT; i++)
            if ((annotations[i].where & sections[s].where) && annotations[i].apply)
                fprintf(stream, "  %s\n      %s\n", annotations[i].syntax, annotations[i].summary);
    }
}
