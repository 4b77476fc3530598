/* Rules for values, checked by themselves: that a field can have them, that some value keeps them, and that
 * what a field becomes by default does. Their operands become what core/rules.h checks values by. */
#include "derive/model/rules.h"

#include "core/rules.h"
#include "core/types.h"
#include "derive/model/constant.h"
#include <stdlib.h>
#include <string.h>

static void complain(derive_schema *schema, const derive_member *member, const derive_rule *rule,
                     const char *what)
{
    toasty__derive_error(schema->diagnostics, rule->at, "`%s`: %s", member->name, what);
}

const derive_rule *toasty__derive_rule_of(const derive_member *member, toasty_rule_kind kind)
{
    for (size_t i = 0; i < member->rules.count; i++)
        if (member->rules.items[i].kind == kind)
            return &member->rules.items[i];
    return NULL;
}

bool toasty__derive_has_limits(const derive_member *member)
{
    return toasty__derive_rule_of(member, TOASTY_RULE_MIN) || toasty__derive_rule_of(member, TOASTY_RULE_MAX);
}

/* --- which fields can have them --- */

/* NULL: the field can; else which ones can. */
static const char *unfit(const derive_member *member, toasty_rule_kind kind)
{
    toasty_type_class class = toasty__class_of((uint8_t)member->type);
    switch (kind) {
    case TOASTY_RULE_MIN:
    case TOASTY_RULE_MAX:
        return toasty__is_number((uint8_t)member->type, member->labels) ? NULL
                                                                        : "`min` and `max` are for numbers";
    case TOASTY_RULE_MIN_LENGTH:
    case TOASTY_RULE_MAX_LENGTH:
        return class == TOASTY_CLASS_TEXT || class == TOASTY_CLASS_BYTES
                   ? NULL
                   : "`min_length` and `max_length` are for text and bytes";
    case TOASTY_RULE_PATTERN:
        return class == TOASTY_CLASS_TEXT ? NULL : "`pattern` is for text";
    case TOASTY_RULE_ONE_OF:
    case TOASTY_RULE_COUNT:
        break;
    }
    return member->labels || class == TOASTY_CLASS_TEXT || class == TOASTY_CLASS_INTEGER
               ? NULL
               : "`one_of` is for integers, text and enums";
}

/* Is its value none that a program could give? */
static const char *not_given(const derive_column *column)
{
    return column->member->automatic ? "what Toasty makes has no rules"
           : column->reference       ? "what refers to another record has no rules; that record's key may"
                                     : NULL;
}

/* --- operands --- */

static bool length_of(const derive_schema *schema, const char *expression, toasty_value *value)
{
    derive_integer integer;
    if (!toasty__derive_integer(schema, expression, &integer) || integer.negative ||
        integer.magnitude > UINT32_MAX)
        return false;
    *value = (toasty_value){.kind = TOASTY_VALUE_INT, .as.integer = (int64_t)integer.magnitude};
    return true;
}

static bool text_of(derive_schema *schema, const char *expression, toasty_value *value)
{
    const char *text = toasty__derive_literal_text(schema->memory, expression);
    if (!text)
        return false;
    *value = (toasty_value){.kind = TOASTY_VALUE_TEXT, .len = (uint32_t)strlen(text), .as.text = text};
    return true;
}

/* Of a constant that fits the field. */
static void number_of(const derive_schema *schema, const derive_member *member, const char *expression,
                      toasty_value *value)
{
    derive_integer integer;
    bool is_integer = toasty__derive_integer(schema, expression, &integer);
    double whole = is_integer ? (double)integer.magnitude : strtod(expression, NULL);
    if (toasty__class_of((uint8_t)member->type) == TOASTY_CLASS_REAL)
        *value = (toasty_value){.kind = TOASTY_VALUE_FLOAT,
                                .as.real = is_integer && integer.negative ? -whole : whole};
    else if (!integer.negative && integer.magnitude > INT64_MAX)
        *value = (toasty_value){.kind = TOASTY_VALUE_UINT, .as.unsigned_integer = integer.magnitude};
    else
        *value = (toasty_value){.kind = TOASTY_VALUE_INT,
                                .as.integer =
                                    (int64_t)(integer.negative ? 0 - integer.magnitude : integer.magnitude)};
}

/* The value of a constant of a field. False when it is none, which may have been reported already. */
static bool constant_of(derive_schema *schema, const derive_member *member, const char *expression,
                        toasty_value *value)
{
    if (!toasty__derive_is_constant_of(schema, member, expression))
        return false;
    if (member->type == TOASTY_TYPE_TEXT)
        return text_of(schema, expression, value);
    number_of(schema, member, expression, value);
    return true;
}

static bool operand_of(derive_schema *schema, const derive_member *member, const derive_rule *rule,
                       const char *expression, toasty_value *value)
{
    switch (rule->kind) {
    case TOASTY_RULE_MIN_LENGTH:
    case TOASTY_RULE_MAX_LENGTH:
        return length_of(schema, expression, value);
    case TOASTY_RULE_PATTERN:
        return text_of(schema, expression, value);
    case TOASTY_RULE_MIN:
    case TOASTY_RULE_MAX:
    case TOASTY_RULE_ONE_OF:
    case TOASTY_RULE_COUNT:
        break;
    }
    return constant_of(schema, member, expression, value);
}

/* --- checking them --- */

static bool is_pattern(derive_schema *schema, const derive_member *member, const derive_rule *rule,
                       const char *expression)
{
    char why[128];
    bool fault = toasty__pattern_fault(expression, why, sizeof why);
    if (fault)
        toasty__derive_error(schema->diagnostics, rule->at, "`%s`: `%s` is no regular expression: %s",
                             member->name, rule->text, why);
    return !fault;
}

