/* A driver's connection as the layers above it would use one: opened by URL, on a loop or on this thread,
 * given jobs and turned until they are done. Everything checks as it goes. */
#ifndef TESTS_DRIVERS_POSTGRESQL_CLIENT_H
#define TESTS_DRIVERS_POSTGRESQL_CLIENT_H

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "core/decode.h"
#include "core/url.h"
#include "fiber/reactor.h"
#include "sql/dialect.h"
#include "sql/handwritten.h"
#include "sql/tables.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const toasty_driver toasty_postgresql_driver;

#define SERVER "TOASTY_TEST_POSTGRESQL_URL"
#define DRIVER (&toasty_postgresql_driver)

typedef struct client {
    toasty_url url;
    toasty_database database;
    uv_loop_t loop;
    bool on_loop;
    toasty__reactor *reactor;
    toasty_connection *connection;
    toasty_error error; /* of the connect */
    bool done;
} client;

static inline void client_turn(client *client)
{
    if (client->on_loop)
        uv_run(&client->loop, UV_RUN_ONCE);
    else
        check_int(0, toasty__reactor_turn(client->reactor));
}

static inline void client_on_connected(toasty_connect *connect)
{
    client *client = connect->session;
    client->connection = connect->connection;
    client->error = connect->error;
    client->done = true;
}

/* Opens the URL; on a loop of its own or by poll. */
static inline void client_open(client *client, const char *url, bool on_loop)
{
    toasty_error error;
    *client = (struct client){.on_loop = on_loop};
    check_int(0, toasty__url_parse(&client->url, url, &error));
    check_int(0, DRIVER->open(&client->url, &client->database, &error));
    check_int(0, toasty__url_check(&client->url, (const char *const[]){NULL}, &error));
    if (on_loop) {
        check_int(0, uv_loop_init(&client->loop));
        client->reactor = toasty__reactor_of_loop(&client->loop, &error);
    } else
        client->reactor = toasty__reactor_of_thread(&error);
    check_that(client->reactor);
}

/* Connects; client->connection is NULL when it failed, with client->error. */
static inline void client_try(client *client, uint32_t timeout_ms)
{
    toasty_connect connect = {
        .reactor = client->reactor, .timeout_ms = timeout_ms, .done = client_on_connected, .session = client};
    client->done = false;
    DRIVER->connect(&client->database, &connect);
    while (!client->done)
        client_turn(client);
}

static inline void client_start_url(client *client, const char *url, bool on_loop)
{
    client_open(client, url, on_loop);
    client_try(client, 10000);
    ck_assert_msg(client->connection != NULL, "no connection: %s", client->error.message);
}

static inline void client_start(client *client, bool on_loop)
{
    client_start_url(client, getenv(SERVER), on_loop);
}

static inline void client_disconnect(client *client)
{
    if (!client->connection)
        return;
    DRIVER->detach(client->connection);
    DRIVER->disconnect(client->connection);
    client->connection = NULL;
}

static inline void client_stop(client *client)
{
    client_disconnect(client);
    DRIVER->close(&client->database);
    toasty__url_done(&client->url);
    toasty__reactor_release(client->reactor);
    if (client->on_loop) {
        uv_run(&client->loop, UV_RUN_DEFAULT);
        check_int(0, uv_loop_close(&client->loop));
    }
}

/* --- rows --- */

/* A sink that keeps its rows in an array. */
typedef struct rows {
    toasty_sink sink;
    toasty__arena arena;
    char *items;
    size_t size, count, capacity;
} rows;

static inline void *rows_add(toasty_sink *sink)
{
    rows *rows = (struct rows *)sink;
    if (toasty__grow((void **)&rows->items, &rows->capacity, rows->count + 1, rows->size) < 0)
        return NULL;
    return memset(rows->items + rows->size * rows->count++, 0, rows->size);
}

/* The first `columns` columns of the model, in its order. */
static inline void rows_init(rows *rows, const toasty_model *model, const toasty_field *const *columns,
                             uint16_t count)
{
    *rows = (struct rows){
        .sink = {.row = rows_add, .model = model, .columns = columns, .column_count = count},
        .size = model->size,
    };
    toasty__arena_init(&rows->arena, 0);
    rows->sink.arena = &rows->arena;
}

static inline void rows_done(rows *rows)
{
    toasty__arena_done(&rows->arena);
    toasty__free(rows->items);
}

/* One column of integers, and one of text. */
typedef struct Number {
    int64_t value;
} Number;
typedef struct Line {
    const char *text;
} Line;
static const toasty_field number_field = {.name = "value",
                                          .column = "value",
                                          .type = TOASTY_TYPE_I64,
                                          .embed = TOASTY_NO_EMBED,
                                          .set_offset = TOASTY_NO_OFFSET};
