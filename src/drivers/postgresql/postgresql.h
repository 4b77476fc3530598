/* What the files of this driver share: an opened database, a connection, and what is under way on it.
 *
 * libpq makes a connection and ends it; everything between goes over its socket in the protocol's own
 * messages (version 3), which this driver writes and reads itself. Each job is a group of messages that ends
 * with a Sync: it stands in `waiting` until the end of the reactor's turn and then in `sent`, in order, until
 * the server has answered the Sync. A job is known to the queues through an entry of ours, which outlives it:
 * a job that is given up is done at once, and its entry stays. Everything here runs on the thread of the
 * connection's reactor. */
#ifndef TOASTY_DRIVERS_POSTGRESQL_H
#define TOASTY_DRIVERS_POSTGRESQL_H

#include "base/arena.h"
#include "base/buffer.h"
#include "driver/kept.h"
#include "fiber/reactor.h"
#include "order.h"
#include "wire.h"

#include <libpq-fe.h>
#include <toasty/driver/driver.h>

enum { MIN_SERVER_VERSION = 140000 };

extern const toasty_capability toasty__postgresql_capability;

/* --- databases --- */

typedef struct pg_database {
    toasty__arena arena;
    const char **keywords, **values; /* for libpq, ended by NULL */
    size_t count;
    bool prepares;
} pg_database;

/* --- columns of an answer --- */

/* Stores a cell that is not NULL. -1 with err: the field cannot hold it. */
typedef int pg_reader(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                      size_t length, toasty_error *err);

/* The cells of which most rows are made are stored without a call, where the field has nothing optional
 * about it or around it. */
typedef enum pg_shortcut { PG_NO_SHORTCUT, PG_TEXT_TO_TEXT, PG_INT8_TO_I64, PG_INT8_TO_U64 } pg_shortcut;

typedef struct pg_column {
    uint32_t type;             /* the server's number of it */
    uint32_t size;             /* of each cell that is not NULL; 0: any */
    const toasty_field *field; /* which what follows was chosen for */
    pg_reader *read;           /* NULL: not chosen yet */
    pg_shortcut shortcut;
} pg_column;

typedef struct pg_columns {
    pg_column *items;
    size_t count, capacity;
} pg_columns;

/* --- statements that the server keeps --- */

typedef struct pg_statement {
    toasty__kept kept; /* acknowledged: described, too */
    char name[40];
    uint32_t name_size; /* with its NUL */
    uint64_t group;     /* where its Parse was sent */
    pg_columns columns;
} pg_statement;

/* --- what is under way --- */

/* How an operation was sent. */
typedef struct pg_step {
    pg_statement *statement; /* NULL: by its text */
    uint8_t begins;          /* pg_place: where its answer does */
    bool parsed;             /* the server has acknowledged the Parse before it */
} pg_step;

#define PG_NEVER UINT32_MAX

/* A job on its way. */
typedef struct pg_entry {
    struct pg_entry *next;
    toasty_job *job;     /* NULL: given up */
    uint32_t count;      /* operations of the job */
    uint32_t first;      /* the first operation of this attempt: those before it have their answers */
    uint32_t at;         /* whose answer comes now; count: only that of the Sync is left */
    uint32_t commits_at; /* the first operation that can make changes last; count: the Sync; or PG_NEVER */
    uint32_t closes;     /* of statements, sent before it and not answered yet */
    uint8_t place;       /* pg_place: which message comes next */
    bool sent;
    bool ours;     /* of the driver: nobody gives it up */
    bool outside;  /* sent outside a transaction: what failed did not happen */
    bool foreign;  /* text of the user: what it does to the session is known once its group has ended, and
                      nothing is under way beside it */
    bool chained;  /* …and it has ended a transaction; if there is one at its end, that is another */
    bool unknown;  /* foreign, and given up: counted in connection->unknown */
    bool resumes;  /* nothing but reads: what is answered stays answered */
    bool repeated; /* had its second chance */
    bool failed;   /* job->error says why; what still comes for it is skipped */
    bool again;    /* failed for a reason that a second try can mend */
    bool stored;   /* rows of this attempt are in the sink: there can be no second */
    bool holds;    /* answers wait in `held` for the end of the group */
    uint64_t rows; /* of the answer that comes now */
    toasty__buffer held;
    pg_step steps[];
} pg_entry;

