/* A connection at work: what is submitted is sent at the end of the reactor's turn, what comes is read when
 * the socket has it.
 *
 * It is read also while it cannot be written, so two full sockets do not lock each other; and before a failed
 * write ends the connection, since the server may have said why. Nothing new is sent while a cancel request
 * is under way, so that it cannot hit what came after its aim. A connection may leave its reactor while
 * answers to jobs that were given up are still to come: they are read on the next one. */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"

#include <sys/socket.h>

/* Reads of one turn: whoever else waits on the reactor is served between. */
enum { MOST_READS = 8 };

/* Outlives the connection when the reactor still has it queued. */
struct pg_turn_task {
    toasty__task task;
    pg_connection *connection; /* NULL: the connection has gone */
};

/* --- reading and writing --- */

static void set_watch(pg_connection *connection)
{
    int events = connection->sent.first ? TOASTY__READABLE : 0;
    if (connection->watch)
        toasty__watch_set(connection->watch, events | (connection->stream.blocked ? TOASTY__WRITABLE : 0));
}

/* What it can read in one turn. False when the connection is lost. */
static bool receive(pg_connection *connection)
{
    toasty_error error;
    int more = 1;
    for (int reads = 0; more > 0 && reads < MOST_READS; reads++) {
        more = toasty__stream_read(&connection->stream, &error);
        connection->base.bytes_received = connection->stream.received;
        toasty__pg_take_answers(connection);
        if (connection->base.broken)
            return false;
    }
    if (more < 0) {
        toasty__pg_lose(connection, &error, false);
        return false;
    }
    if (toasty__stream_has_hidden(&connection->stream))
        toasty__pg_send_soon(connection);
    return true;
}

/* False when the connection is lost. */
static bool write_out(pg_connection *connection)
{
    toasty_error error;
    toasty__stream *stream = &connection->stream;
    int status = toasty__stream_write(stream, &error);
    connection->base.bursts = stream->writes;
    connection->base.bytes_sent = stream->sent;
    if (status == 0)
        return true;
    if (receive(connection))
        toasty__pg_lose(connection, &error, false);
    return false;
}

/* Through TLS, reading may have waited for the socket to be writable. */
static void on_ready(void *arg, int events)
{
    pg_connection *connection = arg;
    toasty__stream *stream = &connection->stream;
    stream->blocked = stream->blocked && !(events & TOASTY__WRITABLE);
    if (((events & TOASTY__READABLE) || stream->tls) && !receive(connection))
        return;
    if (toasty__stream_has_unwritten(stream) && !stream->blocked && !write_out(connection))
        return;
    toasty__pg_cancel_look(connection);
    set_watch(connection);
}

/* --- the turn --- */

static void run_turn(pg_connection *connection)
{
    if (connection->base.broken || (toasty__stream_has_hidden(&connection->stream) && !receive(connection)))
        return;
    if (!connection->cancel) {
        if (!connection->sent.first)
            connection->strays = 0; /* nobody is left whom a request could have hit */
        toasty__pg_send_waiting(connection);
    }
    if (connection->base.broken)
        return;
    if (toasty__stream_has_unwritten(&connection->stream) && !connection->stream.blocked &&
        !write_out(connection))
        return;
    set_watch(connection);
}

static void run_turn_task(toasty__task *task)
{
    pg_turn_task *turn = (pg_turn_task *)task;
    if (turn->connection)
        run_turn(turn->connection);
    else
        toasty__free(turn);
}

void toasty__pg_send_soon(pg_connection *connection)
{
    if (connection->base.reactor)
        toasty__reactor_defer(connection->base.reactor, &connection->turn_task->task);
}

void toasty__pg_submit(toasty_connection *base, toasty_job *job)
{
    pg_connection *connection = (pg_connection *)base;
    toasty__error_clear(&job->error);
    job->failed = 0;
    pg_entry *entry = base->broken ? NULL : toasty__pg_entry_new(connection, job);
    if (entry) {
        toasty__pg_queue_add(&connection->waiting, entry);
        toasty__pg_send_soon(connection);
        return;
    }
    if (base->broken)
        toasty__fail(&job->error, TOASTY_CONNECTION_LOST, "the connection was lost before");
    else
        toasty__fail_memory(&job->error);
    job->done(job);
}

/* --- losing it --- */

/* The first of all that are under way, sent or not. */
static pg_entry *take_first(pg_connection *connection)
{
    pg_entry *entry = toasty__pg_queue_take(&connection->sent);
    if (!entry)
        return toasty__pg_queue_take(&connection->waiting);
    toasty__pg_entry_release(connection, entry);
    return entry;
}

