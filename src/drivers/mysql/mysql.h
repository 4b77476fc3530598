/* What the files of this driver share: an opened database, a connection, and what is under way on it.
 *
 * The driver speaks the protocol itself, login and TLS included. A job becomes commands, which leave in one
 * write with those of all jobs of a turn: it stands in `waiting` until the end of the reactor's turn and then
 * in `sent`, in order, until its last command is answered. A statement is prepared before it is first
 * executed, which takes a round trip of its own. A job is known to the queues through an entry of ours, which
 * outlives it: a job that is given up is done at once, and its entry stays. Everything here runs on the
 * thread of the connection's reactor. */
#ifndef TOASTY_DRIVERS_MYSQL_H
#define TOASTY_DRIVERS_MYSQL_H

#include "base/arena.h"
#include "base/buffer.h"
#include "driver/kept.h"
#include "fiber/reactor.h"
#include "login.h"
#include "order.h"

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <toasty/driver/driver.h>

/* --- the two servers that one driver is for --- */

/* What differs between them. */
typedef struct my_kind {
    const char *name, *scheme, *other_scheme;
    unsigned least[3]; /* version */
    const char *least_text;
    const char *sql_mode;  /* beside the modes that both get */
    const char *isolation; /* the variable that has the session's */
    bool checks_text;      /* what it calls UTF-8 may have surrogates in it */
} my_kind;

extern const my_kind toasty__my_mysql, toasty__my_mariadb;

/* --- databases --- */

typedef enum my_tls_mode {
    MY_TLS_DISABLE,
    MY_TLS_PREFER,
    MY_TLS_REQUIRE,
    MY_TLS_VERIFY_CA,
    MY_TLS_VERIFY_FULL
} my_tls_mode;

typedef struct my_host {
    const char *name; /* an address too; or the path of a socket */
    const char *port;
} my_host;

typedef struct my_database {
    toasty__arena arena;
    atomic_int references; /* its own, and those of requests to cancel */
    const my_kind *kind;
    my_host *hosts;
    size_t host_count;
    my_account account;
    my_tls_mode tls_mode;
    const char *tls_roots, *tls_certificate, *tls_key; /* files; NULL: none */
    uint32_t connect_timeout_ms;                       /* 0: as the pool says */
    const char *session_words;                         /* what every session is told first */
    const char *session_question;                      /* …and asked, since a raw statement may change it */
    bool prepares;                                     /* and keeps what was prepared */
    bool pipelines;
    bool awaits_groups;   /* an atomic group takes two round trips, and no word that a proxy does not know */
    pthread_mutex_t lock; /* of what follows */
    SSL_CTX *tls;         /* made by the first connection that needs it */
    unsigned requests;    /* to cancel, under way in threads of their own; a close waits for them */
    pthread_cond_t request_ended;
} my_database;

/* Where a connection leads: what a host's name was found to be, and the name, for its certificate. */
typedef struct my_peer {
    struct sockaddr_storage address;
    socklen_t size;
    const my_host *host;
} my_peer;

void toasty__my_database_hold(my_database *database);
void toasty__my_database_release(my_database *database);

/* --- driver.c --- */

int toasty__my_open(const my_kind *kind, const toasty_url *url, toasty_database *database, toasty_error *err);
void toasty__my_close(toasty_database *database);

/* The slots of both tables. */
#define TOASTY__MY_SLOTS                                                                                     \
    .close = toasty__my_close, .connect = toasty__my_connect, .connect_cancel = toasty__my_connect_cancel,   \
    .disconnect = toasty__my_disconnect, .attach = toasty__my_attach, .detach = toasty__my_detach,           \
    .submit = toasty__my_submit, .cancel = toasty__my_cancel_job

/* --- transport.c --- */

/* What follows goes through TLS. -1: no memory. */
int toasty__my_stream_start_tls(toasty__stream *stream, SSL_CTX *context);
/* Ends the TLS and closes the socket too: the stream is empty then. goodbye: TLS may say that it ends. */
void toasty__my_stream_end(toasty__stream *stream, bool goodbye);

/* --- tls.c --- */

/* Everything that all connections of a database share of TLS. NULL with err. It lives as long as the
 * database. */
