/* Making a connection without blocking: names first, on a loop, then libpq's own steps, each when its socket
 * is ready.
 *
 * libpq may close a socket and open another at any step, so each wait has a watch of its own. What a session
 * needs goes with the first message, so there is no round trip after the server has said that it is ready.
 * From then on the socket is ours, and libpq only ends the connection and knows how to cancel. */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>

typedef struct pg_connecting {
    toasty_connect *connect;
    const pg_database *database;
    pg_resolution *resolution;
    PGconn *pg;
    toasty__watch *watch;
    toasty__timer *timer;
} pg_connecting;

/* Frees everything but the PGconn of a connection that was made. */
static void finish(pg_connecting *connecting, pg_connection *connection)
{
    toasty_connect *connect = connecting->connect;
    if (connecting->resolution)
        toasty__pg_resolve_cancel(connecting->resolution);
    toasty__watch_free(connecting->watch);
    toasty__timer_free(connecting->timer);
    if (!connection)
        PQfinish(connecting->pg);
    toasty__free(connecting);
    connect->connection = connection ? &connection->base : NULL;
    connect->done(connect);
}

static void on_time(void *arg)
{
    pg_connecting *connecting = arg;
    toasty__fail(&connecting->connect->error, TOASTY_CONNECTION_FAILED,
                 "no connection to the server within the time allowed");
    finish(connecting, NULL);
}

/* --- libpq's steps --- */

/* UTF-8, or bytes as they come, which are checked when they are read. */
static bool is_encoding_known(const char *encoding)
{
    return !encoding || !strcmp(encoding, "UTF8") || !strcmp(encoding, "SQL_ASCII");
}

/* The server, and the way to it, are such that we can take over. */
static int check(PGconn *pg, toasty_error *err)
{
    int version = PQserverVersion(pg);
    if (version < MIN_SERVER_VERSION)
        return toasty__fail(err, TOASTY_UNSUPPORTED,
                            "the server is version %d; version 14 or newer is needed", version / 10000);
    if (!is_encoding_known(PQparameterStatus(pg, "server_encoding")))
        return toasty__fail(
            err, TOASTY_UNSUPPORTED,
            "the database has the encoding %s, which cannot hold every text: use one that is made with "
            "ENCODING 'UTF8' TEMPLATE template0",
            PQparameterStatus(pg, "server_encoding"));
    if (PQgssEncInUse(pg))
        return toasty__fail(
            err, TOASTY_UNSUPPORTED,
            "GSSAPI encryption is not supported: use gssencmode=disable, and TLS where encryption is needed");
    if (PQsslInUse(pg) && !PQsslStruct(pg, "OpenSSL"))
        return toasty__fail(err, TOASTY_UNSUPPORTED, "libpq uses a TLS library other than OpenSSL");
    if (PQsetnonblocking(pg, 1) < 0) { /* so that its goodbye will not block */
        toasty__pg_error_of_connection(pg, TOASTY_CONNECTION_FAILED, "the connection can no longer be used",
                                       err);
        return -1;
    }
    return 0;
}

static void connected(pg_connecting *connecting)
{
    toasty_error *err = &connecting->connect->error;
    PGconn *pg = connecting->pg;
    pg_connection *connection = NULL;
    toasty__watch_free(connecting->watch);
    connecting->watch = NULL;
    if (check(pg, err) == 0)
        connection = toasty__pg_connection_new(connecting->database, pg, connecting->connect->reactor, err);
    finish(connecting, connection);
}

static void on_ready(void *arg, int events);

static void wait_for(pg_connecting *connecting, int events)
{
    toasty_connect *connect = connecting->connect;
    connecting->watch =
        toasty__watch_new(connect->reactor, PQsocket(connecting->pg), on_ready, connecting, &connect->error);
    if (connecting->watch)
        toasty__watch_set(connecting->watch, events);
    else
        finish(connecting, NULL);
}

static void failed(pg_connecting *connecting)
{
    toasty__pg_error_of_connection(connecting->pg, TOASTY_CONNECTION_FAILED, "no connection to the server",
                                   &connecting->connect->error);
    finish(connecting, NULL);
}

static void on_ready(void *arg, int events)
{
    pg_connecting *connecting = arg;
    (void)events;
    toasty__watch_free(connecting->watch);
    connecting->watch = NULL;
    switch (PQconnectPoll(connecting->pg)) {
    case PGRES_POLLING_OK:
        connected(connecting);
        break;
    case PGRES_POLLING_READING:
        wait_for(connecting, TOASTY__READABLE);
        break;
    case PGRES_POLLING_WRITING:
        wait_for(connecting, TOASTY__WRITABLE);
        break;
    default:
        failed(connecting);
    }
}

