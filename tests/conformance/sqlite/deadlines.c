/* Deadlines of statements that run on the caller's own thread, where no timer can: SQLite looks at the clock.
 */
#include "suite.h"
#include <uv.h>

#define ENDLESS "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0"

static toasty_db *open_in_memory(void)
{
    toasty_db *db = toasty_open("sqlite::memory:", &models_schema);
    check_some(db);
    check_done(toasty_push_schema(db));
    return db;
}

static void check_deadline(toasty_db *db)
{
    toasty_auto(toasty_db) hasty = toasty_with(db, .timeout_ms = 20);
    check_null(toasty_sql_rows(hasty, ENDLESS));
    check_last_error(TOASTY_TIMEOUT);
    check_int(0, topic_count(hasty));
}

TOASTY_TEST(deadlines, stop_a_statement_on_a_file_from_a_plain_thread)
{
    toasty_auto(toasty_db) db = suite_open();
    check_deadline(db);
}

TOASTY_TEST(deadlines, stop_a_statement_in_memory)
{
    toasty_auto(toasty_db) db = open_in_memory();
    check_deadline(db);
}

static void check_in_a_fiber(void *db)
{
    check_deadline(db);
}

TOASTY_TEST(deadlines, stop_a_statement_in_memory_that_a_fiber_waits_for)
{
    uv_loop_t loop;
    toasty_auto(toasty_db) db = open_in_memory();
    uv_loop_init(&loop);
    check_some(toasty_spawn(&loop, check_in_a_fiber, db));
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop));
}

/* A topic of that name is never through. */
static void make_slow_topic(toasty_db *db)
{
    check_that(toasty_sql(db, "CREATE VIEW endless AS " ENDLESS) >= 0);
    check_that(toasty_sql(db, "CREATE TRIGGER slow BEFORE INSERT ON topics WHEN NEW.label = 'slow' "
                              "BEGIN SELECT count(*) FROM endless; END") >= 0);
}

static void check_slow_topic(toasty_db *db)
{
    toasty_auto(toasty_db) hasty = toasty_with(db, .timeout_ms = 20);
    check_null(topic_create(hasty, .label = "slow"));
    check_last_error(TOASTY_TIMEOUT);
    check_null(topic_create(db, .label = "after"));
    check_last_error(TOASTY_TRANSACTION_FAILED);
}

TOASTY_TEST(deadlines, of_a_write_fail_its_transaction)
{
    toasty_auto(toasty_db) db = open_in_memory();
    make_slow_topic(db);
    toasty_auto(toasty_db) transaction = toasty_begin(db);
    toasty_auto(Topic) before = topic_create(transaction, .label = "before");
    check_some(before);
    check_slow_topic(transaction);
    check_int(-1, toasty_commit(transaction));
    check_done(toasty_rollback(transaction));
    check_int(0, topic_count(db));
}

TOASTY_TEST(deadlines, of_a_write_fail_a_transaction_of_raw_statements_until_its_rollback)
{
    toasty_auto(toasty_db) db = open_in_memory();
    make_slow_topic(db);
    toasty_auto(toasty_db) dedicated = toasty_with(db, .dedicated = true);
    check_that(toasty_sql(dedicated, "BEGIN") >= 0);
    toasty_auto(Topic) before = topic_create(dedicated, .label = "before");
    check_some(before);
    check_slow_topic(dedicated);
    check_that(toasty_sql(dedicated, "INSERT INTO topics (label) VALUES ('raw')") < 0);
    check_last_error(TOASTY_TRANSACTION_FAILED);
    check_done((int)toasty_sql(dedicated, "ROLLBACK"));
    check_int(0, topic_count(dedicated));
}