SSL_CTX *toasty__my_tls_context(my_database *database, toasty_error *err);
/* What the server's certificate is compared with, before the handshake. -1: no memory. */
int toasty__my_tls_expect(const my_database *database, SSL *tls, const char *host);
/* Why a handshake failed, in better words where there are some. */
void toasty__my_tls_explain(const SSL *tls, const char *host, toasty_error *err);

/* --- resolve.c: names of hosts, without blocking a loop --- */

typedef struct my_resolution my_resolution;
struct addrinfo;

/* Calls back with addresses, which the callee frees with freeaddrinfo, or NULL and err; perhaps at once, when
 * loop is NULL. NULL when it has called back already. */
my_resolution *toasty__my_resolve(const my_host *host, uv_loop_t *loop,
                                  void (*done)(void *arg, struct addrinfo *found, const toasty_error *err),
                                  void *arg);
/* No callback comes after this. */
void toasty__my_resolve_cancel(my_resolution *resolution);

/* --- columns of an answer --- */

/* Reads a cell that is not NULL and stores it. -1 with err: the field cannot hold it; what the packet does
 * not hold shows in the reader. */
typedef int my_cell_reader(const toasty_sink *sink, void *row, const toasty_field *field, my_reader *cells,
                           toasty_error *err);

typedef struct my_column {
    uint8_t type; /* the server's number of it */
    bool is_unsigned;
    bool is_binary;            /* no text: its character set is none */
    const toasty_field *field; /* which `read` was chosen for */
    my_cell_reader *read;      /* NULL: not chosen yet */
} my_column;

typedef struct my_columns {
    my_column *items;
    size_t count, capacity;
    bool lost;                /* there was no memory to keep them: their rows cannot be read */
    toasty__buffer names;     /* each with its NUL, where somebody wants them */
    toasty__buffer described; /* the packets with which the last answer did it */
    bool all_described;       /* they are all there */
} my_columns;

/* --- statements that the server keeps --- */

enum { MY_STATEMENTS = 128 /* kept at most */ };

typedef struct my_statement {
    toasty__kept kept;
    uint32_t number;     /* the server's */
    uint32_t parameters; /* that the server has found in it */
    bool asked;
    struct my_refusal *refusal; /* why the server does not prepare it; NULL */
    my_columns columns;
} my_statement;

/* --- what is under way --- */

/* What a command of an entry is for. */
typedef enum my_step_kind {
    MY_STEP_OPERATION, /* it answers an operation */
    MY_STEP_HEAD,      /* begins the transaction around it */
    MY_STEP_EXTRA,     /* may fail: what depends on it fails by itself then */
    MY_STEP_GUARD,     /* commits what went well, all of it, and fails otherwise */
    MY_STEP_UNDO,      /* rolls back; until it has */
    MY_STEP_RESTORE,   /* …and then back to autocommit; until it has */
    MY_STEP_PREPARE,
    MY_STEP_CLEAN, /* of the driver: what fails ends the connection */
    MY_STEP_ASK    /* of the driver: what the session is like now */
} my_step_kind;

typedef struct my_step {
    my_statement *statement; /* NULL: by its text */
    const char *text;        /* which lives as long as the driver; NULL: that of the operation */
    uint32_t operation;
    uint8_t kind;     /* my_step_kind */
    uint8_t begins;   /* my_place: where its answer does */
    uint8_t sequence; /* of the first packet of the answer */
} my_step;

#define MY_NEVER UINT32_MAX

