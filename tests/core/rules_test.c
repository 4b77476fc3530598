/* Rules for values: what keeps them, and the expressions that many threads use. */
#include "core/rules.h"
#include "test.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const toasty_value lower = {.kind = TOASTY_VALUE_TEXT, .len = 11, .as.text = "[a-z]+|one "};
static const toasty_field name = {.name = "name", .type = TOASTY_TYPE_TEXT};
static const toasty_rule is_lower = {
    .kind = TOASTY_RULE_PATTERN, .operand_count = 1, .operands = &lower, .text = "pattern = \"…\""};
static const toasty_model model = {.name = "Thing",
                                   .table = "things",
                                   .fields = &name,
                                   .field_count = 1,
                                   .rules = &is_lower,
                                   .rule_count = 1};

static toasty_value text(const char *of)
{
    return (toasty_value){.kind = TOASTY_VALUE_TEXT, .len = (uint32_t)strlen(of), .as.text = of};
}

TOASTY_TEST(rules, an_expression_matches_the_whole_text_on_each_side_of_its_bars)
{
    toasty__patterns patterns = {NULL};
    const struct {
        const char *text;
        int keeps;
    } cases[] = {{"abc", 1}, {"one ", 1}, {"abc1", 0}, {"1abc", 0},
                 {"", 0},    {"ABC", 0},  {"é", 0},    {"ab\nc", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        toasty_value value = text(cases[i].text);
        check_int(cases[i].keeps, toasty__keeps_rule(&patterns, &model, &is_lower, &value));
    }
    toasty__patterns_done(&patterns);
}

TOASTY_TEST(rules, without_expressions_no_value_keeps_one_and_what_is_absent_keeps_all)
{
    toasty_value value = text("abc"), absent = {.kind = TOASTY_VALUE_NULL};
    check_int(0, toasty__keeps_rule(NULL, &model, &is_lower, &value));
    check_int(1, toasty__keeps_rule(NULL, &model, &is_lower, &absent));
}

TOASTY_TEST(rules, an_expression_that_is_none_or_too_long_is_told)
{
    char why[100], text[TOASTY__MOST_PATTERN + 2];
    check_null(toasty__pattern_fault("a|b", why, sizeof why));
    check_some(toasty__pattern_fault("(a", why, sizeof why));
    check_some(toasty__pattern_fault("[z-a]", why, sizeof why));
    memset(text, 'a', sizeof text);
    text[TOASTY__MOST_PATTERN] = '\0';
    check_null(toasty__pattern_fault(text, why, sizeof why));
    text[TOASTY__MOST_PATTERN] = 'a';
    text[TOASTY__MOST_PATTERN + 1] = '\0';
    check_text("an expression has at most 500 bytes", toasty__pattern_fault(text, why, sizeof why));
}

static void *use(void *patterns)
{
    toasty_value good = text("abc"), bad = text("ABC");
    for (int i = 0; i < 200; i++)
        if (toasty__keeps_rule(patterns, &model, &is_lower, &good) != 1 ||
            toasty__keeps_rule(patterns, &model, &is_lower, &bad) != 0)
            return patterns;
    return NULL;
}

TOASTY_TEST(rules, threads_share_an_expression)
{
    toasty__patterns patterns = {NULL};
    pthread_t threads[8];
    for (size_t i = 0; i < 8; i++)
        check_int(0, pthread_create(&threads[i], NULL, use, &patterns));
    for (size_t i = 0; i < 8; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        check_null(failed);
    }
    toasty__patterns_done(&patterns);
}

TOASTY_TEST(rules, a_list_that_is_too_long_stays_json_wherever_it_is_cut)
{
    char words[60];
    for (size_t length = 0; length < sizeof words - 1; length++) {
        toasty_error error = {0};
        toasty__breaks breaks = {.err = &error};
        memset(words, 'f', length);
        words[length] = '\0';
        for (size_t i = 0; i < 40; i++)
            toasty__break_required(&breaks, &model, i, words);
        const char *end = strstr(error.details, "{\"more\":");
        check_some(end);
        size_t listed = 0;
        for (const char *at = error.details; (at = strstr(at, "\"required\"}")); at++)
            listed++;
        check_uint(40 - listed, strtoul(end + strlen("{\"more\":"), NULL, 10));
        check_text("}]", error.details + strlen(error.details) - 2);
        check_error(&error, TOASTY_MISSING_FIELD);
    }
}
