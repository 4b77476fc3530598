/* Conditions as text. */
#include "sql/texts.h"

static const uint16_t id_only[] = {PERSON_ID};

static void check_condition(toasty__expr *where, const toasty_parameter *parameters, uint32_t count,
                            const char *sqlite, const char *postgresql)
{
    static const char start[] = "SELECT \"id\" FROM \"persons\" WHERE ";
    toasty__stmt stmt = select_persons(id_only, 1);
    stmt.where = where;
    stmt.parameters = parameters;
    stmt.parameter_count = count;
    const char *text = text_of(&toasty__dialect_sqlite, &stmt, "");
    check_that(!strncmp(text, start, strlen(start)));
    check_text(sqlite, text + strlen(start));
    check_text(postgresql, text_of(&toasty__dialect_postgresql, &stmt, "") + strlen(start));
}

static const toasty_parameter numbers[8];

TOASTY_TEST(sql, comparisons_name_the_column_and_number_the_parameter)
{
    check_condition(BOTH(EQ, column(PERSON_NAME), parameter_of(0)), numbers, 1, "\"name\" = ?",
                    "\"name\" = $1");
    check_condition(BOTH(NE, column(PERSON_NAME), parameter_of(1)), numbers, 2, "\"name\" <> ?",
                    "\"name\" <> $2");
    check_condition(BOTH(LT, column(PERSON_AGE), parameter_of(0)), numbers, 1, "\"age\" < ?", "\"age\" < $1");
    check_condition(BOTH(LE, column(PERSON_AGE), parameter_of(0)), numbers, 1, "\"age\" <= ?",
                    "\"age\" <= $1");
    check_condition(BOTH(GT, column(PERSON_AGE), parameter_of(0)), numbers, 1, "\"age\" > ?", "\"age\" > $1");
    check_condition(BOTH(GE, column(PERSON_AGE), parameter_of(0)), numbers, 1, "\"age\" >= ?",
                    "\"age\" >= $1");
    check_condition(ONE(IS_NULL, column(PERSON_AGE)), NULL, 0, "\"age\" IS NULL", "\"age\" IS NULL");
    check_condition(ONE(IS_NOT_NULL, column(PERSON_AGE)), NULL, 0, "\"age\" IS NOT NULL",
                    "\"age\" IS NOT NULL");
    check_condition(node(TOASTY__EXPR_FALSE, 0, NULL, NULL), NULL, 0, "FALSE", "FALSE");
}

TOASTY_TEST(sql, parentheses_stand_where_they_are_needed)
{
    toasty__expr *a = BOTH(EQ, column(PERSON_NAME), parameter_of(0)), *b = ONE(IS_NULL, column(PERSON_AGE));
    const char *text = "\"name\" = ? AND (\"age\" IS NULL OR \"name\" = ?)";
    check_condition(BOTH(AND, a, BOTH(OR, b, a)), numbers, 1, text,
                    "\"name\" = $1 AND (\"age\" IS NULL OR \"name\" = $1)");
    check_condition(BOTH(OR, BOTH(AND, a, b), b), numbers, 1,
                    "\"name\" = ? AND \"age\" IS NULL OR \"age\" IS NULL",
                    "\"name\" = $1 AND \"age\" IS NULL OR \"age\" IS NULL");
    check_condition(ONE(NOT, BOTH(OR, a, b)), numbers, 1, "NOT (\"name\" = ? OR \"age\" IS NULL)",
                    "NOT (\"name\" = $1 OR \"age\" IS NULL)");
    check_condition(ONE(NOT, a), numbers, 1, "NOT \"name\" = ?", "NOT \"name\" = $1");
    check_condition(BOTH(EQ, BOTH(ADD, column(PERSON_AGE), parameter_of(0)), parameter_of(1)), numbers, 2,
                    "\"age\" + ? = ?", "\"age\" + $1 = $2");
}

TOASTY_TEST(sql, an_empty_and_is_true_and_an_empty_or_is_false)
{
    check_condition(node(TOASTY__EXPR_AND, 0, NULL, NULL), NULL, 0, "TRUE", "TRUE");
    check_condition(node(TOASTY__EXPR_OR, 0, NULL, NULL), NULL, 0, "FALSE", "FALSE");
    check_condition(ONE(AND, ONE(IS_NULL, column(PERSON_AGE))), NULL, 0, "\"age\" IS NULL",
                    "\"age\" IS NULL");
}

TOASTY_TEST(sql, a_chain_of_thousands_is_written_in_halves)
{
    enum { COUNT = 5000 };
    toasty__expr *items[COUNT], chain = {.tag = TOASTY__EXPR_OR, .count = COUNT, .items = items};
    for (int i = 0; i < COUNT; i++)
        items[i] = ONE(IS_NULL, column(PERSON_AGE));
    toasty__stmt stmt = select_persons(id_only, 1);
    stmt.where = &chain;
    const char *text = text_of(&toasty__dialect_sqlite, &stmt, "");
    size_t depth = 0, deepest = 0, words = 0;
    for (; *text; text++) {
        depth += *text == '(';
        depth -= *text == ')';
        deepest = depth > deepest ? depth : deepest;
        words += !strncmp(text, " OR ", 4);
    }
    check_int(COUNT - 1, words);
    check_int(0, depth);
    check_that(deepest > 3 && deepest < 10);
}

TOASTY_TEST(sql, a_chain_nested_in_itself_reads_as_one)
{
    toasty__expr *a = ONE(IS_NULL, column(PERSON_AGE)), *b = ONE(IS_NULL, column(PERSON_NAME));
    check_condition(BOTH(OR, BOTH(OR, a, b), BOTH(OR, b, ONE(AND, a))), NULL, 0,
                    "\"age\" IS NULL OR \"name\" IS NULL OR \"name\" IS NULL OR \"age\" IS NULL",
                    "\"age\" IS NULL OR \"name\" IS NULL OR \"name\" IS NULL OR \"age\" IS NULL");
}

