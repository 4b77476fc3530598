/* A connection at work: what is submitted is sent at the end of the reactor's turn, what comes is given to
 * the first command of the queue.
 *
 * libpq reads while it cannot write, so two full sockets do not lock each other. Nothing is sent while a
 * cancel request is under way, so that it cannot hit what came after its aim. A connection may leave its
 * reactor while answers to jobs that were given up are still to come: they are read on the next one. */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"

#include <poll.h>

/* Outlives the connection when the reactor still has it queued. */
struct pg_send_task {
    toasty__task task;
    pg_connection *connection; /* NULL: the connection has gone */
};

static void on_ready(void *arg, int events);

static toasty_error lost_error(const pg_connection *connection)
{
    toasty_error error;
    toasty__pg_error_of_connection(connection->pg, TOASTY_CONNECTION_LOST, "the connection was lost", &error);
    return error;
}

/* --- sending
 * ------------------------------------------------------------------------------------------------------------
 */

static void set_watch(pg_connection *connection)
{
    int events = connection->command_count ? TOASTY__READABLE : 0;
    toasty__watch_set(connection->watch, events | (connection->blocked ? TOASTY__WRITABLE : 0));
}

/* What libpq could not write so far. */
static void flush(pg_connection *connection)
{
    int status = PQflush(connection->pg);
    connection->base.bursts += connection->blocked;
    connection->blocked = status > 0;
    if (status < 0) {
        toasty_error error = lost_error(connection);
        toasty__pg_lose(connection, &error, false);
        return;
    }
    set_watch(connection);
}

static void send_waiting(pg_connection *connection)
{
    toasty_error error;
    if (connection->base.broken || connection->cancel)
        return;
    if (!connection->command_count)
        connection->strays = 0; /* nobody is left whom a request could have hit */
    if (toasty__pg_send_waiting(connection, &error) < 0)
        toasty__pg_lose(connection, &error, false);
    else
        flush(connection);
}

static void run_send_task(toasty__task *task)
{
    pg_send_task *send = (pg_send_task *)task;
    if (send->connection)
        send_waiting(send->connection);
    else
        toasty__free(send);
}

void toasty__pg_send_soon(pg_connection *connection)
{
    if (connection->base.reactor)
        toasty__reactor_defer(connection->base.reactor, &connection->send_task->task);
}

void toasty__pg_submit(toasty_connection *base, toasty_job *job)
{
    pg_connection *connection = (pg_connection *)base;
    toasty__error_clear(&job->error);
    job->failed = 0;
    if (base->broken)
        toasty__fail(&job->error, TOASTY_CONNECTION_LOST, "the connection was lost before");
    pg_entry *entry = base->broken ? NULL : toasty__pg_entry_new(job);
    if (!entry) {
        if (!base->broken)
            toasty__fail_memory(&job->error);
        job->done(job);
        return;
    }
    *connection->waiting_end = entry;
    connection->waiting_end = &entry->next;
    toasty__pg_send_soon(connection);
}

/* --- receiving
 * -----------------------------------------------------------------------------------------------------------
 */

static void note_transaction(pg_connection *connection)
{
    switch (PQtransactionStatus(connection->pg)) {
    case PQTRANS_IDLE:
        connection->base.in_transaction = connection->transaction_expected = false;
        break;
    case PQTRANS_INTRANS:
    case PQTRANS_INERROR:
        connection->base.in_transaction = connection->transaction_expected = true;
        break;
    default: /* more is under way: the last of it will tell */
        break;
    }
}

/* The first command has all its results. */
static void finish_command(pg_connection *connection)
{
    pg_command command = *toasty__pg_command(connection, 0);
    connection->first_command = (connection->first_command + 1) % connection->command_capacity;
    connection->command_count--;
    if (command.kind == PG_SYNC)
        note_transaction(connection);
    if (command.statement)
        toasty__pg_statement_release(connection, command.statement);
    if (command.entry && command.last)
        toasty__pg_entry_end(connection, command.entry);
}

