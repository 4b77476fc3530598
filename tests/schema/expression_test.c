/* Expressions that say the same, whatever they look like. */
#include "schema/expression.h"
#include "schema/texts.h"

static void check_same(const char *a, const char *b)
{
    check_text(toasty__expression_canonical(texts_room(), a), toasty__expression_canonical(texts_room(), b));
}

static void check_other(const char *a, const char *b)
{
    check_that(!toasty__expression_equal(texts_room(), a, b));
}

TOASTY_TEST(schema, blanks_case_parentheses_comments_and_quotes_say_nothing)
{
    check_same("\"age\" BETWEEN 0 AND 255", "((age >= 0) and (age<=255))");
    check_same("a = 1 -- a comment ( '\n AND b != 2", "(((a) = (1)) AND (`b` <> /* ' */ 2))");
    check_same("[a] == 'x'", "A = 'x'");
    check_same("NOT a OR b AND c", "((NOT a) OR (b AND c))");
}

TOASTY_TEST(schema, a_servers_dress_of_a_list_and_of_constants_is_taken_off)
{
    check_same("\"v\" IN (0, 10, -3)", "(v = ANY (ARRAY[0, 10, '-3'::integer]))");
    check_same("\"v\" IN (0, 10)", "(v = ANY (ARRAY[(0)::bigint, (10)::bigint]))");
    check_same("v NOT IN (1, 2)", "(v <> ALL (ARRAY[1, 2]))");
    check_same("v IN (7)", "(v = 7)");
    check_same("\"t\" IN ('a', 'b')", "(t = ANY (ARRAY['a'::text, 'b'::text]))");
    check_same("nick IN ('a', 'b')",
               "nick = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])");
    check_same("u <= 5000000000", "(u <= '5000000000'::bigint)");
    check_same("s = '5'", "(s = '5'::text)");
}

TOASTY_TEST(schema, what_says_something_else_is_different)
{
    check_other("a BETWEEN 0 AND 255", "a BETWEEN 0 AND 256");
    check_other("a IN (1, 2)", "a IN (2, 1, 3)");
    check_other("a AND (b OR c)", "a AND b OR c");
    check_other("a - (b - c)", "a - b - c");
    check_other("\"Age\" > 1", "age > 1");
    check_other("a = 'X'", "a = 'x'");
    check_other("a::integer = 1", "a = 1");
    check_other("s = '5'", "s = 5");
    check_other("NOT a = 1", "a = 1");
    check_other("a NOT IN (1, 2)", "a IN (1, 2)");
    check_other("a IS NULL", "a IS NOT NULL");
    check_other("a", NULL);
}

TOASTY_TEST(schema, what_is_beyond_the_grammar_is_compared_by_its_tokens)
{
    check_same("CASE WHEN a THEN 1 END  = 1", "CASE   WHEN a THEN 1 END = /* x */ 1");
    check_other("CASE WHEN a THEN 1 END = 1", "CASE WHEN a THEN 2 END = 1");
}

TOASTY_TEST(schema, an_expression_of_any_depth_or_any_end_does_no_harm)
{
    char deep[20001];
    memset(deep, '(', 10000);
    memset(deep + 10000, ')', 10000);
    deep[20000] = '\0';
    check_that(*toasty__expression_canonical(texts_room(), deep));
    for (size_t i = 0; i < 10000; i++)
        memcpy(deep + 2 * i, "- ", 2);
    check_that(*toasty__expression_canonical(texts_room(), deep));
    static const char whole[] =
        "NOT a = ANY (ARRAY['x'::text]) AND CAST(b AS numeric(3, 2)) BETWEEN f(1, 'it''s') AND [c]";
    for (size_t end = 0; end < sizeof whole; end++) {
        char text[sizeof whole];
        memcpy(text, whole, end);
        text[end] = '\0';
        check_some(toasty__expression_canonical(texts_room(), text));
    }
}