/* The rule as values are checked by it; NULL after an error. */
static const toasty_rule *checked(derive_schema *schema, const derive_member *member, const derive_rule *rule)
{
    enum { MOST_CONSTANTS = 1000 };
    const char *fault = rule->operands.count > MOST_CONSTANTS
                            ? "`one_of` has at most 1000 constants; more of them are a table of their own"
                            : unfit(member, rule->kind);
    toasty_rule *made = toasty__derive_alloc(schema->memory, sizeof *made);
    toasty_value *operands = toasty__derive_alloc(schema->memory, rule->operands.count * sizeof *operands);
    if (fault) {
        complain(schema, member, rule, fault);
        return NULL;
    }
    for (size_t i = 0; i < rule->operands.count; i++)
        if (!operand_of(schema, member, rule, rule->operands.items[i], &operands[i])) {
            toasty__derive_error(schema->diagnostics, rule->at, "`%s`: `%s` is not what `%s` takes for %s",
                                 member->name, rule->operands.items[i], toasty__rule_words[rule->kind],
                                 member->c_type);
            return NULL;
        }
    if (rule->kind == TOASTY_RULE_PATTERN && !is_pattern(schema, member, rule, operands->as.text))
        return NULL;
    *made = (toasty_rule){.kind = (uint8_t)rule->kind,
                          .operand_count = (uint16_t)rule->operands.count,
                          .operands = operands,
                          .text = rule->text};
    return made;
}

/* Of two limits. */
static void check_order(derive_schema *schema, const derive_member *member, toasty_rule_kind low,
                        toasty_rule_kind high, const toasty_rule *const *rules)
{
    const derive_rule *rule = toasty__derive_rule_of(member, high);
    if (!rules[low] || !rules[high] || !rule)
        return;
    const toasty_value *a = rules[low]->operands, *b = rules[high]->operands;
    bool above = a->kind == TOASTY_VALUE_FLOAT ? a->as.real > b->as.real
                 : a->kind != b->kind          ? a->kind > b->kind
                 : a->kind == TOASTY_VALUE_INT ? a->as.integer > b->as.integer
                                               : a->as.unsigned_integer > b->as.unsigned_integer;
    if (above)
        toasty__derive_error(schema->diagnostics, rule->at, "`%s`: `%s` and `%s` leave no value",
                             member->name, rules[low]->text, rules[high]->text);
}

static bool keeps(const derive_member *member, const toasty_rule *rule, const toasty_value *value)
{
    toasty__patterns patterns = {NULL};
    /* By its number, so that an enum needs no table. */
    const toasty_field field = {.type = (uint8_t)(member->labels ? TOASTY_TYPE_I64 : member->type)};
    const toasty_model model = {.fields = &field};
    bool kept = toasty__keeps_rule(&patterns, &model, rule, value) != 0;
    toasty__patterns_done(&patterns);
    return kept;
}

static void check_default(derive_schema *schema, const derive_member *member, const char *word,
                          const derive_default *given, const toasty_rule *const *rules)
{
    toasty_value value;
    if (given->source != TOASTY_SOURCE_VALUE || !constant_of(schema, member, given->expression, &value))
        return;
    for (size_t kind = 0; kind < TOASTY_RULE_COUNT; kind++)
        if (rules[kind] && !keeps(member, rules[kind], &value))
            toasty__derive_error(schema->diagnostics, member->at, "`%s`: `%s = %s` breaks the rule `%s`",
                                 member->name, word, given->expression, rules[kind]->text);
}

/* Does each constant of `one_of` keep the other rules? */
static void check_constants(derive_schema *schema, const derive_member *member,
                            const toasty_rule *const *rules)
{
    const derive_rule *one_of = toasty__derive_rule_of(member, TOASTY_RULE_ONE_OF);
    for (size_t i = 0; one_of && rules[TOASTY_RULE_ONE_OF] && i < one_of->operands.count; i++)
        for (size_t kind = 0; kind < TOASTY_RULE_ONE_OF; kind++)
            if (rules[kind] && !keeps(member, rules[kind], &rules[TOASTY_RULE_ONE_OF]->operands[i]))
                toasty__derive_error(schema->diagnostics, one_of->at,
                                     "`%s`: `%s` of `one_of` breaks the rule `%s`", member->name,
                                     one_of->operands.items[i], rules[kind]->text);
}

static void check_rules(derive_schema *schema, const derive_column *column)
{
    const derive_member *member = column->member;
    const toasty_rule *rules[TOASTY_RULE_COUNT] = {NULL};
    const char *fault = not_given(column);
    for (size_t i = 0; i < member->rules.count; i++) {
        const derive_rule *rule = &member->rules.items[i];
        if (fault)
            complain(schema, member, rule, fault);
        else
            rules[rule->kind] = checked(schema, member, rule);
    }
    check_order(schema, member, TOASTY_RULE_MIN, TOASTY_RULE_MAX, rules);
    check_order(schema, member, TOASTY_RULE_MIN_LENGTH, TOASTY_RULE_MAX_LENGTH, rules);
    check_constants(schema, member, rules);
    check_default(schema, member, "default", &member->on_create, rules);
    check_default(schema, member, "on_update", &member->on_update, rules);
}

void toasty__derive_check_rules(derive_schema *schema, const derive_model *model)
{
    for (size_t i = 0; i < model->columns.count; i++)
        if (model->columns.items[i]->member->rules.count)
            check_rules(schema, model->columns.items[i]);
}
