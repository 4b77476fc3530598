/* Sessions of a server: whatever a raw statement may have changed is as before for whoever comes next. */
#include "suite.h"
#include "tcp_proxy.h"
#include <stdio.h>
#include <string.h>

static toasty_db *open_with_one_connection(void)
{
    return suite_open_with(&(toasty_open_options){.max_pool_size = 1});
}

static void check_cell(toasty_db *db, const char *sql, const char *expected)
{
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, sql);
    check_some(rows);
    check_uint(1, rows->len);
    check_text(expected, toasty_cell(rows, 0, 0));
}

/* --- settings --- */

static const struct {
    const char *change, *look;
} settings[] = {
    {"SET search_path = pg_catalog", "SHOW search_path"},
    {"SET statement_timeout = 1", "SHOW statement_timeout"},
    {"PREPARE \"my own\" AS SELECT 1", "SELECT count(*)::text FROM pg_prepared_statements WHERE from_sql"},
    {"SET application_name = 'another'", "SHOW application_name"},
    {"SET default_transaction_read_only = on", "SHOW default_transaction_read_only"},
    {"SET TimeZone = 'Asia/Tokyo'", "SHOW TimeZone"},
    {"SET standard_conforming_strings = off", "SHOW standard_conforming_strings"},
    {"SET ROLE pg_monitor", "SELECT current_user"},
    {"SET SESSION AUTHORIZATION pg_monitor", "SELECT session_user"},
    {"SELECT set_config('toasty.mine', 'x', false)",
     "SELECT coalesce(current_setting('toasty.mine', true), '')"},
    {"LISTEN mine", "SELECT count(*)::text FROM pg_listening_channels()"},
    {"SELECT pg_advisory_lock(4711)", "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory'"},
    {"CREATE TEMPORARY TABLE mine ()", "SELECT (to_regclass('mine') IS NULL)::text"},
    {"CREATE TEMPORARY SEQUENCE mine", "SELECT (to_regclass('mine') IS NULL)::text"},
};

static toasty_rows *cell_of(toasty_db *db, const char *sql)
{
    toasty_rows *rows = toasty_sql_rows(db, sql);
    check_some(rows);
    return rows;
}

static void check_changes_nothing(toasty_db *db, toasty_db *user, size_t i)
{
    toasty_auto(toasty_rows) before = cell_of(db, settings[i].look);
    if (user) {
        check_done((int)toasty_sql(user, settings[i].change));
        toasty_free(user);
    } else {
        check_done((int)toasty_sql(db, settings[i].change));
    }
    toasty_auto(toasty_rows) after = cell_of(db, settings[i].look);
    check_text(toasty_cell(before, 0, 0), toasty_cell(after, 0, 0));
}

TOASTY_TEST(sessions, a_raw_statement_changes_no_setting_of_whoever_comes_next, TIMEOUT(30))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        check_changes_nothing(db, NULL, i);
    check_uint(1, toasty_count(db).connections_opened);
}

/* No text would be what was meant. */
TOASTY_TEST(sessions, an_encoding_that_a_function_sets_ends_the_connection, TIMEOUT(30))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
    check_some(own);
    check_int(-1, toasty_sql(own, "SELECT set_config('client_encoding', 'LATIN1', false)"));
    check_contains(toasty_last_error()->message, "client_encoding");
    check_null(topic_create(own, .label = "\xc3\xbc"));
    check_last_error(TOASTY_CONNECTION_LOST);
    toasty_free(own);
    own = NULL;
    toasty_auto(Topic) topic = topic_create(db, .label = "\xc3\xbc");
    check_some(topic);
    check_int(1, topic_count(db, .where = topic_label_eq("\xc3\xbc")));
}

TOASTY_TEST(sessions, a_dedicated_handle_takes_its_settings_along, TIMEOUT(30))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        toasty_auto(toasty_rows) before = cell_of(db, settings[i].look);
        toasty_db *own = toasty_with(db, .dedicated = true);
        check_done((int)toasty_sql(own, settings[i].change));
        toasty_free(own);
        toasty_auto(toasty_rows) after = cell_of(db, settings[i].look);
        check_text(toasty_cell(before, 0, 0), toasty_cell(after, 0, 0));
    }
    check_uint(1, toasty_count(db).connections_opened);
}

