/* A connection at work: what is submitted is sent at the end of the reactor's turn, what comes is read when
 * the socket has it.
 *
 * It is read also while it cannot be written, so two full sockets do not lock each other; and before a failed
 * write ends the connection, since the server may have said why. Nothing new is sent while a cancel request
 * is under way, so that it cannot hit what came after its aim. A connection may leave its reactor while
 * answers to jobs that were given up are still to come: they are read on the next one. */
#include "mysql.h"

#include "base/alloc.h"
#include "base/error.h"

#include <sys/socket.h>

/* Reads of one turn: whoever else waits on the reactor is served between. */
enum { MOST_READS = 8 };

/* Outlives the connection when the reactor still has it queued. */
struct my_turn_task {
    toasty__task task;
    my_connection *connection; /* NULL: the connection has gone */
};

/* --- reading and writing --- */

static void set_watch(my_connection *connection)
{
    int events = connection->sent.first ? TOASTY__READABLE : 0;
    if (connection->watch)
        toasty__watch_set(connection->watch, events | (connection->stream.blocked ? TOASTY__WRITABLE : 0));
}

/* What it can read in one turn. False when the connection is lost. */
static bool receive(my_connection *connection)
{
    toasty_error error;
    int more = 1;
    for (int reads = 0; more > 0 && reads < MOST_READS; reads++) {
        more = toasty__stream_read(&connection->stream, &error);
        connection->base.bytes_received = connection->stream.received;
        toasty__my_take_answers(connection);
        if (connection->base.broken)
            return false;
    }
    if (more < 0) {
        toasty__my_lose(connection, &error, false);
        return false;
    }
    if (toasty__stream_has_hidden(&connection->stream))
        toasty__my_send_soon(connection);
    return true;
}

/* False when the connection is lost. */
static bool write_out(my_connection *connection)
{
    toasty_error error;
    toasty__stream *stream = &connection->stream;
    int status = toasty__stream_write(stream, &error);
    connection->base.bursts = stream->writes;
    connection->base.bytes_sent = stream->sent;
    if (status == 0)
        return true;
    if (receive(connection))
        toasty__my_lose(connection, &error, false);
    return false;
}

/* Through TLS, reading may have waited for the socket to be writable. */
static void on_ready(void *arg, int events)
{
    my_connection *connection = arg;
    toasty__stream *stream = &connection->stream;
    stream->blocked = stream->blocked && !(events & TOASTY__WRITABLE);
    if (((events & TOASTY__READABLE) || stream->tls) && !receive(connection))
        return;
    if (toasty__stream_has_unwritten(stream) && !stream->blocked && !write_out(connection))
        return;
    toasty__my_cancel_look(connection);
    set_watch(connection);
}

/* --- the turn --- */

