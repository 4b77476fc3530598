/* Sessions of SQLite: a file is opened anew after raw statements that may leave something, a database in
 * memory is told its settings again. */
#include "suite.h"
#include <string.h>

static toasty_db *open_file(void)
{
    return suite_open_with(&(toasty_open_options){.max_pool_size = 1});
}

static toasty_db *open_in_memory(void)
{
    toasty_db *db = toasty_open("sqlite::memory:", &models_schema);
    check_some(db);
    check_done(toasty_push_schema(db));
    return db;
}

static void check_cell(toasty_db *db, const char *sql, const char *expected)
{
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, sql);
    check_some(rows);
    check_text(expected, toasty_cell(rows, 0, 0));
}

static const struct {
    const char *change, *look, *expected;
} settings[] = {
    {"PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys", "1"},
    {"PRAGMA query_only = ON", "PRAGMA query_only", "0"},
    {"PRAGMA recursive_triggers = ON", "PRAGMA recursive_triggers", "0"},
    {"PRAGMA ignore_check_constraints = ON", "PRAGMA ignore_check_constraints", "0"},
    {"PRAGMA case_sensitive_like = OFF", "SELECT 'A' LIKE 'a'", "0"},
    {"PRAGMA writable_schema = ON", "PRAGMA writable_schema", "0"},
    {"CREATE TEMP VIEW mine AS SELECT 1", "SELECT count(*) FROM temp.sqlite_schema", "0"},
    {"/* as a comment */ ATTACH ':memory:' AS mine",
     "SELECT count(*) FROM pragma_database_list WHERE name NOT IN ('main', 'temp')", "0"},
};

static void check_settings(toasty_db *db, bool dedicated)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        toasty_auto(toasty_db) own = dedicated ? toasty_with(db, .dedicated = true) : NULL;
        check_that(toasty_sql(own ? own : db, settings[i].change) >= 0);
        toasty_free(own);
        own = NULL;
        check_cell(db, settings[i].look, settings[i].expected);
    }
}

TOASTY_TEST(sessions, a_pragma_on_a_file_reaches_nobody_else)
{
    toasty_auto(toasty_db) db = open_file();
    check_settings(db, false);
    check_settings(db, true);
}

TOASTY_TEST(sessions, a_pragma_in_memory_reaches_nobody_else_and_no_row_is_lost)
{
    toasty_auto(toasty_db) db = open_in_memory();
    toasty_auto(Topic) topic = topic_create(db, .label = "kept");
    check_some(topic);
    check_settings(db, false);
    check_settings(db, true);
    check_int(1, topic_count(db));
    check_uint(1, toasty_count(db).connections_opened);
}

TOASTY_TEST(sessions, a_transaction_that_met_a_lock_leaves_a_dedicated_handle_its_connection)
{
    toasty_auto(toasty_db) db = open_file();
    toasty_auto(toasty_db) other = toasty_open(suite_url_with("busy_timeout_ms=20"), &models_schema);
    toasty_auto(toasty_db) own = toasty_with(other, .dedicated = true);
    check_some(own);
    {
        toasty_auto(toasty_db) tx = toasty_begin(db);
        check_some(tx);
        check_null(toasty_begin(own));
        check_last_error(TOASTY_LOCK_TIMEOUT);
    }
    toasty_auto(toasty_db) again = toasty_begin(own);
    check_some(again);
}

TOASTY_TEST(sessions, reading_and_writing_by_text_opens_no_file_anew)
{
    toasty_auto(toasty_db) db = open_file();
    {
        toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
        check_int(1, toasty_sql(own, "INSERT INTO topics (label, weight) VALUES ('a', 1)"));
        check_int(1, toasty_sql(own, "/* c */ UPDATE topics SET weight = 2"));
    }
    check_cell(db, "-- c\n SELECT weight FROM topics", "2");
    check_int(1, toasty_sql(db, "WITH x AS (SELECT 1) DELETE FROM topics"));
    check_uint(1, toasty_count(db).connections_opened);
}

TOASTY_TEST(sessions, a_raw_transaction_in_memory_ends_with_its_handle_and_takes_nothing_else_along)
{
    toasty_auto(toasty_db) db = open_in_memory();
    toasty_auto(Topic) kept = topic_create(db, .label = "kept");
    {
        toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
        check_done((int)toasty_sql(own, "BEGIN"));
        toasty_auto(Topic) undone = topic_create(own, .label = "undone");
        check_some(undone);
    }
    check_int(1, topic_count(db));
    check_int(-1, toasty_sql(db, "BEGIN"));
    check_last_error(TOASTY_INVALID_STATEMENT);
    toasty_auto(Topic) later = topic_create(db, .label = "later");
    check_some(later);
    check_int(2, topic_count(db));
}
