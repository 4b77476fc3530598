/* Conditions and the values in them. */
#include "test.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <toasty/codegen.h>

static toasty_condition equals(uint16_t field, int64_t value)
{
    toasty_condition condition;
    toasty__compare(&condition, field, TOASTY_EQ, toasty__int(value));
    return condition;
}

static toasty_condition join(toasty_operator op, const toasty_condition *list, size_t count)
{
    toasty_condition array[20], joined;
    memcpy(array, list, count * sizeof *list);
    array[count] = (toasty_condition){.last = 1};
    toasty__join(&joined, op, array, sizeof *array);
    return joined;
}

/* "f1= f2= &2": the program as text. */
static const char *program(const toasty_condition *condition)
{
    static const char *const names[] = {
        "absent", "=",        "<>",       "<",          "<=",   ">",        ">=",   "between", "in",
        "not in", "null",     "not null", "starts",     "ends", "contains", "like", "ilike",   "= i",
        "<> i",   "starts i", "ends i",   "contains i", "&",    "|",        "!",    "true",    "false"};
    static char text[500];
    text[0] = '\0';
    for (unsigned i = 0; i < condition->node_count; i++) {
        const toasty_node *node = &condition->nodes[i];
        char part[40];
        if (node->op == TOASTY_AND || node->op == TOASTY_OR)
            snprintf(part, sizeof part, "%s%s%d", i ? " " : "", names[node->op], node->count);
        else if (node->op == TOASTY_NOT)
            snprintf(part, sizeof part, " !");
        else
            snprintf(part, sizeof part, "%s%d%s", i ? " " : "", node->field, names[node->op]);
        strcat(text, part);
    }
    return text;
}

TOASTY_TEST(condition, joins_take_what_is_there_and_flatten_their_like)
{
    toasty_condition absent = {0}, a = equals(1, 10), b = equals(2, 20), c = equals(3, 30);
    check_text("", program(&(toasty_condition){0}));
    toasty_condition none = join(TOASTY_AND, &absent, 1);
    check_text("", program(&none));
    toasty_condition one = join(TOASTY_AND, (toasty_condition[]){absent, a, absent}, 3);
    check_text("1=", program(&one));
    toasty_condition two = join(TOASTY_AND, (toasty_condition[]){a, absent, b}, 3);
    check_text("1= 2= &2", program(&two));
    check_int(2, two.operand_count);
    check_int(20, (int)two.operands[1].as.integer);
    toasty_condition three = join(TOASTY_AND, (toasty_condition[]){two, c}, 2);
    check_text("1= 2= 3= &3", program(&three));
    toasty_condition mixed = join(TOASTY_OR, (toasty_condition[]){two, c}, 2);
    check_text("1= 2= &2 3= |2", program(&mixed));
}

TOASTY_TEST(condition, not_is_undone_by_not_and_keeps_what_is_absent_absent)
{
    toasty_condition a = equals(1, 10), not_a, again, absent = {0}, not_absent;
    toasty__not(&not_a, &a);
    check_text("1= !", program(&not_a));
    toasty__not(&again, &not_a);
    check_text("1=", program(&again));
    toasty__not(&not_absent, &absent);
    check_text("", program(&not_absent));
}

TOASTY_TEST(condition, one_that_has_no_room_is_marked_and_never_absent)
{
    toasty_condition grown = equals(0, 0);
    for (uint16_t i = 1; i < 16; i++) {
        toasty_condition next = equals(i, i);
        grown = join(TOASTY_AND, (toasty_condition[]){grown, next}, 2);
        check_int(0, grown.overflow);
    }
    check_int(17, grown.node_count);
    toasty_condition next = equals(16, 16);
    grown = join(TOASTY_AND, (toasty_condition[]){grown, next}, 2);
    check_int(1, grown.overflow);
    check_that(grown.node_count > 0);
    toasty_condition outer = join(TOASTY_OR, (toasty_condition[]){next, grown}, 2), negated;
    check_int(1, outer.overflow);
    toasty__not(&negated, &outer);
    check_int(1, negated.overflow);
}

TOASTY_TEST(condition, nodes_are_limited_too)
{
    toasty_condition tests[20], joined;
    for (uint16_t i = 0; i < 19; i++) {
        toasty_condition test;
        toasty__test(&test, i, TOASTY_IS_NULL);
        toasty__not(&tests[i], &test);
    }
    tests[15] = (toasty_condition){.last = 1};
    toasty__join(&joined, TOASTY_AND, tests, sizeof *tests);
    check_int(0, joined.overflow);
    check_int(31, joined.node_count);
    toasty_condition test;
    toasty__test(&test, 15, TOASTY_IS_NULL);
    toasty__not(&tests[15], &test);
    tests[16] = (toasty_condition){.last = 1};
    toasty__join(&joined, TOASTY_AND, tests, sizeof *tests);
    check_int(1, joined.overflow);
}