static void run_turn(my_connection *connection)
{
    if (connection->base.broken || (toasty__stream_has_hidden(&connection->stream) && !receive(connection)))
        return;
    if (!connection->cancel) {
        if (!connection->sent.first)
            connection->strays = 0; /* nobody is left whom a request could have hit */
        toasty__my_send_waiting(connection);
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
    my_turn_task *turn = (my_turn_task *)task;
    if (turn->connection)
        run_turn(turn->connection);
    else
        toasty__free(turn);
}

void toasty__my_send_soon(my_connection *connection)
{
    if (connection->base.reactor)
        toasty__reactor_defer(connection->base.reactor, &connection->turn_task->task);
}

void toasty__my_submit(toasty_connection *base, toasty_job *job)
{
    my_connection *connection = (my_connection *)base;
    toasty__error_clear(&job->error);
    job->failed = 0;
    my_entry *entry = base->broken ? NULL : toasty__my_entry_new(connection, job);
    if (entry) {
        toasty__my_queue_add(&connection->waiting, entry);
        toasty__my_send_soon(connection);
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
static my_entry *take_first(my_connection *connection)
{
    my_entry *entry = toasty__my_queue_take(&connection->sent);
    if (!entry)
        return toasty__my_queue_take(&connection->waiting);
    return entry;
}

void toasty__my_lose(my_connection *connection, const toasty_error *reason, bool reported)
{
    toasty_error error = *reason; /* it may be a job's own */
    if (connection->base.broken)
        return;
    connection->base.broken = true;
    toasty__watch_free(connection->watch);
    connection->watch = NULL;
    toasty__my_cancel_detach(connection);
    for (my_entry *entry; (entry = take_first(connection));) {
        toasty__my_entry_lose(entry, &error, reported);
        toasty__my_entry_done(connection, entry);
    }
}

/* --- its life --- */

static void free_connection(my_connection *connection)
{
    toasty__kept_done(&connection->statements);
    toasty__my_columns_done(&connection->portal);
    toasty__my_stream_end(&connection->stream, !connection->base.broken);
    toasty__my_database_release(connection->database);
    toasty__free(connection->turn_task);
    toasty__free(connection->spare);
    toasty__free(connection);
}

my_connection *toasty__my_connection_new(my_database *database, toasty__stream *stream, const my_peer *peer,
                                         const my_session *session, const my_login *login,
                                         toasty__reactor *reactor, toasty_error *err)
{
    my_connection *connection = toasty__calloc(1, sizeof *connection);
    if (!connection) {
        toasty__fail_memory(err);
        return NULL;
    }
    connection->database = database;
    connection->peer = *peer;
    connection->stream = *stream;
    toasty__stream_init(stream, -1, NULL);
    connection->session = *session;
    connection->caches_columns = login->mariadb_capabilities & MY_MARIADB_CACHED_COLUMNS;
    connection->status = MY_STATUS_AUTOCOMMIT;
    toasty__my_database_hold(database);
    toasty__my_statements_init(&connection->statements);
    toasty__my_queue_init(&connection->waiting);
    toasty__my_queue_init(&connection->sent);
    if (toasty__my_attach(&connection->base, reactor, err) == 0)
        return connection;
    toasty__my_detach(&connection->base);
    free_connection(connection);
    return NULL;
}

/* As far as the socket takes it; it makes no sense in the middle of a packet. */
static void say_goodbye(my_connection *connection)
{
    enum { QUIT = 1 };
    toasty_error ignored;
    toasty__stream *stream = &connection->stream;
    if (connection->base.broken || toasty__stream_has_unwritten(stream))
        return;
    size_t start = my_begin(&stream->out);
    my_put8(&stream->out, QUIT);
    toasty__my_end(&stream->out, start, 0);
    if (!stream->out.failed)
        toasty__stream_write(stream, &ignored);
}

void toasty__my_disconnect(toasty_connection *base)
{
    my_connection *connection = (my_connection *)base;
    toasty__my_detach(base);
    for (my_entry *entry; (entry = take_first(connection));)
        toasty__my_entry_free(connection, entry); /* given up: nobody waits for them */
    toasty__my_cancel_drop(connection);
    say_goodbye(connection);
    free_connection(connection);
}

/* What came while nobody looked: a server that has shut down says so, or answers to jobs that were given up.
 * Mostly nothing did. */
static int look_for_life(my_connection *connection, toasty_error *err)
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

static int make_turn_task(my_connection *connection, toasty_error *err)
{
    if (connection->turn_task)
        return 0;
    connection->turn_task = toasty__calloc(1, sizeof *connection->turn_task);
    if (!connection->turn_task)
        return toasty__fail_memory(err);
    *connection->turn_task = (my_turn_task){{.run = run_turn_task}, connection};
    return 0;
}

int toasty__my_attach(toasty_connection *base, toasty__reactor *reactor, toasty_error *err)
{
    my_connection *connection = (my_connection *)base;
    base->reactor = reactor;
    if (make_turn_task(connection, err) == 0 && look_for_life(connection, err) == 0)
        connection->watch = toasty__watch_new(reactor, connection->stream.socket, on_ready, connection, err);
    if (!connection->watch || toasty__my_cancel_attach(connection, err) < 0) {
        base->broken = true;
        return -1;
    }
    set_watch(connection);
    return 0;
}

/* What the session holds is let go at once, since others may wait for it: its answer is read whenever the
 * connection is used again. */
static void clean_now(my_connection *connection)
{
    toasty__my_clean(connection);
    if (!connection->base.broken)
        write_out(connection);
}

void toasty__my_detach(toasty_connection *base)
{
    my_connection *connection = (my_connection *)base;
    if (base->unclean && !base->broken)
        clean_now(connection);
    toasty__watch_free(connection->watch);
    connection->watch = NULL;
    toasty__my_cancel_detach(connection);
    if (connection->turn_task && connection->turn_task->task.queued) {
        connection->turn_task->connection = NULL;
        connection->turn_task = NULL;
    }
}
