/* A database, a connection and an operation at hand: what the tests of the SQLite driver start from.
 *
 * Statements are made by the dialect from the models of sql/handwritten.h or are texts of the test.
 * Everything runs on this thread's own reactor unless the test says otherwise. */
#ifndef TESTS_DRIVERS_SQLITE_FIXTURE_H
#define TESTS_DRIVERS_SQLITE_FIXTURE_H

#include "base/arena.h"
#include "core/url.h"
#include "fiber/reactor.h"
#include "sql/dialect.h"
#include "sql/nodes.h"
#include "sql/tables.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <toasty/codegen.h>
#include <unistd.h>

extern const toasty_driver toasty_sqlite_driver;

/* --- databases --- */

UNUSED static toasty_code open_url(const char *text, toasty_database *database, toasty_error *err)
{
    toasty_url url;
    static const char *const known[] = {"mode",    "busy_timeout_ms", "wal", "sync",
                                        "threads", "statement_cache", NULL};
    *database = (toasty_database){.data = NULL};
    *err = (toasty_error){.code = TOASTY_OK};
    if (toasty__url_parse(&url, text, err) < 0)
        return err->code;
    if (toasty_sqlite_driver.open(&url, database, err) == 0 && toasty__url_check(&url, known, err) < 0)
        toasty_sqlite_driver.close(database);
    toasty__url_done(&url);
    return err->code;
}

/* A new folder's file, whose URL has these options; removed with remove_file. */
typedef struct file {
    char folder[256], path[300], url[512];
} file;

UNUSED static file new_file(const char *options)
{
    file file;
    const char *root = getenv("TMPDIR");
    snprintf(file.folder, sizeof file.folder, "%s/toasty-sqlite-XXXXXX", root ? root : "/tmp");
    check_that(mkdtemp(file.folder));
    snprintf(file.path, sizeof file.path, "%s/test.db", file.folder);
    snprintf(file.url, sizeof file.url, "sqlite://%s?%s", file.path, options);
    return file;
}

UNUSED static void remove_file(const file *file)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    char path[320];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(path, sizeof path, "%s%s", file->path, ends[i]);
        unlink(path);
    }
    rmdir(file->folder);
}

/* --- connections --- */

typedef struct fixture {
    toasty_database database;
    toasty_connection *connection;
    toasty__reactor *reactor;
    toasty__arena arena;
    toasty_error error; /* of the last job */
    uint32_t failed;
    int64_t count, last_key; /* of the last operation */
} fixture;

/* The end of a connect or a job: stops the loop that waits for it, if one does. */
typedef struct ending {
    bool came;
    uv_loop_t *loop;
} ending;

UNUSED static void note_end(ending *ending)
{
    ending->came = true;
    if (ending->loop)
        uv_stop(ending->loop);
}

UNUSED static void connected(toasty_connect *connect)
{
    note_end(connect->session);
}

UNUSED static void wait_for(toasty__reactor *reactor, const ending *ending)
{
    while (!ending->came)
        if (ending->loop)
            uv_run(ending->loop, UV_RUN_DEFAULT);
        else
            check_int(0, toasty__reactor_turn(reactor));
}

UNUSED static toasty_connection *connect_to(toasty_database *database, toasty__reactor *reactor,
                                            toasty_error *err)
{
    ending end = {.loop = toasty__reactor_loop(reactor)};
    toasty_connect connect = {
        .reactor = reactor, .timeout_ms = 1000, .writer = true, .done = connected, .session = &end};
    toasty_sqlite_driver.connect(database, &connect);
    wait_for(reactor, &end);
    *err = connect.error;
    return connect.connection;
}

UNUSED static fixture open_on(const char *url, toasty__reactor *reactor)
{
    fixture f = {.reactor = reactor};
    toasty__arena_init(&f.arena, 0);
    check_int(TOASTY_OK, open_url(url, &f.database, &f.error));
    f.connection = connect_to(&f.database, reactor, &f.error);
    check_error(&f.error, TOASTY_OK);
    check_that(f.connection != NULL);
    return f;
}