void toasty__pg_lose(pg_connection *connection, const toasty_error *reason, bool reported)
{
    toasty_error error = *reason; /* it may be a job's own */
    if (connection->base.broken)
        return;
    connection->base.broken = true;
    toasty__watch_free(connection->watch);
    connection->watch = NULL;
    toasty__pg_cancel_detach(connection);
    for (pg_entry *entry; (entry = take_first(connection));) {
        toasty__pg_entry_lose(entry, &error, reported);
        toasty__pg_entry_done(connection, entry);
    }
}

/* --- its life --- */

static void free_connection(pg_connection *connection)
{
    toasty__kept_done(&connection->statements);
    toasty__pg_columns_done(&connection->portal);
    toasty__pg_cleaning_free(connection);
    toasty__stream_done(&connection->stream);
    toasty__free(connection->turn_task);
    toasty__free(connection->spare);
    toasty__free(connection);
}

static bool promises_utf8(const PGconn *pg)
{
    const char *encoding = PQparameterStatus(pg, "server_encoding");
    return !encoding || strcmp(encoding, "SQL_ASCII") != 0;
}

pg_connection *toasty__pg_connection_new(const pg_database *database, PGconn *pg, toasty__reactor *reactor,
                                         toasty_error *err)
{
    pg_connection *connection = toasty__calloc(1, sizeof *connection);
    if (!connection) {
        toasty__fail_memory(err);
        return NULL;
    }
    connection->database = database;
    connection->pg = pg;
    connection->checks_text = !promises_utf8(pg);
    toasty__stream_init(&connection->stream, PQsocket(pg), PQsslStruct(pg, "OpenSSL"));
    toasty__pg_statements_init(&connection->statements);
    toasty__pg_queue_init(&connection->waiting);
    toasty__pg_queue_init(&connection->sent);
    if (toasty__pg_attach(&connection->base, reactor, err) == 0)
        return connection;
    toasty__pg_detach(&connection->base);
    free_connection(connection);
    return NULL;
}

void toasty__pg_disconnect(toasty_connection *base)
{
    pg_connection *connection = (pg_connection *)base;
    toasty__pg_detach(base);
    for (pg_entry *entry; (entry = take_first(connection));)
        toasty__pg_entry_free(connection, entry); /* given up: nobody waits for them */
    toasty__pg_cancel_drop(connection);
    /* What libpq says for goodbye makes no sense in the middle of a message. */
    if (base->broken || toasty__stream_has_unwritten(&connection->stream))
        shutdown(connection->stream.socket, SHUT_RDWR);
    PQfinish(connection->pg);
    free_connection(connection);
}

/* What came while nobody looked: a server that has shut down says so, or answers to jobs that were given up.
 * Mostly nothing did. */
static int look_for_life(pg_connection *connection, toasty_error *err)
{
    for (int reads = 0; reads < MOST_READS; reads++) {
        int seen = toasty__stream_look(&connection->stream);
        if (seen == 0)
            return 0;
        if (seen < 0 || !receive(connection))
            return toasty__fail(err, TOASTY_CONNECTION_LOST,
                                "the connection was lost: the server closed it while it was idle");
    }
    return 0;
}

static int make_turn_task(pg_connection *connection, toasty_error *err)
{
    if (connection->turn_task)
        return 0;
    connection->turn_task = toasty__calloc(1, sizeof *connection->turn_task);
    if (!connection->turn_task)
        return toasty__fail_memory(err);
    *connection->turn_task = (pg_turn_task){{.run = run_turn_task}, connection};
    return 0;
}

int toasty__pg_attach(toasty_connection *base, toasty__reactor *reactor, toasty_error *err)
{
    pg_connection *connection = (pg_connection *)base;
    base->reactor = reactor;
    if (make_turn_task(connection, err) == 0 && look_for_life(connection, err) == 0)
        connection->watch = toasty__watch_new(reactor, connection->stream.socket, on_ready, connection, err);
    if (!connection->watch || toasty__pg_cancel_attach(connection, err) < 0) {
        base->broken = true;
        return -1;
    }
    set_watch(connection);
    return 0;
}

/* What the session holds is let go at once, since others may wait for it: its answer is read whenever the
 * connection is used again. */
static void clean_now(pg_connection *connection)
{
    toasty__pg_clean(connection);
    if (!connection->base.broken)
        write_out(connection);
}

void toasty__pg_detach(toasty_connection *base)
{
    pg_connection *connection = (pg_connection *)base;
    if (base->unclean && !base->broken)
        clean_now(connection);
    toasty__watch_free(connection->watch);
    connection->watch = NULL;
    toasty__pg_cancel_detach(connection);
    if (connection->turn_task && connection->turn_task->task.queued) {
        connection->turn_task->connection = NULL;
        connection->turn_task = NULL;
    }
}