TOASTY_TEST(condition, null_is_a_test_on_what_may_be_null_and_an_error_elsewhere)
{
    toasty_condition condition;
    toasty__compare_nullable(&condition, 4, TOASTY_EQ, toasty__text(NULL));
    check_text("4null", program(&condition));
    toasty__compare_nullable(&condition, 4, TOASTY_NE, toasty__text(NULL));
    check_text("4not null", program(&condition));
    toasty__compare_nullable(&condition, 4, TOASTY_LIKE, toasty__text(NULL));
    check_int(TOASTY_VALUE_INVALID, condition.operands[0].kind);
    toasty__compare(&condition, 4, TOASTY_EQ, toasty__text(NULL));
    check_int(TOASTY_VALUE_INVALID, condition.operands[0].kind);
    check_contains(condition.operands[0].as.text, "NULL");
}

TOASTY_TEST(condition, what_the_operand_decides_needs_no_operand)
{
    toasty_condition condition;
    toasty__compare(&condition, 4, TOASTY_STARTS_WITH, toasty__text(""));
    check_text("4not null", program(&condition));
    toasty__compare(&condition, 4, TOASTY_IN, toasty__list(TOASTY_TYPE_I64, NULL, 0));
    check_text("4false", program(&condition));
    toasty__compare(&condition, 4, TOASTY_NOT_IN, toasty__list(TOASTY_TYPE_I64, NULL, 0));
    check_text("4true", program(&condition));
    toasty__compare(&condition, 4, TOASTY_EQ, toasty__text(""));
    check_text("4=", program(&condition));
}

/* --- values --- */

TOASTY_TEST(value, unsigned_integers_say_when_they_do_not_fit)
{
    check_int(TOASTY_VALUE_INT, toasty__uint(INT64_MAX).kind);
    check_int(TOASTY_VALUE_UINT, toasty__uint(UINT64_MAX).kind);
    check_that(toasty__uint(UINT64_MAX).as.unsigned_integer == UINT64_MAX);
}

TOASTY_TEST(value, times_that_do_not_exist_are_invalid)
{
    toasty_date leap = {2024, 2, 29}, no_leap = {2023, 2, 29}, early = {0, 1, 1};
    check_int(19782, (int)toasty__date(leap).as.integer);
    check_int(TOASTY_VALUE_INVALID, toasty__date(no_leap).kind);
    check_int(TOASTY_VALUE_INVALID, toasty__date(early).kind);
    check_that(toasty__time((toasty_time){1, 2, 3, 4}).as.integer == 3723000004);
    check_int(TOASTY_VALUE_INVALID, toasty__time((toasty_time){24, 0, 0, 0}).kind);
    check_int(TOASTY_VALUE_INVALID, toasty__time((toasty_time){0, 0, 0, 1000000}).kind);
    check_that(toasty__datetime((toasty_datetime){{1970, 1, 2}, {0, 0, 1, 0}}).as.integer == 86401000000);
    check_int(TOASTY_VALUE_INVALID, toasty__datetime((toasty_datetime){no_leap, {0, 0, 0, 0}}).kind);
    check_int(TOASTY_VALUE_INVALID, toasty__timestamp((toasty_timestamp){INT64_MAX}).kind);
    check_int(TOASTY_VALUE_INT, toasty__timestamp((toasty_timestamp){-1}).kind);
}

TOASTY_TEST(value, bytes_and_lists_without_data_are_invalid)
{
    const char *texts[] = {"a", NULL};
    toasty_date dates[] = {{2024, 1, 1}, {2024, 13, 1}};
    check_int(TOASTY_VALUE_NULL, toasty__bytes((toasty_bytes){NULL, 0}).kind);
    check_int(TOASTY_VALUE_INVALID, toasty__bytes((toasty_bytes){NULL, 3}).kind);
    check_int(TOASTY_VALUE_BYTES, toasty__bytes((toasty_bytes){"", 0}).kind);
    check_int(TOASTY_VALUE_INVALID, toasty__list(TOASTY_TYPE_I32, NULL, 2).kind);
    check_int(TOASTY_VALUE_INVALID, toasty__list(TOASTY_TYPE_TEXT, texts, 2).kind);
    check_int(TOASTY_VALUE_LIST, toasty__list(TOASTY_TYPE_TEXT, texts, 1).kind);
    check_int(TOASTY_VALUE_INVALID, toasty__list(TOASTY_TYPE_DATE, dates, 2).kind);
}