/* A job on its way, or something of the driver's own. */
typedef struct my_entry {
    struct my_entry *next;
    toasty_job *job;     /* NULL: given up, or of the driver */
    uint32_t operations; /* of the job */
    uint32_t first;      /* the first operation of this attempt: those before it have their answers */
    uint32_t step_count; /* of this attempt */
    uint32_t written;    /* steps that are in the stream, or have left it */
    uint32_t at;         /* the step whose answer comes now */
    uint32_t commits_at; /* the first step that can make changes last; or MY_NEVER */
    uint32_t left;       /* definitions that are still to come */
    uint32_t undone;     /* how often undoing was tried */
    uint8_t place;       /* my_place: which packet comes next */
    uint8_t sequence;    /* its number */
    uint8_t status;      /* bits of the last OK: more results come */
    bool sent;
    bool ours;     /* of the driver: nobody gives it up */
    bool outside;  /* sent outside a transaction: what failed did not happen */
    bool foreign;  /* text of the user: nothing is under way beside it */
    bool counts;   /* its guard commits only when all went well, its head too */
    bool guarded;  /* a group of its own: nothing is sent behind it before its end */
    bool unknown;  /* given up, and may change the session yet: counted in connection->unknown */
    bool resumes;  /* nothing but reads: what is answered stays answered */
    bool repeated; /* had its second chance */
    bool failed;   /* job->error tells; what still comes for it is skipped */
    bool hit;      /* …because of a request to cancel that was meant for another */
    bool again;    /* failed for a reason that a second try can mend */
    bool stored;   /* rows of this attempt are in the sink: there can be no second */
    bool holds;    /* answers wait in `held` for the end of the group */
    bool happened; /* the guard has committed */
    bool begins;   /* a transaction: a group's or the user's */
    bool escaped;  /* an operation ran outside of the transaction that it begins, and committed itself */
    bool further;  /* a further result of the same statement, which nobody wants */
    uint64_t rows; /* of the answer that comes now */
    toasty__buffer held;
    my_statement **statements; /* of the operations; it speaks of them from before they are prepared */
    char head[64], guard[96];  /* the texts of its first and its last step */
    my_step steps[];
} my_entry;

typedef struct my_queue {
    my_entry *first, **end;
} my_queue;

typedef struct my_turn_task my_turn_task;
typedef struct my_cancel my_cancel;

/* What a server has answered to the question of session.c. */
typedef struct my_session {
    uint64_t thread;   /* the server's number of it */
    uint64_t largest;  /* packet that the server takes */
    uint16_t key_step; /* between keys that it counts up */
    bool repeatable;   /* transactions see one state unless they say otherwise */
    bool as_told;      /* strict, in UTC, with utf8mb4 */
} my_session;

/* Whether that is still so. */
typedef enum my_knowledge {
    MY_KNOWN,
    MY_ASKED, /* the question is under way */
    MY_STALE  /* a statement of the user's came after it */
} my_knowledge;

/* Bits of what the server says of a session with each answer. */
enum { MY_STATUS_IN_TRANSACTION = 1, MY_STATUS_AUTOCOMMIT = 2, MY_STATUS_MORE_RESULTS = 8 };

typedef struct my_connection {
    toasty_connection base;
    my_database *database;
    my_peer peer;
    toasty__stream stream;
    toasty__watch *watch;
    my_turn_task *turn_task;
    my_session session;
    uint8_t session_known;     /* my_knowledge */
    uint16_t status;           /* as of the last answer */
    bool caches_columns;       /* rows are described only when they have changed */
    bool transaction_expected; /* after all that was sent */
    uint64_t counted;          /* from where the successes of a group are counted: no two from one number */
    uint32_t unknown;          /* entries that were given up and may change the session yet */
    my_queue waiting, sent;
    my_entry *spare; /* of a job that is done, for the next; or NULL */
    toasty__kept_set statements;
    my_columns portal; /* the columns of a statement that is sent as its text */
                       /* cancel.c */
    toasty__timer *timer;
    const my_entry *watched; /* the given up entry that is first in the queue */
    uint64_t watched_since;
    bool asked;        /* the server was asked to stop it */
    my_cancel *cancel; /* a request under way: nothing is sent meanwhile */
    toasty__watch *cancel_watch;
    uint32_t strays; /* requests that may still hit somebody */
} my_connection;

/* --- connect.c --- */

void toasty__my_connect(toasty_database *database, toasty_connect *connect);
void toasty__my_connect_cancel(toasty_connect *connect);

/* Asks the server, on a connection of its own, to stop what the connection of that number does. done: called
 * once, whatever came of it, perhaps inside the call. */
void toasty__my_kill(my_database *database, const my_peer *peer, uint64_t thread, uint32_t timeout_ms,
                     toasty__reactor *reactor, void (*done)(void *arg), void *arg);

/* --- session.c: what every session is told, and asked --- */

