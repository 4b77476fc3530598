/* Statements of the user's own: values bound, rows as text, alone on a connection. */
#include "suite.h"
#include <stdio.h>
#include <string.h>

/* The placeholder of the n-th value, as the database spells it. */
static const char *place(int n)
{
    static char text[5][8];
    if (test_capability()->bulk_columns)
        snprintf(text[n], sizeof text[n], "$%d", n);
    else
        snprintf(text[n], sizeof text[n], "?");
    return text[n];
}

TOASTY_TEST(raw, a_statement_tells_how_many_rows_it_changed, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) topics =
        topic_create_many(db, {.label = "a", .weight = 1}, {.label = "b", .weight = 2});
    check_some(topics);
    char sql[128];
    snprintf(sql, sizeof sql, "UPDATE topics SET weight = weight + %s WHERE label = %s", place(1), place(2));
    check_int(1, toasty_sql(db, sql, toasty_sql_int(5), toasty_sql_text("b")));
    check_int(1, topic_count(db, .where = topic_weight_eq(7)));
    check_int(2, toasty_sql(db, "DELETE FROM topics"));
}

TOASTY_TEST(raw, rows_come_back_as_text_with_the_names_of_their_columns, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) topics =
        topic_create_many(db, {.label = "a", .weight = 1}, {.label = "b", .weight = 2});
    check_some(topics);
    char sql[160];
    snprintf(sql, sizeof sql,
             "SELECT label, weight, NULL AS missing FROM topics WHERE weight > %s ORDER BY label DESC",
             place(1));
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, sql, toasty_sql_int(0));
    check_some(rows);
    check_uint(2, rows->len);
    check_uint(3, rows->column_count);
    check_text("weight", rows->columns[1]);
    check_text("b", toasty_cell(rows, 0, 0));
    check_text("2", toasty_cell(rows, 0, 1));
    check_null(toasty_cell(rows, 0, 2));
    check_text("a", toasty_cell(rows, 1, 0));
}

TOASTY_TEST(raw, no_rows_are_an_empty_result, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, "SELECT label FROM topics");
    check_some(rows);
    check_uint(0, rows->len);
    check_text("label", rows->columns[0]);
}

TOASTY_TEST(raw, every_kind_of_value_is_bound, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    char sql[160];
    snprintf(sql, sizeof sql, "INSERT INTO topics (label, weight) VALUES (%s, %s)", place(1), place(2));
    check_int(1, toasty_sql(db, sql, toasty_sql_text("it's"), toasty_sql_int(-3)));
    toasty_auto(Topic) topic = topic_get_by_label(db, "it's");
    check_some(topic);
    check_int(-3, topic->weight);
    toasty_auto(Blank) blank = blank_create(db, .i32 = toasty_some(1));
    check_some(blank);
    snprintf(sql, sizeof sql, "UPDATE blanks SET i64 = %s, f64 = %s, bytes = %s, i32 = %s", place(1),
             place(2), place(3), place(4));
    const uint8_t bytes[] = {0, 1, 255};
    check_int(1, toasty_sql(db, sql, toasty_sql_int(INT64_MIN), toasty_sql_real(0.1),
                            toasty_sql_bytes((toasty_bytes){bytes, sizeof bytes}), toasty_sql_null()));
    toasty_auto(Blank) read = blank_get_by_id(db, blank->id);
    check_some(read);
    check_int(INT64_MIN, read->i64.value);
    check_real(0.1, read->f64.value);
    check_uint(sizeof bytes, read->bytes.len);
    check_bytes(bytes, read->bytes.data, sizeof bytes);
    check_that(!read->i32.set);
}

TOASTY_TEST(raw, a_mistake_in_the_statement_is_the_databases_error_with_its_code, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    check_int(-1, toasty_sql(db, "SELEKT 1"));
    check_last_error(TOASTY_DATABASE_ERROR);
    check_that(*toasty_last_error()->server_code);
    check_contains(toasty_last_error()->message, "SELEKT");
    check_int(0, topic_count(db));
}

TOASTY_TEST(raw, a_statement_runs_in_a_transaction, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    {
        toasty_auto(toasty_db) tx = toasty_begin(db);
        check_int(1, toasty_sql(tx, "INSERT INTO topics (label, weight) VALUES ('a', 1)"));
    }
    check_int(0, topic_count(db));
}

TOASTY_TEST(raw, a_transaction_that_a_raw_statement_leaves_open_harms_nobody, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    toasty_ignore(toasty_sql(db, "BEGIN"));
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_some(topic);
    toasty_ignore(toasty_sql(db, "ROLLBACK"));
    check_int(1, topic_count(db));
}

TOASTY_TEST(raw, a_value_that_is_missing_is_an_error, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT label FROM topics WHERE label = %s", place(1));
    check_null(toasty_sql_rows(db, sql));
    check_that(toasty_failed());
    check_null(toasty_sql_rows(db, sql, toasty_sql_text("a"), toasty_sql_text("b")));
    check_that(toasty_failed());
}