static const toasty_field line_field = {.name = "text",
                                        .column = "text",
                                        .type = TOASTY_TYPE_TEXT,
                                        .flags = TOASTY_FIELD_NULL_COLUMN,
                                        .embed = TOASTY_NO_EMBED,
                                        .set_offset = TOASTY_NO_OFFSET};
static const toasty_field *const number_columns[] = {&number_field}, *const line_columns[] = {&line_field};
static const toasty_model number_model = {
    .name = "Number", .table = "numbers", .fields = &number_field, .field_count = 1, .size = sizeof(Number)};
static const toasty_model line_model = {
    .name = "Line", .table = "lines", .fields = &line_field, .field_count = 1, .size = sizeof(Line)};

/* --- jobs --- */

enum { MAX_OPERATIONS = 4 };

/* A job and what it needs; stays where it is until it is done. */
typedef struct call {
    toasty_job job;
    toasty_operation operations[MAX_OPERATIONS];
    rows rows;
    bool done, has_rows;
    struct client *client;
} call;

static inline void call_on_done(toasty_job *job)
{
    call *call = (struct call *)job;
    ck_assert_msg(!call->done, "done was called twice");
    call->done = true;
}

static inline void call_init(call *call, client *client)
{
    *call = (struct call){.client = client};
    call->job.operations = call->operations;
    call->job.done = call_on_done;
}

static inline toasty_operation *call_add(call *call, toasty_operation_kind kind)
{
    toasty_operation *operation = &call->operations[call->job.count++];
    operation->kind = (uint8_t)kind;
    return operation;
}

static inline toasty_operation *call_add_sql(call *call, const toasty_statement *statement,
                                             const toasty_value *values)
{
    toasty_operation *operation = call_add(call, TOASTY_OPERATION_SQL);
    operation->statement = statement;
    operation->values = values;
    operation->value_count = statement->parameter_count;
    return operation;
}

/* The last operation's rows come here. */
static inline void call_want(call *call, const toasty_model *model, const toasty_field *const *columns,
                             uint16_t count)
{
    rows_init(&call->rows, model, columns, count);
    call->has_rows = true;
    call->operations[call->job.count - 1].sink = &call->rows.sink;
}

static inline void call_submit(call *call)
{
    DRIVER->submit(call->client->connection, &call->job);
}

static inline void call_wait(call *call)
{
    while (!call->done)
        client_turn(call->client);
}

static inline void call_finish(call *call)
{
    if (call->has_rows)
        rows_done(&call->rows);
    call->has_rows = false;
}

static inline void call_run(call *call)
{
    call_submit(call);
    call_wait(call);
}

static inline void call_check(const call *call, toasty_code code)
{
    ck_assert_msg(call->job.error.code == code, "%s: %s (%s)", toasty_code_name(call->job.error.code),
                  call->job.error.message, call->job.error.server_code);
}

#define TEXT(sql_) (&(const toasty_statement){.sql = (sql_), .operation = "SQL"})
#define WRITE(sql_) (&(const toasty_statement){.sql = (sql_), .operation = "SQL", .writes = true})
#define RAW(sql_)                                                                                            \
    (&(const toasty_statement){                                                                              \
        .sql = (sql_), .operation = "SQL", .writes = true, .text_results = true, .foreign = true})

/* A write without parameters, by itself. */
static inline int64_t client_run(client *client, const char *sql, toasty_code code)
{
    call call;
    call_init(&call, client);
    call_add_sql(&call, WRITE(sql), NULL);
    call_run(&call);
    call_check(&call, code);
    return call.operations[0].count;
}

/* The one number that a query answers. */
static inline int64_t client_number(client *client, const char *sql)
{
    call call;
    call_init(&call, client);
    call_add_sql(&call, TEXT(sql), NULL);
    call_want(&call, &number_model, number_columns, 1);
    call_run(&call);
    call_check(&call, TOASTY_OK);
    check_uint(1, call.rows.count);
    int64_t number = ((Number *)call.rows.items)->value;
    call_finish(&call);
    return number;
}

static inline toasty_code client_control(client *client, toasty_operation_kind kind)
{
    call call;
    call_init(&call, client);
    call_add(&call, kind);
    call_run(&call);
    return call.job.error.code;
}

/* The tables of the handwritten schema, new, in a schema of their own. */
static inline void client_push(client *client)
{
    toasty__texts statements = tables_statements(&toasty__sql_schema_postgresql, HANDWRITTEN, "");
    client_run(client, "CREATE SCHEMA IF NOT EXISTS driver", TOASTY_OK);
    client_run(client, "SET search_path = driver", TOASTY_OK);
    client_run(client, "DROP SCHEMA driver CASCADE", TOASTY_OK);
    client_run(client, "CREATE SCHEMA driver", TOASTY_OK);
    for (size_t i = 0; i < statements.count; i++)
        client_run(client, statements.items[i], TOASTY_OK);
}

#endif