TOASTY_TEST(sessions, a_generated_statement_comes_behind_what_cleans_the_session_in_one_round_trip)
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_some(topic);
    check_done((int)toasty_sql(db, "SET search_path = pg_catalog"));
    toasty_counters before = toasty_count(db);
    check_int(1, topic_count(db));
    check_uint(before.round_trips + 1, toasty_count(db).round_trips);
}

/* Others may wait for it. */
TOASTY_TEST(sessions, a_lock_of_a_dedicated_handle_is_let_go_with_it)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 2});
    toasty_db *own = toasty_with(db, .dedicated = true);
    toasty_auto(toasty_db) other = toasty_with(db, .dedicated = true);
    check_done((int)toasty_sql(own, "SELECT pg_advisory_lock(4712)"));
    check_cell(other, "SELECT pg_try_advisory_lock(4712)", "f");
    toasty_free(own);
    check_done((int)toasty_sql(other, "SELECT pg_advisory_lock(4712)"));
}

TOASTY_TEST(sessions, prepared_statements_that_were_all_forgotten_are_prepared_again)
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_int(1, topic_count(db));
    check_done((int)toasty_sql(db, "DISCARD ALL"));
    check_int(1, topic_count(db));
}

/* --- transactions --- */

static void chain(const char *sql, int64_t rows)
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    {
        toasty_auto(toasty_db) tx = toasty_begin(db);
        toasty_auto(Topic) first = topic_create(tx, .label = "first");
        check_some(first);
        check_int(-1, toasty_sql(tx, sql));
        check_last_error(TOASTY_INVALID_STATEMENT);
        check_null(topic_create(tx, .label = "second"));
        check_last_error(TOASTY_TRANSACTION_FAILED);
        check_int(-1, toasty_commit(tx));
    }
    check_int(rows, topic_count(db));
}

TOASTY_TEST(sessions, a_chained_commit_ends_a_transaction_too)
{
    chain("COMMIT AND CHAIN", 1);
}

TOASTY_TEST(sessions, a_chained_rollback_ends_a_transaction_too)
{
    chain("ROLLBACK AND CHAIN", 0);
}

TOASTY_TEST(sessions, a_chained_commit_of_a_dedicated_handles_own_transaction_is_its_own_affair)
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
    check_done((int)toasty_sql(own, "BEGIN"));
    toasty_auto(Topic) kept = topic_create(own, .label = "kept");
    check_done((int)toasty_sql(own, "COMMIT AND CHAIN"));
    toasty_auto(Topic) undone = topic_create(own, .label = "undone");
    check_some(undone);
    check_done((int)toasty_sql(own, "ROLLBACK"));
    check_int(1, topic_count(own));
}

TOASTY_TEST(sessions, savepoints_of_the_users_own_end_nothing)
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_done((int)toasty_sql(tx, "SAVEPOINT supply_chain"));
    toasty_auto(Topic) undone = topic_create(tx, .label = "undone");
    check_done((int)toasty_sql(tx, "ROLLBACK TO SAVEPOINT supply_chain"));
    check_done((int)toasty_sql(tx, "SAVEPOINT chain"));
    check_done((int)toasty_sql(tx, "ROLLBACK TO chain"));
    toasty_auto(Topic) kept = topic_create(tx, .label = "kept");
    check_some(kept);
    check_done(toasty_commit(tx));
    check_int(1, topic_count(db));
}

TOASTY_TEST(sessions, a_raw_commit_that_the_server_made_a_rollback_is_an_error)
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
    check_done((int)toasty_sql(own, "BEGIN"));
    toasty_auto(Topic) lost = topic_create(own, .label = "a");
    check_some(lost);
    check_null(topic_create(own, .label = "a"));
    check_int(-1, toasty_sql(own, "COMMIT"));
    check_last_error(TOASTY_TRANSACTION_FAILED);
    check_int(0, topic_count(own));
}

/* Another connection that was lost makes the pool look at its own. */
TOASTY_TEST(sessions, a_failed_nested_transaction_is_undone_also_after_a_connection_was_lost)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 2});
    toasty_auto(toasty_db) outer = toasty_begin(db);
    toasty_auto(Topic) kept = topic_create(outer, .label = "kept");
    check_some(kept);
    toasty_auto(toasty_db) inner = toasty_begin(outer);
    check_null(topic_create(inner, .label = "kept"));
    check_int(-1, toasty_sql(db, "SELECT pg_terminate_backend(pg_backend_pid())"));
    check_done(toasty_rollback(inner));
    check_done(toasty_commit(outer));
    check_int(1, topic_count(db));
}