/* The server is making changes permanent: when it fails now, nobody knows how far it came. */
static bool is_committing(const pg_command *command)
{
    if (command->kind == PG_SYNC)
        return true;
    const toasty_job *job = command->entry ? command->entry->job : NULL;
    return job && job->operations[command->operation].kind == TOASTY_OPERATION_COMMIT;
}

/* Whether libpq answers the command that we think. When it has no memory for a result it may leave one out,
 * and then each answer would go to the wrong job: so whatever it could not do itself ends the connection. */
static bool is_in_step(const pg_command *command, const PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_PIPELINE_SYNC:
        return command->kind == PG_SYNC;
    case PGRES_FATAL_ERROR: /* the server's own have a SQLSTATE */
        return PQresultErrorField(result, PG_DIAG_SQLSTATE) != NULL;
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
    case PGRES_PIPELINE_ABORTED:
        return command->kind != PG_SYNC;
    default:
        return false;
    }
}

static bool is_copy(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

static void take_result(pg_connection *connection, PGresult *result)
{
    pg_command *command = toasty__pg_command(connection, 0);
    toasty_error error = {TOASTY_OK, "", "", "", "", ""};
    bool reported = false;
    if (is_copy(result)) {
        toasty__fail(&error, TOASTY_UNSUPPORTED, "COPY between server and client is not supported");
        reported = true;
    } else if (!is_in_step(command, result))
        error = lost_error(connection);
    else if (toasty__pg_is_fatal(result)) {
        toasty__pg_error_of_result(result, NULL, &error);
        error.code = TOASTY_CONNECTION_LOST;
        reported = !is_committing(command);
    }
    if (error.code) {
        PQclear(result);
        toasty__pg_lose(connection, &error, reported);
        return;
    }
    command->answered = true;
    if (command->kind != PG_SYNC || PQresultStatus(result) != PGRES_PIPELINE_SYNC) {
        toasty__pg_entry_answer(connection, command, result);
        return;
    }
    PQclear(result);
    finish_command(connection);
}

/* No more results for the first command; a Sync goes on after an error at the end of its transaction. */
static bool take_end(pg_connection *connection)
{
    const pg_command *command = toasty__pg_command(connection, 0);
    if (!command->answered)
        return false;
    if (command->kind != PG_SYNC)
        finish_command(connection);
    return true;
}

/* False when libpq is out of step. After a Sync that it had no memory for it leaves a message and waits for
 * ever. */
static bool take_results(pg_connection *connection)
{
    while (connection->command_count && !PQisBusy(connection->pg)) {
        PGresult *result = PQgetResult(connection->pg);
        if (result)
            take_result(connection, result);
        else if (!take_end(connection))
            return false;
    }
    return !connection->command_count || toasty__pg_command(connection, 0)->kind != PG_SYNC ||
           !*PQerrorMessage(connection->pg);
}

static void on_ready(void *arg, int events)
{
    pg_connection *connection = arg;
    (void)events; /* libpq looks itself, and reads also when it waits to write */
    bool alive = PQconsumeInput(connection->pg);
    bool in_step = take_results(connection);
    if (connection->base.broken)
        return;
    if (!alive || !in_step || PQstatus(connection->pg) != CONNECTION_OK) {
        toasty_error error = lost_error(connection);
        toasty__pg_lose(connection, &error, false);
        return;
    }
    toasty__pg_cancel_look(connection);
    flush(connection);
}

/* --- losing it
 * -----------------------------------------------------------------------------------------------------------
 */

/* A write that was on its way to being committed may have happened. But the server works in order: when it
 * says goodbye in place of an answer, neither that statement nor anything after it has. */
static void fail_lost(pg_entry *entry, const toasty_error *reason, bool happened_not)
{
    if (!entry->job)
        return;
    entry->job->error = *reason;
    if (!entry->sent || !entry->commits || happened_not)
        return;
    toasty__fail(&entry->job->error, TOASTY_OUTCOME_UNKNOWN, "%s; whether the change was made is not known",
                 reason->message);
    toasty__error_set(&entry->job->error, server_code, reason->server_code);
}

/* The entries of the queue, each once, before those that wait. */
static pg_entry *take_all(pg_connection *connection)
{
    pg_entry *first = NULL, **end = &first, *previous = NULL;
    for (size_t i = 0; i < connection->command_count; i++) {
        pg_command *command = toasty__pg_command(connection, i);
        if (command->statement)
            toasty__pg_statement_release(connection, command->statement);
        if (!command->entry || command->entry == previous)
            continue;
        previous = *end = command->entry;
        end = &previous->next;
    }
    *end = connection->waiting;
    connection->command_count = 0;
    connection->waiting = NULL;
    connection->waiting_end = &connection->waiting;
    return first;
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
    for (pg_entry *entry = take_all(connection), *next; entry; entry = next) {
        next = entry->next;
        fail_lost(entry, &error, reported);
        toasty__pg_entry_done(entry);
    }
}

/* --- its life
 * -------------------------------------------------------------------------------------------------------------
 */

static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

static void free_connection(pg_connection *connection)
{
    toasty__pg_statements_done(&connection->statements);
    toasty__pg_parameters_done(&connection->parameters);
    toasty__free(connection->commands);
    toasty__free(connection->send_task);
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
    connection->waiting_end = &connection->waiting;
    connection->checks_text = !promises_utf8(pg);
    toasty__pg_statements_init(&connection->statements);
    PQsetNoticeReceiver(pg, ignore_notice, NULL);
    if (PQsetnonblocking(pg, 1) < 0 || !PQenterPipelineMode(pg)) {
        toasty__pg_error_of_connection(pg, TOASTY_CONNECTION_FAILED, "the connection is of no use", err);
        free_connection(connection);
        return NULL;
    }
    if (toasty__pg_attach(&connection->base, reactor, err) < 0) {
        free_connection(connection);
        return NULL;
    }
    return connection;
}

void toasty__pg_disconnect(toasty_connection *base)
{
    pg_connection *connection = (pg_connection *)base;
    toasty__pg_detach(base);
    for (pg_entry *entry = take_all(connection), *next; entry; entry = next) {
        next = entry->next; /* given up: nobody waits for them */
        toasty__pg_entry_free(entry);
    }
    toasty__pg_cancel_drop(connection);
    PQfinish(connection->pg);
    free_connection(connection);
}

/* What came while nobody looked: a server that has shut down says so. */
static int look_for_life(pg_connection *connection, toasty_error *err)
{
    struct pollfd look = {.fd = PQsocket(connection->pg), .events = POLLIN | POLLRDHUP};
    if (poll(&look, 1, 0) <= 0)
        return 0;
    bool alive = PQconsumeInput(connection->pg) && !(look.revents & (POLLRDHUP | POLLHUP | POLLERR));
    PQisBusy(connection->pg); /* reads what came */
    if (alive && PQstatus(connection->pg) == CONNECTION_OK)
        return 0;
    toasty__pg_error_of_connection(connection->pg, TOASTY_CONNECTION_LOST, "the connection was lost", err);
    return -1;
}

int toasty__pg_attach(toasty_connection *base, toasty__reactor *reactor, toasty_error *err)
{
    pg_connection *connection = (pg_connection *)base;
    base->reactor = reactor;
    if (!connection->send_task) {
        connection->send_task = toasty__calloc(1, sizeof *connection->send_task);
        if (!connection->send_task) {
            base->broken = true;
            return toasty__fail_memory(err);
        }
        *connection->send_task = (pg_send_task){{.run = run_send_task}, connection};
    }
    if (look_for_life(connection, err) == 0)
        connection->watch = toasty__watch_new(reactor, PQsocket(connection->pg), on_ready, connection, err);
    if (!connection->watch || toasty__pg_cancel_attach(connection, err) < 0) {
        base->broken = true;
        return -1;
    }
    set_watch(connection);
    return 0;
}

void toasty__pg_detach(toasty_connection *base)
{
    pg_connection *connection = (pg_connection *)base;
    toasty__watch_free(connection->watch);
    connection->watch = NULL;
    toasty__pg_cancel_detach(connection);
    if (connection->send_task && connection->send_task->task.queued) {
        connection->send_task->connection = NULL;
        connection->send_task = NULL;
    }
}