typedef struct pg_queue {
    pg_entry *first, **end;
} pg_queue;

typedef struct pg_turn_task pg_turn_task;
typedef struct pg_cancel pg_cancel;

typedef struct pg_connection {
    toasty_connection base;
    const pg_database *database;
    PGconn *pg;
    toasty__stream stream;
    toasty__watch *watch;
    pg_turn_task *turn_task;
    bool checks_text;             /* the server does not promise UTF-8 */
    bool transaction_expected;    /* after all that was sent */
    uint32_t unknown;             /* entries that were given up and may change the session yet */
    struct pg_cleaning *cleaning; /* clean.c; NULL: never needed */
    pg_queue waiting, sent;
    pg_entry *spare; /* of a job that is done, for the next; or NULL */
    toasty__kept_set statements;
    uint32_t statements_made; /* ever, for names that never come twice */
    pg_columns portal;        /* the columns of a statement without a name */
    uint64_t group;           /* number of the group that is being sent */
    uint32_t closes;          /* sent since then */
    /* cancel.c */
    toasty__timer *timer;
    const pg_entry *watched; /* the given up entry that is first in the queue */
    uint64_t watched_since;
    bool asked;        /* the server was asked to stop it */
    pg_cancel *cancel; /* a request under way: nothing is sent meanwhile */
    toasty__watch *cancel_watch;
    uint32_t strays; /* signals of requests that may still hit somebody */
} pg_connection;

/* --- connect.c --- */

void toasty__pg_connect(toasty_database *database, toasty_connect *connect);
void toasty__pg_connect_cancel(toasty_connect *connect);

/* --- resolve.c: names of hosts, without blocking a loop --- */

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

/* --- connection.c --- */

/* Takes over a connection that libpq has just made. NULL with err: the PGconn is still the caller's. */
pg_connection *toasty__pg_connection_new(const pg_database *database, PGconn *pg, toasty__reactor *reactor,
                                         toasty_error *err);
void toasty__pg_disconnect(toasty_connection *connection);
int toasty__pg_attach(toasty_connection *connection, toasty__reactor *reactor, toasty_error *err);
void toasty__pg_detach(toasty_connection *connection);
void toasty__pg_submit(toasty_connection *connection, toasty_job *job);
/* Sends what waits, at the end of the reactor's turn. */
void toasty__pg_send_soon(pg_connection *connection);
/* The connection is of no use any more: ends all jobs. reported: the server itself said so, in place of the
 * message that was still to come. */
void toasty__pg_lose(pg_connection *connection, const toasty_error *reason, bool reported);

/* --- send.c --- */

/* Puts all that waits into the stream, behind what cleans the session when it needs that. */
void toasty__pg_send_waiting(pg_connection *connection);
/* Puts a job into the stream that is to come before all that waits. -1 with err. */
int toasty__pg_send_first(pg_connection *connection, toasty_job *job, toasty_error *err);

/* --- clean.c --- */

/* Puts what cleans the session into the stream; where that is not possible, the connection is lost. */
void toasty__pg_clean(pg_connection *connection);
void toasty__pg_cleaning_free(pg_connection *connection);

/* --- answer.c --- */

/* Takes all whole messages out of the stream; it may lose the connection. */
void toasty__pg_take_answers(pg_connection *connection);

/* --- entry.c: the life of a job in flight --- */

void toasty__pg_queue_init(pg_queue *queue);
void toasty__pg_queue_add(pg_queue *queue, pg_entry *entry);
pg_entry *toasty__pg_queue_take(pg_queue *queue); /* the first, or NULL */
void toasty__pg_queue_remove(pg_queue *queue, pg_entry *entry);