/* The statement that makes a session ours, and the one that asks what came of it. */
void toasty__my_session_words(const my_kind *kind, toasty__buffer *out);
void toasty__my_session_question(const my_kind *kind, toasty__buffer *out);
/* Reads the answer, a row of text. False: it is none. */
bool toasty__my_session_read(my_session *session, const my_packet *row);
/* -1 with err: the session is not as it was told to be. */
int toasty__my_session_check(const my_session *session, toasty_error *err);
/* Whether the server is one that this target is for. */
int toasty__my_version_check(const my_kind *kind, const my_greeting *greeting, toasty_error *err);

/* --- connection.c --- */

/* Takes over what a login has made, also when it fails: *stream is empty then. NULL with err. */
my_connection *toasty__my_connection_new(my_database *database, toasty__stream *stream, const my_peer *peer,
                                         const my_session *session, const my_login *login,
                                         toasty__reactor *reactor, toasty_error *err);
void toasty__my_disconnect(toasty_connection *connection);
int toasty__my_attach(toasty_connection *connection, toasty__reactor *reactor, toasty_error *err);
void toasty__my_detach(toasty_connection *connection);
void toasty__my_submit(toasty_connection *connection, toasty_job *job);
/* Sends what waits, at the end of the reactor's turn. */
void toasty__my_send_soon(my_connection *connection);
/* The connection is of no use any more: ends all jobs. reported: the server itself said so, in place of the
 * packet that was still to come. */
void toasty__my_lose(my_connection *connection, const toasty_error *reason, bool reported);

/* --- send.c --- */

/* Puts all that may go into the stream, behind what cleans the session when it needs that. */
void toasty__my_send_waiting(my_connection *connection);
/* What of an entry under way is to be sent only now that all before it is answered. One of the driver's own
 * that cannot be sent loses the connection. */
void toasty__my_send_rest(my_connection *connection, my_entry *entry);
/* An entry's next and last step, a text of the driver's own; it is sent at once. */
void toasty__my_send_step(my_connection *connection, my_entry *entry, my_step_kind kind, const char *text);

/* --- steps.c: what commands a job becomes --- */

/* Room for the steps of so many operations. */
uint32_t toasty__my_step_room(uint32_t operations);
/* Lays out the steps of an attempt, and what is known of them beforehand. */
void toasty__my_lay_out(my_connection *connection, my_entry *entry);
/* Whether an operation is executed as a prepared statement. */
bool toasty__my_is_prepared(const toasty_operation *operation);

/* Whether the session must be known as it is now: keys of several rows are told from the first one and their
 * step, and what a group reads and changes is one state by the isolation. */
bool toasty__my_depends_on_session(const toasty_job *job);

extern const char toasty__my_rollback[], toasty__my_restore[];

/* --- clean.c --- */

/* Puts what cleans the session into the stream; where that is not possible, the connection is lost. */
void toasty__my_clean(my_connection *connection);

/* --- answer.c --- */

/* Takes all whole packets out of the stream; it may lose the connection. */
void toasty__my_take_answers(my_connection *connection);

/* --- entry.c: the life of a job in flight --- */

void toasty__my_queue_init(my_queue *queue);
void toasty__my_queue_add(my_queue *queue, my_entry *entry);
my_entry *toasty__my_queue_take(my_queue *queue); /* the first, or NULL */
void toasty__my_queue_remove(my_queue *queue, my_entry *entry);

/* job: NULL: one step of the driver's own, with its statement if it has one. */
my_entry *toasty__my_entry_new(my_connection *connection, toasty_job *job);
void toasty__my_entry_free(my_connection *connection, my_entry *entry);
/* Begins an attempt. */
void toasty__my_entry_begin(my_entry *entry);
/* It speaks of its statements no more. */
void toasty__my_entry_release(my_connection *connection, my_entry *entry);
/* The operation that is answered failed by itself, with job->error. */
void toasty__my_entry_fail(my_entry *entry);
/* The step that is answered failed, the server says. */
typedef struct my_complaint my_complaint;
void toasty__my_entry_refuse(my_connection *connection, my_entry *entry, const my_complaint *complaint);
/* Nothing more comes for the entry, since the connection was lost: what its job is told. */
void toasty__my_entry_lose(my_entry *entry, const toasty_error *reason, bool reported);
/* Nothing more comes for the entry, which is in no queue: done, or sent once more. */
void toasty__my_entry_end(my_connection *connection, my_entry *entry);
/* The job has its answer, or job->error: calls done and frees the entry, which is in no queue. */
void toasty__my_entry_done(my_connection *connection, my_entry *entry);