UNUSED static fixture open_fixture(const char *url)
{
    toasty_error err;
    return open_on(url, toasty__reactor_of_thread(&err));
}

UNUSED static void close_fixture(fixture *f)
{
    toasty_sqlite_driver.disconnect(f->connection);
    toasty_sqlite_driver.close(&f->database);
    toasty__arena_done(&f->arena);
    toasty__reactor_release(f->reactor);
}

/* --- rows --- */

/* Collects rows of a model; `limit` rows fit, the next one is out of memory. */
typedef struct rows {
    toasty_sink sink;
    const toasty_field *columns[64];
    char *bytes;
    size_t size, count, limit;
} rows;

UNUSED static void *next_row(toasty_sink *sink)
{
    rows *rows = (struct rows *)sink;
    return rows->count < rows->limit ? rows->bytes + rows->size * rows->count++ : NULL;
}

UNUSED static void rows_of(fixture *f, rows *rows, const toasty_model *model, size_t limit)
{
    *rows = (struct rows){.sink = {.row = next_row,
                                   .model = model,
                                   .columns = rows->columns,
                                   .column_count = model->field_count,
                                   .arena = &f->arena},
                          .size = model->size,
                          .limit = limit};
    rows->bytes = toasty__arena_calloc(&f->arena, limit + 1, model->size);
    for (uint16_t i = 0; i < model->field_count; i++)
        rows->columns[i] = &model->fields[i];
}

/* --- jobs --- */

UNUSED static void job_done(toasty_job *job)
{
    note_end(job->session);
}

/* Runs operations as one job, and keeps its error and the last operation's answers. */
UNUSED static toasty_code run_job(fixture *f, toasty_operation *operations, uint32_t count, bool atomic)
{
    ending end = {.loop = toasty__reactor_loop(f->reactor)};
    toasty_job job = {
        .operations = operations, .count = count, .atomic = atomic, .done = job_done, .session = &end};
    toasty_sqlite_driver.submit(f->connection, &job);
    wait_for(f->reactor, &end);
    f->error = job.error;
    f->failed = job.failed;
    f->count = operations[count - 1].count;
    f->last_key = operations[count - 1].made_key;
    return job.error.code;
}

UNUSED static toasty_statement text_statement(const char *sql)
{
    return (toasty_statement){.sql = sql, .operation = "SQL", .table = "", .writes = true};
}

UNUSED static toasty_code run_text(fixture *f, const char *sql)
{
    toasty_statement statement = text_statement(sql);
    toasty_operation operation = {.kind = TOASTY_OPERATION_SQL, .statement = &statement};
    return run_job(f, &operation, 1, false);
}

UNUSED static toasty_code run_kind(fixture *f, toasty_operation_kind kind)
{
    toasty_operation operation = {.kind = (uint8_t)kind};
    return run_job(f, &operation, 1, false);
}

/* Another connection to the database of a fixture, which stays the owner of the database. */
UNUSED static fixture open_beside(const fixture *first)
{
    fixture f = {.reactor = first->reactor, .database = first->database};
    toasty__arena_init(&f.arena, 0);
    toasty__reactor_hold(f.reactor);
    f.connection = connect_to(&f.database, f.reactor, &f.error);
    check_error(&f.error, TOASTY_OK);
    return f;
}

UNUSED static void close_beside(fixture *f)
{
    toasty_sqlite_driver.disconnect(f->connection);
    toasty__arena_done(&f->arena);
    toasty__reactor_release(f->reactor);
}

UNUSED static void create_tables(fixture *f)
{
    toasty__texts statements = tables_statements(&toasty__sql_schema_sqlite, HANDWRITTEN, "");
    for (size_t i = 0; i < statements.count; i++)
        check_int(TOASTY_OK, run_text(f, statements.items[i]));
}

