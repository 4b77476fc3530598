/* Files with several connections: locks, time limits, threads, cancelling. */
#include "drivers/sqlite/fixture.h"

#define ENDLESS                                                                                              \
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n WHERE i < 0"

TOASTY_TEST(sqlite, a_file_has_a_write_ahead_log_and_foreign_keys)
{
    file file = new_file("");
    fixture f = open_fixture(file.url);
    create_tables(&f);
    check_int(0, access(file.path, F_OK));
    check_int(1, count_rows(&f, "pragma_journal_mode() WHERE journal_mode = 'wal'"));
    check_int(1, count_rows(&f, "pragma_synchronous() WHERE synchronous = 1"));
    check_int(1, count_rows(&f, "pragma_foreign_keys() WHERE foreign_keys = 1"));
    close_fixture(&f);
    f = open_fixture(file.url);
    check_int(0, count_rows(&f, "persons"));
    close_fixture(&f);
    remove_file(&file);
}

TOASTY_TEST(sqlite, a_read_only_file_is_read)
{
    file file = new_file("wal=off");
    fixture f = open_fixture(file.url);
    create_tables(&f);
    close_fixture(&f);
    strcat(file.url, "&mode=ro");
    f = open_fixture(file.url);
    check_int(0, count_rows(&f, "persons"));
    check_int(TOASTY_DATABASE_ERROR, insert_person(&f, "Ann", "a"));
    check_contains(f.error.message, "mode=ro");
    close_fixture(&f);
    remove_file(&file);
}

TOASTY_TEST(sqlite, a_lock_that_does_not_go_away_is_a_lock_timeout)
{
    file file = new_file("busy_timeout_ms=60");
    fixture first = open_fixture(file.url), second = open_beside(&first);
    create_tables(&first);
    check_int(TOASTY_OK, run_kind(&first, TOASTY_OPERATION_BEGIN));
    check_int(TOASTY_OK, insert_person(&first, "Ann", "a"));
    uint64_t start = toasty__now_ms();
    check_int(TOASTY_LOCK_TIMEOUT, insert_person(&second, "Bob", "b"));
    uint64_t waited = toasty__now_ms() - start;
    check_that(waited >= 60 && waited < 2000);
    check_text("5", second.error.server_code);
    check_int(0, count_rows(&second, "persons"));
    check_int(TOASTY_OK, run_kind(&first, TOASTY_OPERATION_COMMIT));
    check_int(TOASTY_OK, insert_person(&second, "Bob", "b"));
    close_beside(&second);
    close_fixture(&first);
    remove_file(&file);
}

/* Ends the first connection's transaction some time later. */
typedef struct later {
    fixture *f;
    toasty__timer *timer;
} later;

static void commit_later(void *arg)
{
    later *later = arg;
    check_int(TOASTY_OK, run_kind(later->f, TOASTY_OPERATION_COMMIT));
}

static void wait_for_a_lock(fixture *first, fixture *second)
{
    create_tables(first);
    check_int(TOASTY_OK, run_kind(first, TOASTY_OPERATION_BEGIN));
    check_int(TOASTY_OK, insert_person(first, "Ann", "a"));
    later later = {.f = first};
    later.timer = toasty__timer_new(first->reactor, commit_later, &later, &first->error);
    toasty__timer_start(later.timer, 30);
    toasty_value values[5];
    person_values(values, "Bob", "b");
    toasty_statement insert = insert_statement(second, &person_model, 1, true);
    rows rows;
    rows_of(second, &rows, &person_model, 1);
    toasty_operation operation = {.kind = TOASTY_OPERATION_SQL,
                                  .statement = &insert,
                                  .values = values,
                                  .value_count = 5,
                                  .sink = &rows.sink};
    check_int(TOASTY_OK, run_job(second, &operation, 1, false));
    check_int(1, rows.count);
    check_int(2, count_rows(second, "persons"));
    toasty__timer_free(later.timer);
}

TOASTY_TEST(sqlite, a_job_waits_for_a_lock_and_then_runs)
{
    file file = new_file("");
    fixture first = open_fixture(file.url), second = open_beside(&first);
    wait_for_a_lock(&first, &second);
    close_beside(&second);
    close_fixture(&first);
    remove_file(&file);
}

TOASTY_TEST(sqlite, without_a_write_ahead_log_a_lock_is_waited_for_as_well)
{
    file file = new_file("wal=off");
    fixture first = open_fixture(file.url), second = open_beside(&first);
    wait_for_a_lock(&first, &second);
    close_beside(&second);
    close_fixture(&first);
    remove_file(&file);
}

TOASTY_TEST(sqlite, reading_and_then_writing_against_another_writer_fails_at_once)
{
    file file = new_file("");
    fixture first = open_fixture(file.url), second = open_beside(&first);
    create_tables(&first);
    check_int(TOASTY_OK, run_text(&first, "BEGIN"));
    check_int(0, count_rows(&first, "persons"));
    check_int(TOASTY_OK, insert_person(&second, "Ann", "a"));
    uint64_t start = toasty__now_ms();
    check_int(TOASTY_SERIALIZATION_FAILURE, insert_person(&first, "Bob", "b"));
    check_that(toasty__now_ms() - start < 1000);
    check_text("517", first.error.server_code);
    check_int(TOASTY_OK, run_kind(&first, TOASTY_OPERATION_ROLLBACK));
    close_beside(&second);
    close_fixture(&first);
    remove_file(&file);
}

/* --- on a loop --- */

typedef struct on_loop {
    uv_loop_t loop;
    toasty__reactor *reactor;
    fixture f;
} on_loop;