TOASTY_TEST(sql, any_depth_is_written_without_a_deep_stack)
{
    enum { DEPTH = 100000 };
    toasty__expr *deep = ONE(IS_NULL, column(PERSON_AGE)), *leaf = deep;
    for (int i = 0; i < DEPTH; i++)
        deep = i % 2 ? BOTH(AND, leaf, ONE(NOT, deep)) : BOTH(OR, deep, leaf);
    toasty__stmt stmt = select_persons(id_only, 1);
    stmt.where = deep;
    check_that(strlen(text_of(&toasty__dialect_sqlite, &stmt, "")) > DEPTH * 10);
}

/* --- lists --- */

static toasty_parameter list_of(const toasty_field *field, uint32_t size)
{
    return (toasty_parameter){.field = field, .type = field->type, .list = true, .list_size = size};
}

TOASTY_TEST(sql, a_list_is_one_array_or_placeholders_or_json)
{
    toasty_parameter parameters[] = {list_of(&person_fields[PERSON_AGE], 3), numbers[0]};
    check_condition(BOTH(IN, column(PERSON_AGE), parameter_of(0)), parameters, 2, "\"age\" IN (?, ?, ?)",
                    "\"age\" = ANY($1)");
    check_condition(BOTH(NOT_IN, column(PERSON_AGE), parameter_of(0)), parameters, 2,
                    "\"age\" NOT IN (?, ?, ?)", "\"age\" <> ALL($1)");
    parameters[0].list_size = 0;
    check_condition(BOTH(IN, column(PERSON_AGE), parameter_of(0)), parameters, 2,
                    "\"age\" IN (SELECT \"value\" FROM toasty_list(?))", "\"age\" = ANY($1)");
}

TOASTY_TEST(sql, placeholders_after_a_list_are_numbered_behind_it)
{
    toasty_parameter parameters[] = {numbers[0], list_of(&person_fields[PERSON_AGE], 4), numbers[0]};
    check_condition(BOTH(AND, BOTH(EQ, column(PERSON_ID), parameter_of(2)),
                         BOTH(IN, column(PERSON_AGE), parameter_of(1))),
                    parameters, 3, "\"id\" = ? AND \"age\" IN (?, ?, ?, ?)",
                    "\"id\" = $3 AND \"age\" = ANY($2)");
}

TOASTY_TEST(sql, a_list_of_labels_is_cast_to_the_type_of_its_enum)
{
    toasty_parameter parameters[] = {list_of(&person_fields[PERSON_MOOD], 1)};
    check_condition(BOTH(IN, column(PERSON_MOOD), parameter_of(0)), parameters, 1, "\"mood\" IN (?)",
                    "\"mood\" = ANY($1::\"mood\"[])");
}

TOASTY_TEST(sql, pairs_are_found_in_lists_side_by_side)
{
    toasty__expr *items[] = {column(PERSON_AGE), column(PERSON_NAME), parameter_of(0), parameter_of(1)};
    toasty__expr pairs = {.tag = TOASTY__EXPR_TUPLE_IN, .count = 4, .items = items};
    toasty_parameter parameters[] = {list_of(&person_fields[PERSON_AGE], 2),
                                     list_of(&person_fields[PERSON_NAME], 2)};
    check_condition(&pairs, parameters, 2, "(\"age\", \"name\") IN (VALUES (?, ?), (?, ?))",
                    "(\"age\", \"name\") IN (SELECT * FROM unnest($1, $2))");
    parameters[0].list_size = parameters[1].list_size = 0;
    check_condition(
        &pairs, parameters, 2,
        "(\"age\", \"name\") IN (WITH \"list 0\" AS MATERIALIZED (SELECT \"key\", \"value\" FROM "
        "toasty_list(?)), \"list 1\" AS MATERIALIZED (SELECT \"key\", \"value\" FROM toasty_list(?)) "
        "SELECT \"list 0\".\"value\" AS \"item 0\", \"list 1\".\"value\" AS \"item 1\" FROM \"list 0\" JOIN "
        "\"list 1\" USING (\"key\"))",
        "(\"age\", \"name\") IN (SELECT * FROM unnest($1, $2))");
}

/* --- text --- */

TOASTY_TEST(sql, text_is_searched_without_patterns_of_ours)
{
    check_condition(BOTH(LIKE, column(PERSON_NAME), parameter_of(0)), numbers, 1,
                    "\"name\" LIKE ? ESCAPE '\\'", "\"name\" LIKE $1 ESCAPE E'\\\\'");
    check_condition(BOTH(CONTAINS, column(PERSON_NAME), parameter_of(0)), numbers, 1,
                    "instr(\"name\", ?) > 0", "strpos(\"name\", $1) > 0");
    check_condition(BOTH(ENDS_WITH, column(PERSON_NAME), parameter_of(0)), numbers, 1,
                    "substr(\"name\", length(\"name\") - length(?) + 1) = ?",
                    "substr(\"name\", length(\"name\") - length($1) + 1) = $1");
}

TOASTY_TEST(sql, what_a_dialect_cannot_say_is_unsupported)
{
    toasty__stmt stmt = select_persons(id_only, 1);
    stmt.where = BOTH(ILIKE, column(PERSON_NAME), parameter_of(0));
    stmt.parameters = numbers;
    stmt.parameter_count = 1;
    check_either("unsupported",
                 "SELECT \"id\" FROM \"persons\" WHERE \"name\" COLLATE \"default\" ILIKE $1 ESCAPE E'\\\\'",
                 &stmt);
}
