/* Conditions evaluated on one row, with NULL as SQL has it. */
#include "core/evaluate.h"
#include "test.h"

#include <string.h>

enum { NUMBER, TEXT, FIELDS };

static const toasty_field fields[FIELDS] = {
    [NUMBER] = {.name = "number", .type = TOASTY_TYPE_I64},
    [TEXT] = {.name = "text", .type = TOASTY_TYPE_TEXT},
};
static const toasty_model model = {.name = "thing", .fields = fields, .field_count = FIELDS};

static toasty__expr number = {.tag = TOASTY__EXPR_COLUMN, .field = NUMBER},
                    text = {.tag = TOASTY__EXPR_COLUMN, .field = TEXT},
                    first = {.tag = TOASTY__EXPR_PARAMETER, .parameter = 0};

static toasty_value integer(int64_t value)
{
    return (toasty_value){.kind = TOASTY_VALUE_INT, .as.integer = value};
}

static toasty_value letters(const char *value)
{
    return (toasty_value){.kind = TOASTY_VALUE_TEXT, .len = (uint32_t)strlen(value), .as.text = value};
}

static const toasty_value null = {.kind = TOASTY_VALUE_NULL};

/* "true", "false" or "unknown" for a row with this number and text. */
static const char *truth(const toasty__expr *condition, toasty_value number_value, toasty_value text_value,
                         toasty_value parameter)
{
    static const char *const names[] = {"false", "unknown", "true"};
    const toasty_value values[FIELDS] = {number_value, text_value};
    toasty__row row = toasty__row_of_values(&model, values);
    check_int(1, toasty__can_evaluate(condition));
    return names[toasty__evaluate(condition, &row, &parameter)];
}

TOASTY_TEST(evaluate, a_comparison_with_null_is_unknown_and_stays_so_under_not)
{
    static const toasty__expr_tag tags[] = {TOASTY__EXPR_EQ, TOASTY__EXPR_NE, TOASTY__EXPR_LT,
                                            TOASTY__EXPR_LE, TOASTY__EXPR_GT, TOASTY__EXPR_GE};
    toasty__expr *sides[] = {&number, &first};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        toasty__expr comparison = {.tag = (uint8_t)tags[i], .count = 2, .items = sides};
        toasty__expr *inside[] = {&comparison};
        toasty__expr not = {.tag = TOASTY__EXPR_NOT, .count = 1, .items = inside};
        check_text("unknown", truth(&comparison, null, null, integer(1)));
        check_text("unknown", truth(&comparison, integer(1), null, null));
        check_text("unknown", truth(&not, null, null, integer(1)));
        bool holds_for_less =
            tags[i] == TOASTY__EXPR_NE || tags[i] == TOASTY__EXPR_LT || tags[i] == TOASTY__EXPR_LE;
        check_text(holds_for_less ? "true" : "false", truth(&comparison, integer(1), null, integer(2)));
        check_text(holds_for_less ? "false" : "true", truth(&not, integer(1), null, integer(2)));
    }
}

TOASTY_TEST(evaluate, false_decides_an_and_true_an_or_and_unknown_neither)
{
    toasty__expr *sides[] = {&number, &first};
    toasty__expr unknown = {.tag = TOASTY__EXPR_EQ, .count = 2, .items = sides},
                 yes = {.tag = TOASTY__EXPR_TRUE}, no = {.tag = TOASTY__EXPR_FALSE};
    const struct {
        toasty__expr_tag tag;
        toasty__expr *left, *right;
        const char *expected;
    } cases[] = {
        {TOASTY__EXPR_AND, &unknown, &no, "false"},    {TOASTY__EXPR_AND, &no, &unknown, "false"},
        {TOASTY__EXPR_AND, &unknown, &yes, "unknown"}, {TOASTY__EXPR_AND, &yes, &yes, "true"},
        {TOASTY__EXPR_OR, &unknown, &yes, "true"},     {TOASTY__EXPR_OR, &yes, &unknown, "true"},
        {TOASTY__EXPR_OR, &unknown, &no, "unknown"},   {TOASTY__EXPR_OR, &no, &no, "false"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        toasty__expr *items[] = {cases[i].left, cases[i].right};
        toasty__expr join = {.tag = (uint8_t)cases[i].tag, .count = 2, .items = items};
        check_text(cases[i].expected, truth(&join, null, null, integer(1)));
    }
    check_text("true", truth(&(toasty__expr){.tag = TOASTY__EXPR_AND}, null, null, null));
    check_text("false", truth(&(toasty__expr){.tag = TOASTY__EXPR_OR}, null, null, null));
}

TOASTY_TEST(evaluate, a_list_is_asked_item_by_item)
{
    static const int64_t items[] = {3, 5};
    toasty_value list = {.kind = TOASTY_VALUE_LIST, .element = TOASTY_TYPE_I64, .len = 2, .as.list = items};
    toasty__expr *sides[] = {&number, &first};
    toasty__expr in = {.tag = TOASTY__EXPR_IN, .count = 2, .items = sides},
                 not_in = {.tag = TOASTY__EXPR_NOT_IN, .count = 2, .items = sides};
    check_text("true", truth(&in, integer(5), null, list));
    check_text("false", truth(&in, integer(4), null, list));
    check_text("true", truth(&not_in, integer(4), null, list));
    check_text("unknown", truth(&in, null, null, list));
    check_text("unknown", truth(&not_in, null, null, list));
    list.len = 0; /* nothing is in it, not even NULL */
    check_text("false", truth(&in, null, null, list));
    check_text("true", truth(&not_in, null, null, list));
}

TOASTY_TEST(evaluate, null_tests_and_parts_of_texts)
{
    toasty__expr *only[] = {&text}, *sides[] = {&text, &first};
    toasty__expr is_null = {.tag = TOASTY__EXPR_IS_NULL, .count = 1, .items = only},
                 contains = {.tag = TOASTY__EXPR_CONTAINS, .count = 2, .items = sides};
    check_text("true", truth(&is_null, null, null, null));
    check_text("false", truth(&is_null, null, letters(""), null));
    check_text("true", truth(&contains, null, letters("garden"), letters("ard")));
    check_text("true", truth(&contains, null, letters(""), letters("")));
    check_text("false", truth(&contains, null, letters("gar"), letters("garden")));
    check_text("unknown", truth(&contains, null, null, letters("")));
}

TOASTY_TEST(evaluate, what_is_nested_too_deep_or_has_patterns_is_not_evaluated)
{
    static toasty__expr nots[TOASTY__MOST_NESTED + 1];
    static toasty__expr *inside[TOASTY__MOST_NESTED + 1];
    nots[0] = (toasty__expr){.tag = TOASTY__EXPR_TRUE};
    for (size_t i = 1; i <= TOASTY__MOST_NESTED; i++) {
        inside[i] = &nots[i - 1];
        nots[i] = (toasty__expr){.tag = TOASTY__EXPR_NOT, .count = 1, .items = &inside[i]};
    }
    check_text("true", truth(&nots[TOASTY__MOST_NESTED], null, null, null));
    toasty__expr *deepest[] = {&nots[TOASTY__MOST_NESTED]};
    check_int(0,
              toasty__can_evaluate(&(toasty__expr){.tag = TOASTY__EXPR_NOT, .count = 1, .items = deepest}));
    toasty__expr *sides[] = {&text, &first};
    check_int(0, toasty__can_evaluate(&(toasty__expr){.tag = TOASTY__EXPR_LIKE, .count = 2, .items = sides}));
}
