/* Annotations of rules: what a value of a field has to be. What they mean for it is in rules.c. */
#include "derive/model/annotate.h"

#include "core/rules.h"
#include "derive/base/text.h"
#include <string.h>

static void add_rule(const derive_place *p, const derive_word *word, const char *example)
{
    size_t kind = 0;
    while (kind < TOASTY_RULE_COUNT && strcmp(toasty__rule_words[kind], word->name) != 0)
        kind++;
    derive_rule rule = {.kind = (toasty_rule_kind)kind, .at = word->at};
    if (!toasty__derive_needs_value(p, word, example))
        return;
    bool several = rule.kind == TOASTY_RULE_ONE_OF;
    rule.text =
        toasty__derive_format(p->schema->memory, several ? "%s = (%s)" : "%s = %s", word->name, word->value);
    if (several)
        toasty__derive_name_list(p->schema->memory, word, &rule.operands);
    else
        DERIVE_PUSH(p->schema->memory, &rule.operands, word->value);
    DERIVE_PUSH(p->schema->memory, &p->member->rules, rule);
}

static void apply_limit(const derive_place *p, const derive_word *word)
{
    add_rule(p, word, "min = 0");
}

static void apply_length(const derive_place *p, const derive_word *word)
{
    add_rule(p, word, "max_length = 80");
}

static void apply_pattern(const derive_place *p, const derive_word *word)
{
    add_rule(p, word, "pattern = \"[a-z]+\"");
}

static void apply_one_of(const derive_place *p, const derive_word *word)
{
    add_rule(p, word, "one_of = (\"draft\", \"public\")");
}

static void apply_validate(const derive_place *p, const derive_word *word)
{
    const char *name = word->value;
    bool is_name =
        name &&
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == strlen(name) &&
        *name && !strchr("0123456789", *name);
    if (is_name && !toasty__derive_is_keyword(name))
        p->model->validate = name;
    else
        toasty__derive_complain(p, word, "`validate` names a function of yours: validate = user_check");
}

static const derive_annotation words[] = {
    {"min", DERIVE_ON_FIELD, "min = 0", "no value is below this number", apply_limit},
    {"max", DERIVE_ON_FIELD, "max = 150", "no value is above this number", apply_limit},
    {"min_length", DERIVE_ON_FIELD, "min_length = 1",
     "no text has fewer characters (Unicode code points), or no toasty_bytes fewer bytes", apply_length},
    {"max_length", DERIVE_ON_FIELD, "max_length = 80",
     "no text has more characters, no toasty_bytes more bytes", apply_length},
    {"pattern", DERIVE_ON_FIELD, "pattern = \"[a-z]+\"",
     "the whole text matches a regular expression (POSIX, extended; a byte is a character)", apply_pattern},
    {"one_of", DERIVE_ON_FIELD, "one_of = (CONSTANT, CONSTANT)",
     "the only values that there are: integers, texts or constants of an enum", apply_one_of},
    {"validate", DERIVE_ON_MODEL, "validate = user_check",
     "a function of yours that says what is wrong with a record, before creates and updates of a record",
     apply_validate},
};
DERIVE_TOPIC(rules, words);