static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

/* libpq leaves its own connect_timeout to who calls it step by step. */
static uint32_t own_timeout(PGconn *pg)
{
    PQconninfoOption *options = PQconninfo(pg);
    long seconds = 0;
    for (const PQconninfoOption *option = options; option && option->keyword; option++)
        if (!strcmp(option->keyword, "connect_timeout") && option->val)
            seconds = strtol(option->val, NULL, 10);
    PQconninfoFree(options);
    return seconds > 0 && seconds < 1000000 ? (uint32_t)seconds * 1000 : 0;
}

static int start_timer(pg_connecting *connecting, uint32_t timeout)
{
    if (!timeout)
        return 0;
    if (!connecting->timer)
        connecting->timer =
            toasty__timer_new(connecting->connect->reactor, on_time, connecting, &connecting->connect->error);
    if (!connecting->timer)
        return -1;
    toasty__timer_start(connecting->timer, timeout);
    return 0;
}

/* The keywords of the database, and the addresses that were found; of what comes twice the last counts. */
static PGconn *start_with(const pg_database *database, const pg_addresses *addresses)
{
    size_t count = database->count, room = count + 4;
    const char **keywords = toasty__calloc(2 * room, sizeof *keywords);
    if (!keywords)
        return NULL;
    const char **values = keywords + room;
    memcpy(keywords, database->keywords, count * sizeof *keywords);
    memcpy(values, database->values, count * sizeof *values);
    if (addresses) {
        const char *const names[] = {"host", "hostaddr", "port"};
        const char *const lists[] = {addresses->host, addresses->hostaddr, addresses->port};
        memcpy(keywords + count, names, sizeof names);
        memcpy(values + count, lists, sizeof lists);
    }
    PGconn *pg = PQconnectStartParams(keywords, values, 0);
    toasty__free(keywords);
    return pg;
}

/* addresses: NULL when libpq has all that it needs. */
static void start_libpq(pg_connecting *connecting, const pg_addresses *addresses)
{
    connecting->pg = start_with(connecting->database, addresses);
    if (!connecting->pg) {
        toasty__fail_memory(&connecting->connect->error);
        finish(connecting, NULL);
        return;
    }
    PQsetNoticeReceiver(connecting->pg, ignore_notice, NULL);
    uint32_t timeout = own_timeout(connecting->pg);
    if (PQstatus(connecting->pg) == CONNECTION_BAD)
        failed(connecting);
    else if (timeout && (!connecting->connect->timeout_ms || timeout < connecting->connect->timeout_ms) &&
             start_timer(connecting, timeout) < 0)
        finish(connecting, NULL);
    else
        wait_for(connecting, TOASTY__WRITABLE);
}

static void on_addresses(void *arg, const pg_addresses *addresses, toasty_error *err)
{
    pg_connecting *connecting = arg;
    connecting->resolution = NULL;
    if (addresses) {
        start_libpq(connecting, addresses);
        return;
    }
    connecting->connect->error = *err;
    finish(connecting, NULL);
}

/* --- from outside --- */

void toasty__pg_connect(toasty_database *database, toasty_connect *connect)
{
    pg_connecting *connecting = toasty__calloc(1, sizeof *connecting);
    toasty__error_clear(&connect->error);
    connect->connection = NULL;
    if (!connecting) {
        toasty__fail_memory(&connect->error);
        connect->done(connect);
        return;
    }
    *connecting = (pg_connecting){.connect = connect, .database = database->data};
    connect->driver_data = connecting;
    if (start_timer(connecting, connect->timeout_ms) < 0) {
        finish(connecting, NULL);
        return;
    }
    uv_loop_t *loop = toasty__reactor_loop(connect->reactor);
    if (!loop || !toasty__pg_needs_resolution(connecting->database)) {
        start_libpq(connecting, NULL);
        return;
    }
    connecting->resolution =
        toasty__pg_resolve(connecting->database, loop, on_addresses, connecting, &connect->error);
    if (!connecting->resolution)
        finish(connecting, NULL);
}

void toasty__pg_connect_cancel(toasty_connect *connect)
{
    pg_connecting *connecting = connect->driver_data;
    toasty__fail(&connect->error, TOASTY_CANCELLED, "the call was given up");
    finish(connecting, NULL);
}