/* --- cancel.c --- */

void toasty__my_cancel_job(toasty_connection *connection, toasty_job *job);
/* Looks who is first in the queue now: one that was given up has only so much time. */
void toasty__my_cancel_look(my_connection *connection);
/* The entry is answered and will be freed. */
void toasty__my_cancel_forget(my_connection *connection, const my_entry *entry);
int toasty__my_cancel_attach(my_connection *connection, toasty_error *err);
void toasty__my_cancel_detach(my_connection *connection);
/* Forgets a request that is under way. */
void toasty__my_cancel_drop(my_connection *connection);

/* --- encode.c --- */

/* How many placeholders the text of an operation has. */
size_t toasty__my_placeholder_count(const toasty_operation *operation);
/* Appends what stands behind the head of an execution: which are NULL, types, values. -1 with err: one that
 * cannot be sent. Missing memory shows only in out->failed. */
int toasty__my_encode_values(toasty__buffer *out, const toasty_operation *operation, toasty_error *err);

/* --- decode.c --- */

void toasty__my_columns_done(my_columns *columns);
/* Makes room for so many. -1: no memory; they are passed over, and lost. */
int toasty__my_columns_expect(my_columns *columns, size_t count);
/* MySQL describes the columns of a statement with each of its answers, mostly as before: true when the bytes
 * that come next do so, which are taken then. */
bool toasty__my_columns_again(const my_columns *columns, toasty__input *input);
/* Reads the description of one, and keeps its name when somebody wants it. False: malformed. */
bool toasty__my_columns_add(my_columns *columns, const my_packet *packet, size_t at, bool named);
/* Makes the columns ready for the rows of an answer. -1 with err: the sink asked for others. */
int toasty__my_columns_fit(my_columns *columns, const toasty_sink *sink, bool as_text, bool in_text,
                           bool checks_text, toasty_error *err);
/* Stores a row. 0; -1 with err: the sink cannot hold it; 1: it is malformed. */
int toasty__my_decode_row(const my_columns *columns, toasty_sink *sink, const my_packet *packet, bool in_text,
                          toasty_error *err);

/* --- cells.c: one cell --- */

my_cell_reader *toasty__my_reader_of(const my_column *column, const toasty_field *field, bool as_text,
                                     bool in_text, bool checks_text);

/* --- prepared.c --- */

void toasty__my_statements_init(toasty__kept_set *statements);
/* The statement to execute, which the server may have to be asked for first; NULL: no memory. */
my_statement *toasty__my_statement_use(my_connection *connection, const toasty_statement *statement);

/* --- errors.c --- */

/* What an ERR packet says. */
struct my_complaint {
    uint16_t number;
    const char *message; /* lies in the packet */
    size_t length;
};

/* A complaint that outlives its packet. */
typedef struct my_refusal {
    my_complaint complaint;
    char text[];
} my_refusal;

/* A copy that is freed with toasty__free; NULL: no memory. */
my_refusal *toasty__my_refusal_of(const my_complaint *complaint);
/* False when the packet is malformed. */
bool toasty__my_complaint_read(my_complaint *complaint, const my_packet *packet);
/* What it means. operation: NULL when it is about none. */
void toasty__my_error_of_complaint(const my_complaint *complaint, const toasty_operation *operation,
                                   toasty_error *err);
/* The statement failed for its own past, not for what it does: prepared anew it may work. */
bool toasty__my_is_stale(uint16_t number);
/* The server says that it ends the connection. */
bool toasty__my_is_goodbye(uint16_t number);

enum {
    MY_ERROR_TOO_MANY_STATEMENTS = 1461,
    MY_ERROR_UNKNOWN_STATEMENT = 1243,
    MY_ERROR_REPREPARE = 1615,
    MY_ERROR_WRONG_VALUE_OF_VARIABLE = 1231,
    MY_ERROR_INTERRUPTED = 1317
};

#endif
