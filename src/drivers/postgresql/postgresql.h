/* What the files of this driver share: an opened database, a connection, and what is under way on it.
 *
 * A connection is in libpq's pipeline mode from its first moment to its last. Jobs wait in `waiting` until
 * the end of the reactor's turn, are then sent in order, and each message that libpq will answer stands in
 * the queue `commands`. A job is known to the queue through an entry of ours, which outlives it: a job that
 * is given up is done at once, and its entry stays until the server has answered. Everything here runs on the
 * thread of the connection's reactor. */
#ifndef TOASTY_DRIVERS_POSTGRESQL_H
#define TOASTY_DRIVERS_POSTGRESQL_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/map.h"
#include "fiber/reactor.h"

#include <libpq-fe.h>
#include <toasty/driver/driver.h>

enum { MIN_SERVER_VERSION = 140000 };

/* --- databases ------------------------------------------------------------------------------------------ */

typedef struct pg_database {
    toasty__arena arena;
    const char **keywords, **values; /* for libpq, ended by NULL */
    size_t count;
    bool prepares;
} pg_database;

/* --- statements that the server keeps ---------------------------------------------------------------------
 */

typedef struct pg_statement {
    uint64_t id; /* of the toasty_statement */
    char name[40];
    uint64_t group;     /* where its Parse was sent */
    bool acknowledged;  /* the server has it */
    bool forgotten;     /* not to be used any more: freed with its last command */
    uint32_t in_flight; /* commands that speak of it */
    struct pg_statement *older, *newer;
} pg_statement;

typedef struct pg_statements {
    toasty__map by_id;
    pg_statement *oldest, *newest;
    pg_statement *closing; /* to be closed on the server, linked by `older` */
    uint32_t made;         /* ever, for names that never come twice */
} pg_statements;

/* --- what is under way
 * -------------------------------------------------------------------------------------- */

/* A job on its way. */
typedef struct pg_entry {
    struct pg_entry *next;
    toasty_job *job; /* NULL: given up */
    uint32_t count;  /* operations of the job */
    uint32_t first;  /* the first operation of this attempt: those before it have their answers */
    bool sent;
    bool shares;     /* nothing but reads: may stand in one group with others */
    bool alone;      /* failed or was swept away in company: next in a group of its own */
    bool outside;    /* sent outside a transaction: what failed did not happen */
    bool commits;    /* what it wrote is there for good once its group has ended */
    bool repeated;   /* had its second chance */
    bool swept;      /* never ran: what stood before it in its group failed */
    bool failed;     /* job->error tells */
    bool again;      /* failed for a reason that a second try can mend */
    PGresult **held; /* answers that wait for the end of the group; NULL: decoded as they come */
} pg_entry;

typedef enum pg_command_kind { PG_PARSE, PG_EXECUTE, PG_SYNC, PG_CLOSE } pg_command_kind;

/* Something that libpq will give results for, in this order. */
typedef struct pg_command {
    uint8_t kind; /* pg_command_kind */
    bool last;    /* the entry is done after this one */
    bool answered;
    bool in_company;
    uint32_t operation;
    pg_entry *entry; /* NULL: nobody's, or the Sync of a shared group */
    pg_statement *statement;
} pg_command;

/* The parameters of all operations of one job, ready for libpq. */
typedef struct pg_parameters {
    toasty__buffer bytes;
    const char **values;
    size_t *offsets; /* into bytes; PG_NOT_IN_BYTES: values[i] is what it is */
    int *lengths, *formats;
    Oid *types;
    size_t count, capacity;
} pg_parameters;

#define PG_NOT_IN_BYTES SIZE_MAX

typedef struct pg_send_task pg_send_task;
typedef struct pg_cancel pg_cancel;

typedef struct pg_connection {
    toasty_connection base;
    const pg_database *database;
    PGconn *pg;
    toasty__watch *watch;
    pg_send_task *send_task;
    bool checks_text;          /* the server does not promise UTF-8 */
    bool transaction_expected; /* after all that was sent */
    bool blocked;              /* the socket takes no more for now */
    pg_entry *waiting, **waiting_end;
    pg_command *commands; /* a ring */
    size_t first_command, command_count, command_capacity;
    pg_parameters parameters;
    pg_statements statements;
    uint64_t group;      /* number of the group that is being sent */
    uint32_t group_size; /* entries in it */
    size_t unwritten;    /* bytes in libpq's buffer */
    /* cancel.c */
    toasty__timer *timer;
    const pg_entry *watched; /* the given up entry that is first in the queue */
    uint64_t watched_since;
    bool asked;        /* the server was asked to stop it */
    pg_cancel *cancel; /* a request under way: nothing is sent meanwhile */
    toasty__watch *cancel_watch;
    uint32_t strays; /* requests that may still hit somebody */
} pg_connection;

/* The i-th command from the head of the queue. */
static inline pg_command *toasty__pg_command(const pg_connection *connection, size_t i)
{
    return &connection->commands[(connection->first_command + i) % connection->command_capacity];
}

/* --- connect.c
 * ------------------------------------------------------------------------------------------------ */

void toasty__pg_connect(toasty_database *database, toasty_connect *connect);
void toasty__pg_connect_cancel(toasty_connect *connect);

/* --- resolve.c: names of hosts, without blocking a loop
 * ----------------------------------------------------------- */