/* An insert of so many rows with all columns but those that the database counts up. */
UNUSED static toasty_statement insert_statement(fixture *f, const toasty_model *model, uint32_t row_count,
                                                bool returning)
{
    toasty_parameter *parameters = toasty__arena_calloc(&f->arena, model->field_count, sizeof *parameters);
    uint16_t *fields = toasty__arena_calloc(&f->arena, model->field_count, sizeof *fields);
    toasty__stmt stmt = {.tag = TOASTY__STMT_INSERT, .model = model, .parameters = parameters};
    for (uint16_t i = 0; i < model->field_count; i++) {
        if (model->fields[i].on_create == TOASTY_SOURCE_SEQUENCE)
            continue;
        fields[stmt.parameter_count] = i;
        parameters[stmt.parameter_count++] =
            (toasty_parameter){.field = &model->fields[i], .type = model->fields[i].type};
    }
    stmt.insert.fields = fields;
    stmt.insert.field_count = (uint16_t)stmt.parameter_count;
    stmt.insert.row_count = row_count;
    stmt.items = items_of(table_of(model), NULL, model->field_count);
    stmt.item_count = returning ? model->field_count : 0;
    toasty_statement statement;
    check_int(0, toasty__sql_prepare(&toasty__dialect_sqlite, &stmt, "", &f->arena, &statement, &f->error));
    return statement;
}

/* All rows in the order of the first column. */
UNUSED static toasty_statement select_statement(fixture *f, const toasty_model *model)
{
    const toasty__source *table = table_of(model);
    toasty__order order = {.value = column_of(table, 0)};
    toasty__stmt stmt = {.tag = TOASTY__STMT_SELECT,
                         .model = model,
                         .from = table,
                         .items = items_of(table, NULL, model->field_count),
                         .item_count = model->field_count,
                         .select = {.orders = &order,
                                    .order_count = 1,
                                    .limit = TOASTY__NO_PARAMETER,
                                    .offset = TOASTY__NO_PARAMETER,
                                    .each = TOASTY__NO_PARAMETER}};
    toasty_statement statement;
    check_int(0, toasty__sql_prepare(&toasty__dialect_sqlite, &stmt, "", &f->arena, &statement, &f->error));
    return statement;
}

/* name, email, age, mood, boss of a Person. */
UNUSED static void person_values(toasty_value values[5], const char *name, const char *email)
{
    values[0] = toasty__text(name);
    values[1] = toasty__text(email);
    values[2] = toasty__int(30);
    values[3] = toasty__int(MOOD_HIGH);
    values[4] = toasty__null();
}

UNUSED static toasty_code insert_person(fixture *f, const char *name, const char *email)
{
    toasty_value values[5];
    person_values(values, name, email);
    toasty_statement statement = insert_statement(f, &person_model, 1, false);
    toasty_operation operation = {
        .kind = TOASTY_OPERATION_SQL, .statement = &statement, .values = values, .value_count = 5};
    return run_job(f, &operation, 1, false);
}

UNUSED static int64_t count_rows(fixture *f, const char *table)
{
    static const toasty_field number = {.name = "count",
                                        .column = "count",
                                        .type = TOASTY_TYPE_I64,
                                        .embed = TOASTY_NO_EMBED,
                                        .set_offset = TOASTY_NO_OFFSET};
    static const toasty_model counts = {
        .name = "Count", .table = "count", .fields = &number, .field_count = 1, .size = 8};
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
    rows rows;
    rows_of(f, &rows, &counts, 1);
    toasty_statement statement = text_statement(sql);
    statement.writes = false;
    toasty_operation operation = {.kind = TOASTY_OPERATION_SQL, .statement = &statement, .sink = &rows.sink};
    rows.sink.columns = rows.columns;
    check_int(TOASTY_OK, run_job(f, &operation, 1, false));
    return *(int64_t *)(void *)rows.bytes;
}

#endif