pg_entry *toasty__pg_entry_new(pg_connection *connection, toasty_job *job);
void toasty__pg_entry_free(pg_connection *connection, pg_entry *entry);
/* Begins an attempt. */
void toasty__pg_entry_begin(pg_entry *entry);
/* It speaks of its statements no more; one that was not parsed after all is forgotten. */
void toasty__pg_entry_release(pg_connection *connection, pg_entry *entry);
/* The operation that is answered failed by itself, with job->error. */
void toasty__pg_entry_fail(pg_entry *entry);
/* The operation that is answered failed, the server says. */
typedef struct pg_complaint pg_complaint;
void toasty__pg_entry_refuse(pg_connection *connection, pg_entry *entry, const pg_complaint *complaint);
/* Nothing more comes for the entry, since the connection was lost: what its job is told. */
void toasty__pg_entry_lose(pg_entry *entry, const toasty_error *reason, bool reported);
/* Nothing more comes for the entry, which is in no queue: done, or sent once more. */
void toasty__pg_entry_end(pg_connection *connection, pg_entry *entry);
/* The job has its answer, or job->error: calls done and frees the entry, which is in no queue. */
void toasty__pg_entry_done(pg_connection *connection, pg_entry *entry);

/* --- cancel.c --- */

void toasty__pg_cancel_job(toasty_connection *connection, toasty_job *job);
/* Looks who is first in the queue now: one that was given up has only so much time. */
void toasty__pg_cancel_look(pg_connection *connection);
/* The entry is answered and will be freed. */
void toasty__pg_cancel_forget(pg_connection *connection, const pg_entry *entry);
int toasty__pg_cancel_attach(pg_connection *connection, toasty_error *err);
void toasty__pg_cancel_detach(pg_connection *connection);
/* Forgets a request that is under way. */
void toasty__pg_cancel_drop(pg_connection *connection);

/* --- encode.c --- */

/* How many parameters an operation has for the server. */
size_t toasty__pg_parameter_count(const toasty_statement *statement);
/* The types that a Parse gives and the formats that a Bind gives, two or four bytes each. */
void toasty__pg_put_types(const toasty_statement *statement, char *out);
void toasty__pg_put_formats(const toasty_statement *statement, char *out);
/* Appends the values, each behind its length. -1 with err: one that cannot be sent. Missing memory shows only
 * in out->failed. */
int toasty__pg_encode_values(toasty__buffer *out, const toasty_operation *operation, toasty_error *err);

/* --- decode.c --- */

void toasty__pg_columns_done(pg_columns *columns);
/* Reads a RowDescription. names: NULL, or an array to be freed that points into the message. 0; -1 with err:
 * no memory; 1: it is malformed. */
int toasty__pg_columns_read(pg_columns *columns, const pg_message *message, const char ***names,
                            toasty_error *err);
/* Makes the columns ready for the rows of an answer. -1 with err: the sink asked for others. */
int toasty__pg_columns_fit(pg_columns *columns, const toasty_sink *sink, bool as_text, bool checks_text,
                           toasty_error *err);
/* Stores a DataRow and all that lie whole behind it, and counts them. 0; -1 with err: the sink cannot hold
 * one; 1: one is malformed. */
int toasty__pg_decode_rows(const pg_columns *columns, toasty_sink *sink, toasty__input *input,
                           const pg_message *first, uint64_t *rows, toasty_error *err);

/* --- prepared.c --- */

void toasty__pg_statements_init(toasty__kept_set *statements);
/* The statement to execute by name, *parse: after it is prepared; NULL: by its text, once. */
pg_statement *toasty__pg_statement_use(pg_connection *connection, const toasty_statement *statement,
                                       bool *parse);
/* The server has it and has described it. */
void toasty__pg_statement_acknowledge(pg_connection *connection, pg_statement *statement);

/* --- errors.c --- */

/* What an ErrorResponse says; texts lie in the message. Only those of the code are never NULL. */
struct pg_complaint {
    const char *severity, *state, *message, *table, *column, *constraint;
};

/* False when the message is malformed. */
bool toasty__pg_complaint_read(pg_complaint *complaint, const pg_message *message);
/* What it means. */
void toasty__pg_error_of_complaint(const pg_complaint *complaint, const toasty_operation *operation,
                                   toasty_error *err);
/* What libpq says of a connection that failed, in one line. */
void toasty__pg_error_of_connection(const PGconn *pg, toasty_code code, const char *what, toasty_error *err);
/* The statement failed for its own past, not for what it does: prepared again, it may work. */
bool toasty__pg_is_stale(const char *sqlstate);
/* The server says that it ends the connection. */
bool toasty__pg_is_fatal(const pg_complaint *complaint);
/* The server itself says so, and no pooler that has lost the server from sight. */
bool toasty__pg_is_of_server(const pg_complaint *complaint);

#endif
