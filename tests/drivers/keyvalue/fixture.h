/* A store with its only connection, and rows to be filled by it: what the tests of the key-value store start
 * from. */
#ifndef TESTS_DRIVERS_KEYVALUE_FIXTURE_H
#define TESTS_DRIVERS_KEYVALUE_FIXTURE_H

#include "base/arena.h"
#include "core/url.h"
#include "engine/models.h"
#include "fiber/reactor.h"
#include "test.h"

#include <string.h>
#include <toasty/driver/driver.h>

#define UNUSED __attribute__((unused))

extern const toasty_driver toasty_keyvalue_driver;

/* --- a store and its only connection --- */

typedef struct store {
    toasty_url url;
    toasty_database database;
    toasty_connection *connection;
    struct toasty__reactor *reactor;
    toasty_error error; /* of the last job */
    uint32_t failed;
    bool done;
} store;

UNUSED static void connected(toasty_connect *connect)
{
    (void)connect;
}

UNUSED static void open_store(store *store, const char *url)
{
    memset(store, 0, sizeof(*store));
    check_int(0, toasty__url_parse(&store->url, url, &store->error));
    check_int(0, toasty_keyvalue_driver.open(&store->url, &store->database, &store->error));
    store->reactor = toasty__reactor_of_thread(&store->error);
    toasty_connect connect = {.reactor = store->reactor, .done = connected};
    toasty_keyvalue_driver.connect(&store->database, &connect);
    check_that(connect.connection != NULL);
    store->connection = connect.connection;
}

UNUSED static void close_store(store *store)
{
    toasty_keyvalue_driver.detach(store->connection);
    toasty_keyvalue_driver.disconnect(store->connection);
    toasty_keyvalue_driver.close(&store->database);
    toasty__url_done(&store->url);
    toasty__reactor_release(store->reactor);
}

UNUSED static void job_done(toasty_job *job)
{
    store *of = job->session;
    of->error = job->error;
    of->failed = job->failed;
    of->done = true;
}

UNUSED static void start(store *store, toasty_job *job)
{
    store->done = false;
    job->done = job_done;
    job->session = store;
    toasty_keyvalue_driver.submit(store->connection, job);
}

UNUSED static toasty_code run(store *store, toasty_operation *operations, uint32_t count, bool atomic)
{
    toasty_job job = {.operations = operations, .count = count, .atomic = atomic};
    start(store, &job);
    while (!store->done)
        check_int(0, toasty__reactor_turn(store->reactor));
    return store->error.code;
}

/* --- rows --- */

typedef struct rows {
    toasty_sink sink; /* first: the store hands it back */
    toasty__arena arena;
    const toasty_field *columns[16];
    char storage[64][sizeof(User)];
    size_t count;
} rows;

UNUSED static void *next_row(toasty_sink *sink)
{
    rows *of = (rows *)sink;
    return memset(of->storage[of->count++], 0, sizeof(of->storage[0]));
}

UNUSED static void expect_rows(rows *rows, const toasty_model *model)
{
    memset(rows, 0, sizeof(*rows));
    toasty__arena_init(&rows->arena, 0);
    for (uint16_t i = 0; i < model->field_count; i++)
        rows->columns[i] = &model->fields[i];
    rows->sink = (toasty_sink){.row = next_row,
                               .model = model,
                               .columns = rows->columns,
                               .column_count = model->field_count,
                               .arena = &rows->arena};
}

#define TODO_AT(rows, i) ((Todo *)(rows)->storage[i])

UNUSED static const uint16_t todo_all[TODO_FIELDS] = {0, 1, 2, 3, 4};

UNUSED static toasty_uuid uuid(uint8_t number)
{
    return (toasty_uuid){{[15] = number}};
}

UNUSED static toasty_code put_todo(store *store, uint8_t user, int number, bool fresh)
{
    const toasty_value values[TODO_FIELDS] = {toasty__uuid(uuid(user)), toasty__int(number), toasty__null(),
                                              toasty__text("dig"), toasty__int(PRIORITY_HIGH)};
    toasty_operation insert = {.kind = TOASTY_OPERATION_INSERT,
                               .model = &todo_model,
                               .fields = todo_all,
                               .values = values,
                               .value_count = TODO_FIELDS,
                               .must_not_exist = fresh};
    return run(store, &insert, 1, false);
}

UNUSED static toasty_operation query_todos(const toasty_value *user, rows *rows)
{
    return (toasty_operation){.kind = TOASTY_OPERATION_QUERY,
                              .model = &todo_model,
                              .key = {.values = user, .key_count = 1},
                              .sink = &rows->sink};
}

#endif