TOASTY_TEST(sessions, what_the_users_code_raises_loses_no_connection)
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    check_int(-1, toasty_sql(db, "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '08006'; END $$"));
    check_last_error(TOASTY_DATABASE_ERROR);
    check_text("08006", toasty_last_error()->server_code);
}

/* --- statements that were given up --- */

/* A server that has got the statement and does not answer. */
static toasty_db *give_up(tcp_proxy *proxy, const char *through, const char *sql, bool dedicated)
{
    toasty_db *db = toasty_open(through, &models_schema, .max_pool_size = 1);
    check_some(db);
    toasty_auto(toasty_db) own = dedicated ? toasty_with(db, .dedicated = true) : NULL;
    toasty_auto(toasty_db) hasty = toasty_with(own ? own : db, .timeout_ms = 50);
    tcp_proxy_stall(proxy, true);
    check_int(-1, toasty_sql(hasty, sql));
    check_last_error(TOASTY_TIMEOUT);
    tcp_proxy_stall(proxy, false);
    if (dedicated) {
        check_null(topic_create(own, .label = "on its own"));
        check_last_error(TOASTY_CONNECTION_LOST);
    }
    return db;
}

static void check_nothing_lost(const char *sql, bool dedicated)
{
    char through[1024];
    toasty_auto(toasty_db) direct = suite_open();
    tcp_proxy *proxy = tcp_proxy_for(test_url(), through, sizeof through);
    toasty_db *db = give_up(proxy, through, sql, dedicated);
    for (int i = 0; i < 20; i++) {
        char label[16];
        snprintf(label, sizeof label, "%d", i);
        toasty_auto(Topic) topic = topic_create(db, .label = label);
        check_some(topic);
    }
    toasty_free(db);
    check_int(20, topic_count(direct));
    tcp_proxy_stop(proxy);
}

TOASTY_TEST(sessions, a_raw_begin_that_was_given_up_takes_nobodys_writes_along, TIMEOUT(30))
{
    check_nothing_lost("BEGIN", false);
}

TOASTY_TEST(sessions, a_raw_setting_that_was_given_up_reaches_nobody, TIMEOUT(30))
{
    check_nothing_lost("SET default_transaction_read_only = on", false);
}

TOASTY_TEST(sessions, a_dedicated_handle_whose_raw_statement_was_given_up_has_lost_its_connection,
            TIMEOUT(30))
{
    check_nothing_lost("BEGIN", true);
}

/* The server may do it or be stopped before: the answer to the rollback is true of what it did. */
TOASTY_TEST(sessions, a_rollback_knows_of_a_raw_commit_that_was_given_up, TIMEOUT(30))
{
    char through[1024];
    toasty_auto(toasty_db) direct = suite_open();
    tcp_proxy *proxy = tcp_proxy_for(test_url(), through, sizeof through);
    toasty_db *db = toasty_open(through, &models_schema, .max_pool_size = 1);
    {
        toasty_auto(toasty_db) tx = toasty_begin(db);
        toasty_auto(toasty_db) hasty = toasty_with(tx, .timeout_ms = 1);
        toasty_auto(Topic) topic = topic_create(tx, .label = "a");
        check_some(topic);
        tcp_proxy_stall(proxy, true);
        check_int(-1, toasty_sql(hasty, "COMMIT"));
        check_last_error(TOASTY_TIMEOUT);
        tcp_proxy_stall(proxy, false);
        bool rolled_back = toasty_rollback(tx) == 0;
        check_int(rolled_back, topic_count(direct) == 0);
    }
    toasty_free(db);
    tcp_proxy_stop(proxy);
}

/* --- what was prepared --- */

TOASTY_TEST(sessions, statements_without_text_of_the_user_prepare_nothing_again)
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    toasty_auto(Topic) a = topic_create(db, .label = "a");
    check_some(a);
    check_int(1, topic_count(db));
    uint64_t prepared = toasty_count(db).statements_prepared;
    check_done((int)toasty_sql(db, "SELECT 1"));
    toasty_auto(Topic) b = topic_create(db, .label = "b");
    check_some(b);
    check_int(2, topic_count(db));
    check_uint(prepared, toasty_count(db).statements_prepared);
    check_uint(1, toasty_count(db).connections_opened);
}
