/* Statements come as for SQLite; each is answered within submit. A statement with one value that is no list
 * reads one row, any other reads the whole table; a write is said to have changed what was asked for. */
#include "null_driver.h"

#include "base/alloc.h"
#include "core/decode.h"
#include "core/url.h"
#include "sql/dialect.h"

#include <string.h>

extern const toasty_capability toasty__sqlite_capability;

static bench_shape tables;
static int64_t last_key;

void bench_null_shape(const bench_shape *shape)
{
    tables = *shape;
}

/* --- connections --- */

static int open_database(const toasty_url *url, toasty_database *database, toasty_error *err)
{
    (void)url, (void)err;
    database->max_connections = 1;
    database->inline_on_loop = true;
    return 0;
}

static void close_database(toasty_database *database)
{
    (void)database;
}

static void connect_database(toasty_database *database, toasty_connect *connect)
{
    (void)database;
    connect->connection = toasty__calloc(1, sizeof *connect->connection);
    if (connect->connection)
        connect->connection->reactor = connect->reactor;
    connect->done(connect);
}

static void disconnect(toasty_connection *connection)
{
    toasty__free(connection);
}

/* --- answers --- */

/* Rows of the model's table, and how many of them a row of its parent has. */
static size_t rows_of(const toasty_model *model, size_t *per_parent)
{
    size_t posts = tables.users * tables.posts;
    *per_parent = 1;
    if (!strcmp(model->name, "User"))
        return tables.users;
    *per_parent = !strcmp(model->name, "Post") ? tables.posts : tables.comments;
    return !strcmp(model->name, "Post") ? posts : posts * tables.comments;
}

static int answer_row(toasty_sink *sink, size_t number, size_t per_parent, toasty_error *err)
{
    void *row = toasty_sink_row(sink);
    int stored = row ? 0 : -1;
    for (uint16_t i = 0; i < sink->column_count && !stored; i++) {
        const toasty_field *field = sink->columns[i];
        if (field->type == TOASTY_TYPE_TEXT)
            stored = toasty__store_text(sink, row, field, "User 1234", 9, err);
        else
            stored = toasty__store_int(
                sink, row, field,
                (int64_t)(1 + (field->flags & TOASTY_FIELD_REFERENCE ? number / per_parent : number)), err);
    }
    return stored;
}

static int answer(toasty_operation *operation, toasty_error *err)
{
    size_t per_parent = 1, rows = 1;
    operation->count = operation->row_count ? operation->row_count : 1;
    if (operation->statement && operation->statement->writes)
        operation->made_key = last_key += operation->count;
    if (!operation->sink)
        return 0;
    bool one = operation->value_count == 1 && operation->values[0].kind != TOASTY_VALUE_LIST &&
               operation->values[0].kind != TOASTY_VALUE_TEXT;
    if (!one && operation->statement && !operation->statement->writes)
        rows = rows_of(operation->sink->model, &per_parent);
    for (size_t i = 0; i < rows; i++)
        if (answer_row(operation->sink, i, per_parent, err) < 0)
            return -1;
    operation->count = (int64_t)rows;
    return 0;
}

static void submit(toasty_connection *connection, toasty_job *job)
{
    (void)connection;
    for (job->failed = 0; job->failed < job->count; job->failed++)
        if (answer(&job->operations[job->failed], &job->error) < 0)
            break;
    job->done(job);
}

static void cancel(toasty_connection *connection, toasty_job *job)
{
    (void)connection, (void)job;
}

static const char *const schemes[] = {"null", NULL};

const toasty_driver bench_null_driver = {
    .name = "null",
    .schemes = schemes,
    .capability = &toasty__sqlite_capability,
    .dialect = &toasty__dialect_sqlite,
    .open = open_database,
    .close = close_database,
    .connect = connect_database,
    .disconnect = disconnect,
    .submit = submit,
    .cancel = cancel,
};
