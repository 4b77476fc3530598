/* The table of annotations, topic by topic, and how words take effect: see annotations.h. The words
 * themselves are in the files of their topics: see annotate.h. */
#include "derive/model/annotations.h"

#include "derive/model/annotate.h"
#include "derive/model/constant.h"

#include <string.h>

/* --- what handlers ask of a word --- */

void toasty__derive_complain(const derive_place *p, const derive_word *word, const char *what)
{
    toasty__derive_error(p->schema->diagnostics, word->at, "%s", what);
}

bool toasty__derive_takes_no_value(const derive_place *p, const derive_word *word)
{
    if (!word->value)
        return true;
    toasty__derive_error(p->schema->diagnostics, word->at, "`%s` takes no value; write `%s` alone",
                         word->name, word->name);
    return false;
}

bool toasty__derive_needs_value(const derive_place *p, const derive_word *word, const char *example)
{
    if (word->value && *word->value)
        return true;
    toasty__derive_error(p->schema->diagnostics, word->at, "`%s` needs a value: %s", word->name, example);
    return false;
}

/* A word, or one string literal. What is in the literal stays as C spells it: see snapshot.c. */
const char *toasty__derive_needs_name(const derive_place *p, const derive_word *word, const char *example)
{
    if (!toasty__derive_needs_value(p, word, example))
        return NULL;
    const char *name = word->value;
    const char *end = toasty__derive_literal_end(name);
    if (end && !*end)
        return toasty__derive_text(p->schema->memory, name + 1, strlen(name) - 2);
    if (!strpbrk(name, "\"\\"))
        return name;
    toasty__derive_error(p->schema->diagnostics, word->at, "`%s` takes one name: %s", word->name, example);
    return NULL;
}

void toasty__derive_name_list(derive_memory *memory, const derive_word *word, derive_names *names)
{
    derive_words items = {0};
    toasty__derive_split(memory, word->value, word->at, &items);
    for (size_t i = 0; i < items.count; i++)
        DERIVE_PUSH(memory, names, items.items[i].name);
}

/* --- the table --- */

static const derive_topic *const topics[] = {
    &toasty__derive_topic_keys,    &toasty__derive_topic_values,    &toasty__derive_topic_rules,
    &toasty__derive_topic_columns, &toasty__derive_topic_relations, &toasty__derive_topic_views,
    &toasty__derive_topic_later,
};

/* Number `number` of all topics together; NULL after the last. */
static const derive_annotation *annotation_at(size_t number)
{
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
        if (number < topics[i]->count)
            return &topics[i]->annotations[number];
        number -= topics[i]->count;
    }
    return NULL;
}

static const derive_annotation *find_annotation(const char *name, unsigned where)
{
    const derive_annotation *annotation;
    for (size_t i = 0; (annotation = annotation_at(i)); i++)
        if ((annotation->where & where) && strcmp(annotation->name, name) == 0)
            return annotation;
    return NULL;
}

/* --- words that take effect --- */

static const char *place_name(unsigned where)
{
    switch (where) {
    case DERIVE_ON_FIELD:
        return "a field";
    case DERIVE_ON_EMBED:
        return "a field that is a struct";
    case DERIVE_ON_MODEL:
        return "toasty_model(...)";
    case DERIVE_ON_HAS:
        return "toasty_has_many(...) and toasty_has_one(...)";
    case DERIVE_ON_BELONGS_TO:
        return "toasty_belongs_to(...)";
    case DERIVE_ON_CONSTANT:
        return "a constant of an enum";
    case DERIVE_ON_VIEW:
        return "toasty_view(...)";
    case DERIVE_ON_MEMBER:
        return "a member of a view";
    default:
        return "a field or a relation";
    }
}

/* The word of this place that was probably meant, or NULL. */
static const char *nearest_word(const derive_place *p, unsigned where, const char *name)
{
    DERIVE_LIST(const char *) candidates = {0};
    const derive_annotation *annotation;
    for (size_t i = 0; (annotation = annotation_at(i)); i++)
        if (annotation->where & where)
            DERIVE_PUSH(p->schema->memory, &candidates, annotation->name);
    return toasty__derive_nearest(name, candidates.items, candidates.count);
}

/* What words of other libraries are here. */
static const char *meaning_of(const char *name)
{
    static const struct {
        const char *word, *here;
    } words[] = {
        {"primary_key", "the key is `key`"},
        {"primary", "the key is `key`"},
        {"pk", "the key is `key`"},
        {"auto_increment", "integers that count up are `auto`"},
        {"autoincrement", "integers that count up are `auto`"},
        {"serial", "integers that count up are `auto`"},
        {"not_null", "leave it out: a field is required unless it is toasty_opt(T) or toasty(null)"},
        {"notnull", "leave it out: a field is required unless it is toasty_opt(T) or toasty(null)"},
        {"required", "leave it out: a field is required unless it is toasty_opt(T) or toasty(null)"},
        {"nullable", "what may be absent is toasty(null) on pointers, and toasty_opt(T) on values"},
        {"optional", "what may be absent is toasty(null) on pointers, and toasty_opt(T) on values"},
        {"foreign_key", "a key that refers to another model is named by toasty_belongs_to(Model, name)"},
        {"ignore", "what is not stored does not belong into the model"},
        {"transient", "what is not stored does not belong into the model"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].word, name) == 0)
            return words[i].here;
    return NULL;
}