static void open_on_loop(on_loop *l, const char *url)
{
    toasty_error err;
    check_int(0, uv_loop_init(&l->loop));
    l->reactor = toasty__reactor_of_loop(&l->loop, &err);
    check_that(l->reactor != NULL);
    l->f = open_on(url, l->reactor);
}

static void close_on_loop(on_loop *l)
{
    close_fixture(&l->f);
    while (uv_run(&l->loop, UV_RUN_DEFAULT)) /* a stop that nobody waited for */
        ;
    check_int(0, uv_loop_close(&l->loop));
}

TOASTY_TEST(sqlite, on_a_loop_a_file_is_used_by_a_thread, THREADS)
{
    file file = new_file("");
    on_loop l;
    open_on_loop(&l, file.url);
    create_tables(&l.f);
    for (int i = 0; i < 200; i++) {
        char email[32];
        snprintf(email, sizeof email, "%d", i);
        check_int(TOASTY_OK, insert_person(&l.f, "Ann", email));
        check_int(i + 1, l.f.last_key);
    }
    check_int(200, count_rows(&l.f, "persons"));
    check_int(TOASTY_UNIQUE_VIOLATION, insert_person(&l.f, "Ann", "7"));
    close_on_loop(&l);
    remove_file(&file);
}

static void submit_select(fixture *f, toasty_job *job, toasty_operation *operation,
                          toasty_statement *statement, const char *sql, ending *end)
{
    *statement = text_statement(sql);
    *operation = (toasty_operation){.kind = TOASTY_OPERATION_SQL, .statement = statement};
    *end = (ending){.loop = toasty__reactor_loop(f->reactor)};
    *job = (toasty_job){.operations = operation, .count = 1, .done = job_done, .session = end};
    toasty_sqlite_driver.submit(f->connection, job);
}

TOASTY_TEST(sqlite, a_file_has_a_thread_and_memory_is_used_on_the_loop_itself)
{
    toasty_job job;
    toasty_operation operation;
    toasty_statement statement;
    ending end;
    file file = new_file("");
    on_loop l;
    open_on_loop(&l, file.url);
    submit_select(&l.f, &job, &operation, &statement, "SELECT 1", &end);
    check_that(!end.came);
    wait_for(l.reactor, &end);
    check_that(!l.f.database.inline_on_loop);
    close_on_loop(&l);
    remove_file(&file);

    open_on_loop(&l, "sqlite::memory:");
    check_that(l.f.database.inline_on_loop && l.f.database.max_connections == 1);
    submit_select(&l.f, &job, &operation, &statement, "SELECT 1", &end);
    check_that(!end.came);
    uv_run(&l.loop, UV_RUN_NOWAIT);
    check_that(end.came);
    close_on_loop(&l);
}

typedef struct cancelled_job {
    toasty_job job;
    toasty_connection *connection;
} cancelled_job;

static void cancel_later(void *arg)
{
    cancelled_job *cancelled = arg;
    toasty_sqlite_driver.cancel(cancelled->connection, &cancelled->job);
}

TOASTY_TEST(sqlite, a_long_statement_is_cancelled_and_the_connection_serves_on, THREADS)
{
    cancelled_job cancelled;
    toasty_operation operation;
    toasty_statement statement;
    ending end;
    file file = new_file("");
    on_loop l;
    open_on_loop(&l, file.url);
    create_tables(&l.f);
    cancelled.connection = l.f.connection;
    toasty__timer *timer = toasty__timer_new(l.reactor, cancel_later, &cancelled, &l.f.error);
    for (int i = 0; i < 5; i++) {
        submit_select(&l.f, &cancelled.job, &operation, &statement, ENDLESS, &end);
        toasty__timer_start(timer, (uint64_t)i * 10);
        wait_for(l.reactor, &end);
        check_error(&cancelled.job.error, TOASTY_CANCELLED);
        check_int(0, count_rows(&l.f, "persons"));
    }
    toasty__timer_free(timer);
    close_on_loop(&l);
    remove_file(&file);
}

TOASTY_TEST(sqlite, a_job_that_is_cancelled_at_once_ends_at_once, THREADS)
{
    toasty_job job;
    toasty_operation operation;
    toasty_statement statement;
    ending end;
    file file = new_file("");
    on_loop l;
    open_on_loop(&l, file.url);
    for (int i = 0; i < 200; i++) {
        submit_select(&l.f, &job, &operation, &statement, ENDLESS, &end);
        toasty_sqlite_driver.cancel(l.f.connection, &job);
        wait_for(l.reactor, &end);
        check_error(&job.error, TOASTY_CANCELLED);
    }
    close_on_loop(&l);
    remove_file(&file);
}

TOASTY_TEST(sqlite, waiting_for_a_lock_can_be_cancelled)
{
    file file = new_file("threads=inline");
    on_loop l;
    open_on_loop(&l, file.url);
    fixture second = open_beside(&l.f);
    create_tables(&l.f);
    check_int(TOASTY_OK, run_kind(&l.f, TOASTY_OPERATION_BEGIN));
    toasty_job job;
    toasty_operation operation;
    toasty_statement statement;
    ending end;
    submit_select(&second, &job, &operation, &statement, "DELETE FROM persons", &end);
    for (int i = 0; i < 10; i++)
        uv_run(&l.loop, UV_RUN_NOWAIT);
    check_that(!end.came);
    toasty_sqlite_driver.cancel(second.connection, &job);
    check_that(end.came);
    check_error(&job.error, TOASTY_CANCELLED);
    check_int(TOASTY_OK, run_kind(&l.f, TOASTY_OPERATION_ROLLBACK));
    check_int(TOASTY_OK, run_text(&second, "DELETE FROM persons"));
    close_beside(&second);
    close_on_loop(&l);
    remove_file(&file);
}
