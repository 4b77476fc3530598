/* Connections as the pool sees them: made and closed. Between jobs nothing
 * ties them to a reactor. */
#include "drivers/sqlite/connection.h"

#include "base/alloc.h"
#include "base/error.h"
#include "fiber/reactor.h"

#include <string.h>

static void discard(toasty__sqlite_connection *connection)
{
    if (connection->used_worker)
        toasty__sqlite_worker_stop(&connection->worker);
    toasty__sqlite_statements_done(&connection->statements);
    for (int i = 0; i < CONTROL_COUNT; i++)
        sqlite3_finalize(connection->controls[i]);
    sqlite3_close(connection->db);
    toasty__free(connection);
}

static void open_it(void *arg)
{
    toasty__sqlite_connection *connection = arg;
    toasty_connect *connect = connection->connect;
    connection->outcome = toasty__sqlite_open(connection, connect->timeout_ms, &connect->error) < 0
                              ? OUTCOME_FAILED
                              : OUTCOME_DONE;
}

static void opened(void *arg)
{
    toasty__sqlite_connection *connection = arg;
    toasty_connect *connect = connection->connect;
    connection->connect = NULL;
    if (connection->outcome == OUTCOME_DONE)
        connect->connection = &connection->base;
    else
        discard(connection);
    connect->done(connect);
}

void toasty__sqlite_connect(toasty_database *database, toasty_connect *connect)
{
    toasty__sqlite_connection *connection = toasty__calloc(1, sizeof *connection);
    connect->connection = NULL;
    toasty__error_clear(&connect->error);
    if (!connection) {
        toasty__fail_memory(&connect->error);
        connect->done(connect);
        return;
    }
    connection->base = (toasty_connection){.reactor = connect->reactor, .writer = connect->writer};
    connection->database = database->data;
    connection->connect = connect;
    bool failed =
        toasty__sqlite_statements_init(&connection->statements, connection->database->statement_cache) < 0;
    if (failed)
        toasty__fail_memory(&connect->error);
    if (failed || toasty__sqlite_run(connection, open_it, opened, &connect->error) < 0) {
        discard(connection);
        connect->done(connect);
    }
}

void toasty__sqlite_disconnect(toasty_connection *base)
{
    toasty__sqlite_connection *connection = (toasty__sqlite_connection *)base;
    discard(connection);
}