static void unknown_word(const derive_place *p, unsigned where, const derive_word *word)
{
    const derive_annotation *elsewhere = find_annotation(word->name, ~0u);
    const char *meaning = meaning_of(word->name), *nearest = nearest_word(p, where, word->name);
    if (elsewhere)
        toasty__derive_error(p->schema->diagnostics, word->at, "`%s` goes on %s, not on %s", word->name,
                             place_name(elsewhere->where), place_name(where));
    else if (meaning)
        toasty__derive_error(p->schema->diagnostics, word->at, "unknown annotation `%s`; %s", word->name,
                             meaning);
    else if (nearest)
        toasty__derive_error(p->schema->diagnostics, word->at, "unknown annotation `%s`; did you mean `%s`?",
                             word->name, nearest);
    else
        toasty__derive_error(
            p->schema->diagnostics, word->at,
            "unknown annotation `%s`; `toasty derive --help-annotations` lists what is allowed on %s",
            word->name, place_name(where));
}

/* A model has several indexes; everything else is said once. */
static bool is_said_before(unsigned where, const derive_words *words, size_t i)
{
    const char *name = words->items[i].name;
    if (where == DERIVE_ON_MODEL && (strcmp(name, "index") == 0 || strcmp(name, "unique") == 0))
        return false;
    for (size_t before = 0; before < i; before++)
        if (strcmp(words->items[before].name, name) == 0)
            return true;
    return false;
}

static void apply_words(const derive_place *p, unsigned where, const derive_words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        const derive_word *word = &words->items[i];
        const derive_annotation *annotation = find_annotation(word->name, where);
        if (!annotation)
            unknown_word(p, where, word);
        else if (is_said_before(where, words, i))
            toasty__derive_error(p->schema->diagnostics, word->at,
                                 "`%s` stands here twice; remove one of them", word->name);
        else if (!annotation->apply)
            toasty__derive_error(p->schema->diagnostics, word->at, "`%s` is not supported yet; %s",
                                 word->name, annotation->summary);
        else
            annotation->apply(p, word);
    }
}

void toasty__derive_annotate_member(derive_schema *schema, derive_member *member, bool of_view)
{
    derive_place p = {.schema = schema, .member = member};
    if (of_view)
        apply_words(&p, DERIVE_ON_MEMBER, &member->words);
    else
        apply_words(&p, member->kind == DERIVE_EMBED ? DERIVE_ON_EMBED : DERIVE_ON_FIELD, &member->words);
}

void toasty__derive_annotate_model(derive_schema *schema, derive_model *model)
{
    derive_place p = {.schema = schema, .model = model};
    apply_words(&p, model->is_view ? DERIVE_ON_VIEW : DERIVE_ON_MODEL, &model->words);
}

void toasty__derive_annotate_relation(derive_schema *schema, derive_relation *relation)
{
    derive_place p = {.schema = schema, .relation = relation};
    apply_words(&p, relation->kind == TOASTY_BELONGS_TO ? DERIVE_ON_BELONGS_TO : DERIVE_ON_HAS,
                &relation->words);
}

void toasty__derive_annotate_constant(derive_schema *schema, const derive_words *words, const char **label)
{
    derive_place p = {.schema = schema, .label = label};
    apply_words(&p, DERIVE_ON_CONSTANT, words);
}

/* --- the reference --- */

void toasty__derive_print_annotations(FILE *stream)
{
    static const struct {
        unsigned where;
        const char *title;
    } sections[] = {
        {DERIVE_ON_FIELD | DERIVE_ON_EMBED, "toasty(word, ...) before a field"},
        {DERIVE_ON_MODEL, "toasty_model(Name, word, ...)"},
        {DERIVE_ON_HAS, "toasty_has_many(Model, name, word, ...) and toasty_has_one(Model, name, word, ...)"},
        {DERIVE_ON_BELONGS_TO, "toasty_belongs_to(Model, name, word, ...)"},
        {DERIVE_ON_VIEW, "toasty_view(Name, word, ...)"},
        {DERIVE_ON_MEMBER, "toasty(word, ...) before a member of a view"},
        {DERIVE_ON_CONSTANT, "toasty(word) behind a constant of an enum, before its ="},
    };
    for (size_t s = 0; s < sizeof sections / sizeof *sections; s++) {
        fprintf(stream, "%s%s\n", s ? "\n" : "", sections[s].title);
        const derive_annotation *annotation;
        for (size_t i = 0; (annotation = annotation_at(i)); i++)
            if ((annotation->where & sections[s].where) && annotation->apply)
                fprintf(stream, "  %s\n      %s\n", annotation->syntax, annotation->summary);
    }
}