typedef struct pg_resolution pg_resolution;
typedef struct pg_addresses {
    const char *host, *hostaddr, *port; /* lists with commas */
} pg_addresses;

/* Whether libpq would have to ask for an address. */
bool toasty__pg_needs_resolution(const pg_database *database);
/* Calls back later, on the loop, with addresses that live during the call, or NULL and err. NULL on failure.
 */
pg_resolution *toasty__pg_resolve(const pg_database *database, uv_loop_t *loop,
                                  void (*done)(void *arg, const pg_addresses *addresses, toasty_error *err),
                                  void *arg, toasty_error *err);
/* No callback comes after this. */
void toasty__pg_resolve_cancel(pg_resolution *resolution);
/* The value of a libpq keyword as the URL gave it; NULL when absent. */
const char *toasty__pg_option(const pg_database *database, const char *keyword);

/* --- pipeline.c
 * ----------------------------------------------------------------------------------------------- */

/* Takes over a connection that libpq has just made. NULL with err: the PGconn is still the caller's. */
pg_connection *toasty__pg_connection_new(const pg_database *database, PGconn *pg, toasty__reactor *reactor,
                                         toasty_error *err);
void toasty__pg_disconnect(toasty_connection *connection);
int toasty__pg_attach(toasty_connection *connection, toasty__reactor *reactor, toasty_error *err);
void toasty__pg_detach(toasty_connection *connection);
void toasty__pg_submit(toasty_connection *connection, toasty_job *job);
/* Sends what waits, at the end of the reactor's turn. */
void toasty__pg_send_soon(pg_connection *connection);
/* The connection is of no use any more: ends all jobs. reported: the server said so in place of the answer to
 * the first command, which therefore did not happen. */
void toasty__pg_lose(pg_connection *connection, const toasty_error *reason, bool reported);

/* --- send.c
 * ---------------------------------------------------------------------------------------------------- */

/* Gives libpq what waits. -1 with err: the connection is lost. */
int toasty__pg_send_waiting(pg_connection *connection, toasty_error *err);

/* --- entry.c: the life of a job in flight
 * --------------------------------------------------------------------------- */

pg_entry *toasty__pg_entry_new(toasty_job *job);
void toasty__pg_entry_free(pg_entry *entry);
/* The job has its answer, or job->error: calls done and frees the entry, which is in no queue. */
void toasty__pg_entry_done(pg_entry *entry);
/* The result of a command, before it leaves the queue. */
void toasty__pg_entry_answer(pg_connection *connection, const pg_command *command, PGresult *result);
/* Nothing more comes for the entry: done, or sent once more. */
void toasty__pg_entry_end(pg_connection *connection, pg_entry *entry);

/* --- cancel.c
 * ------------------------------------------------------------------------------------------------- */

void toasty__pg_cancel_job(toasty_connection *connection, toasty_job *job);
/* Looks who is first in the queue now: one that was given up has only so much time. */
void toasty__pg_cancel_look(pg_connection *connection);
int toasty__pg_cancel_attach(pg_connection *connection, toasty_error *err);
void toasty__pg_cancel_detach(pg_connection *connection);
/* Forgets a request that is under way. */
void toasty__pg_cancel_drop(pg_connection *connection);

/* --- encode.c
 * ------------------------------------------------------------------------------------------------- */

void toasty__pg_parameters_done(pg_parameters *parameters);
/* The parameters of the operations from `first` on; *failed: the one that cannot be sent. */
int toasty__pg_encode_job(pg_parameters *parameters, const toasty_job *job, uint32_t first, uint32_t *failed,
                          toasty_error *err);
/* How many parameters an operation has for the server. */
size_t toasty__pg_parameter_count(const toasty_operation *operation);

/* --- decode.c
 * ------------------------------------------------------------------------------------------------- */

/* Rows into the operation's sink, and the count. */
int toasty__pg_decode(const PGresult *result, toasty_operation *operation, bool checks_text,
                      toasty_error *err);

/* --- prepared.c
 * ------------------------------------------------------------------------------------------------- */

void toasty__pg_statements_init(pg_statements *statements);
void toasty__pg_statements_done(pg_statements *statements);
/* The statement to execute by name, *parse: after it is prepared; NULL: by its text, once. */
pg_statement *toasty__pg_statement_use(pg_connection *connection, const toasty_statement *statement,
                                       bool *parse);
/* The server has taken it, or not. */
void toasty__pg_statement_parsed(pg_connection *connection, pg_statement *statement, bool ok);
/* It must be prepared anew. */
void toasty__pg_statement_forget(pg_connection *connection, pg_statement *statement, bool server_has_it);
/* One command less speaks of it. */
void toasty__pg_statement_release(pg_connection *connection, pg_statement *statement);

/* --- errors.c
 * ------------------------------------------------------------------------------------------------- */

/* What a failed result means. */
void toasty__pg_error_of_result(const PGresult *result, const toasty_operation *operation, toasty_error *err);
/* What libpq says of a connection that failed, in one line. */
void toasty__pg_error_of_connection(const PGconn *pg, toasty_code code, const char *what, toasty_error *err);
/* The statement failed for its own past, not for what it does: prepared anew it may work. */
bool toasty__pg_is_stale(const char *sqlstate);
/* The server says that it ends the connection. */
bool toasty__pg_is_fatal(const PGresult *result);

#endif
