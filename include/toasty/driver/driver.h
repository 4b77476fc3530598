/* The driver interface: what a database's driver gives to the engine. One `toasty_<name>_driver` a
 * database, which is exported, since generated code names it.
 *
 * The engine hands a connection a job: a few operations that need no earlier answer. A driver never blocks a
 * loop: it waits through the reactor that the connection is attached to, or works on a thread of its own, or
 * answers inside submit. Everything about one connection happens on the thread of its reactor, except what is
 * said otherwise.
 *
 * Slots are documented MUST or MAY, with what happens when a MAY is NULL. */
#ifndef TOASTY_DRIVER_DRIVER_H
#define TOASTY_DRIVER_DRIVER_H
#pragma GCC system_header /* only declares: messages are about the program */

#include <toasty/driver/capability.h>
#include <toasty/error.h>
#include <toasty/schema.h>

struct toasty__reactor;
struct toasty__arena;
struct toasty__dialect; /* src/sql/dialect.h */
struct toasty__mapping; /* src/schema/mapping.h */
struct toasty__store;   /* src/schema/store.h */
struct toasty__change;  /* src/schema/diff.h */
struct toasty__expr;    /* src/core/stmt.h */

/* --- rows on their way into structs --- */

/* Where the rows of an answer go. The driver asks for storage row by row (toasty_sink_row) and stores each
 * column with the functions of core/decode.h, straight from its own buffer. */
typedef struct toasty_sink {
    /* Zeroed storage for the next row when none is there, or NULL (out of memory). Storage of earlier rows
     * may move. Drivers call toasty_sink_row. MUST. */
    void *(*row)(struct toasty_sink *sink);
    /* Rows that are there already, so that they need no call: from `next` to `end`, `stride` bytes each. MAY.
     */
    char *next, *end;
    size_t stride;
    /* Says how many rows will come, when the driver knows. MAY. */
    void (*expect)(struct toasty_sink *sink, size_t rows);
    /* Statements of the user: names of the columns, once, before the first row; sets `columns`, in any order.
     * MAY. */
    int (*describe)(struct toasty_sink *sink, const char *const *names, size_t count, toasty_error *err);
    bool *lacking; /* with `describe`, of records: the optional structs that the row has not, by embed */
    const toasty_model *model;
    const toasty_field *const *columns; /* where column i of the answer goes; &toasty__no_field: nowhere */
    uint16_t column_count;
    struct toasty__arena *arena; /* for text and bytes */
} toasty_sink;

/* Storage for the next row, or NULL (out of memory). */
static inline void *toasty_sink_row(toasty_sink *sink)
{
    if (sink->next == sink->end)
        return sink->row(sink);
    void *row = sink->next;
    sink->next += sink->stride;
    return row;
}

/* --- operations --- */

typedef enum toasty_operation_class {
    TOASTY_OPERATION_CLASS_TEXT,    /* a statement */
    TOASTY_OPERATION_CLASS_CONTROL, /* of a transaction, or of the connection */
    TOASTY_OPERATION_CLASS_READ,    /* of items; what it is about is in `key`, as for the classes after it */
    TOASTY_OPERATION_CLASS_WRITE,
    TOASTY_OPERATION_CLASS_SCHEMA
} toasty_operation_class;

/* X(NAME, CLASS, "what events call it").  The order means nothing: code that needs a group asks for the
 * class. */
#define TOASTY_OPERATIONS(X)                                                                                 \
    X(SQL, TEXT, "SQL")                                                                                      \
    X(BEGIN, CONTROL, "BEGIN") /* isolation, lock, read_only */                                              \
    X(COMMIT, CONTROL, "COMMIT")                                                                             \
    X(ROLLBACK, CONTROL, "ROLLBACK")                                                                         \
    X(SAVEPOINT, CONTROL, "SAVEPOINT") /* level: a number that names it */                                   \
    X(RELEASE, CONTROL, "RELEASE")                                                                           \
    X(ROLLBACK_TO, CONTROL, "ROLLBACK TO")                                                                   \
    X(PING, CONTROL, "ping")                                                                                 \
    /* Key-value operations. */                                                                              \
    X(GET, READ, "get")     /* rows by full primary keys: key.values is key_count × fields */               \
    X(QUERY, READ, "query") /* one partition of an index, in the order of its sort fields */                 \
    X(SCAN, READ, "scan")                                                                                    \
    X(INSERT, WRITE, "insert") /* one item; values as `fields` says */                                       \
    X(UPDATE, WRITE, "update") /* one item by full key */                                                    \
    X(DELETE, WRITE, "delete") /* one item by full key */                                                    \
    X(UPSERT, WRITE, "upsert") /* one item by full key: an UPDATE, or the item that `create` describes */    \
    /* With capability.claims: unique values as items of their own. */                                       \
    X(CLAIM, WRITE, "claim")     /* key.values of key.index become those of key.owner; unique_violation */   \
    X(UNCLAIM, WRITE, "unclaim") /* they are those of key.owner, if anybody's, and become nobody's */        \
    /* The schema, without SQL: MUST, so that a push is never silently nothing. */                           \
    X(DESCRIBE, SCHEMA, "describe")    /* adds the table of `model` to key.store, when it is there */        \
    X(CHANGE, SCHEMA, "change schema") /* does key.change: a table of `model` made or dropped, an index      \
                                          added */

typedef enum toasty_operation_kind {
#define TOASTY_OPERATION_KIND(NAME, CLASS, name) TOASTY_OPERATION_##NAME,
    TOASTY_OPERATIONS(TOASTY_OPERATION_KIND)
#undef TOASTY_OPERATION_KIND
} toasty_operation_kind;

static inline toasty_operation_class toasty_operation_class_of(uint8_t kind)
{
    static const uint8_t classes[] = {
#define TOASTY_OPERATION_CLASS(NAME, CLASS, name) TOASTY_OPERATION_CLASS_##CLASS,
        TOASTY_OPERATIONS(TOASTY_OPERATION_CLASS)
#undef TOASTY_OPERATION_CLASS
    };
    return (toasty_operation_class)classes[kind];
}

/* A parameter of an SQL statement. */
typedef struct toasty_parameter {
    const toasty_field *field; /* whose type the value has; NULL: `type` */
    uint8_t type;              /* toasty_type */
    bool list;                 /* the value is a TOASTY_VALUE_LIST */
    uint32_t list_size; /* of lists up to capability.padded_list: number of placeholders, to be filled by
                           repeating the last item; 0: one placeholder for the whole list */
} toasty_parameter;

/* What stands at a placeholder that has no number: a value of the operation; of a list that has several of
 * them, the item. */
typedef struct toasty_place {
    uint32_t value, item;
} toasty_place;

/* A statement's text and what goes with it: immutable, kept as long as its plan. `id` is unique in the
 * process, so a driver finds its prepared statement by it. */
typedef struct toasty_statement {
    uint64_t id; /* 0: not to be kept prepared */
    const char *sql;
    const toasty_parameter *parameters;
    uint32_t parameter_count;   /* logical ones: a list counts once */
    const toasty_place *places; /* of the placeholders, in the order of the text; NULL: they have numbers, or
                                   the values stand there in their own order */
    uint32_t place_count;
    uint32_t bulk_columns; /* > 0: the values of the operation are row_count rows of this many columns, row by
                              row; with capability.bulk_columns each column is one array parameter, else each
                              cell is one */
    const char *operation; /* "SELECT", … for events */
    const char *table;     /* in the database, with its prefix */
    const toasty_model *model; /* of the table; NULL: a statement of the user */
    bool returns_rows, writes;
    bool upserts;      /* an insert that does not fail where its key is there */
    bool text_results; /* cells are delivered as text */
    bool foreign;      /* a statement of the user, which may do anything to its session */
} toasty_statement;

typedef enum toasty_bound { TOASTY_UNBOUNDED, TOASTY_INCLUSIVE, TOASTY_EXCLUSIVE } toasty_bound;

/* What a write with a condition found. */
typedef enum toasty_met {
    TOASTY_MET_APPLIED, /* what it expects */
    TOASTY_MET_ABSENT,  /* no row */
    TOASTY_MET_OTHER    /* a row that is not as expected */
} toasty_met;

typedef struct toasty_operation {
    uint8_t kind;      /* toasty_operation_kind */
    uint8_t isolation; /* toasty_isolation of BEGIN */
    uint8_t lock;      /* toasty_lock_mode of BEGIN; not the default only with capability.lock_modes */
    bool read_only;
    bool must_not_exist; /* INSERT: unique_violation when the key is taken */
    bool ignores;        /* INSERT: …or, when this is set too, changes nothing and counts 0 */
    bool must_exist;     /* UPDATE, DELETE: an absent item changes nothing and counts 0 (else an upsert) */
    uint16_t key_step;   /* answer, with capability.first_key: how far the keys of several rows are apart */
    bool created;   /* answer of UPSERT and, with capability.tells_created, of a statement that upserts: there
                       was no such row */
    uint8_t met;    /* answer of a write, with capability.expect: toasty_met */
    uint32_t level; /* of SAVEPOINT and the like */
    const toasty_statement *statement;
    const toasty_value *values;
    uint32_t value_count;
    uint32_t row_count;        /* rows of a bulk insert; 0 or 1 otherwise */
    const toasty_model *model; /* key-value operations */
    const uint16_t *fields;    /* INSERT, UPDATE, UPSERT: the fields that `values` are for */
    const uint8_t *changes;    /* UPDATE, UPSERT: toasty_change_kind (SET, ADD, SUBTRACT) of each */
    toasty_sink *sink;         /* NULL: rows are not wanted */
    /* answers */
    int64_t count;    /* rows returned or changed */
    int64_t made_key; /* the sequence key that an insert made, where the driver knows it without returning: of
                         several rows the last one, with capability.first_key the first one */
    void *continuation; /* more rows can be had: hand it back as key.after; in the sink's arena */
    /* What a key-value operation reads or changes; nothing is set here for others. Last, since it is large.
     */
    struct {
        const char *prefix;        /* of the table's name; may be "" */
        const toasty_index *index; /* NULL: the primary key */
        const toasty_value
            *values;        /* GET: full keys one after the other; QUERY: leading fields of the index;
                               UPDATE, DELETE, UPSERT: one full key; CLAIM, UNCLAIM: all of the index */
        uint32_t key_count; /* GET: keys; QUERY: fields */
        /* UPDATE, DELETE, with capability.expect: fields of the item that must have these values; NULL is
         * equal to NULL. Where an item is not so, nothing changes and it counts 0; in an atomic job nothing
         * of the job changes, which fails with condition_failed, and every write of it says what it met. */
        const uint16_t *expect_fields;
        const toasty_value *expect_values;
        uint32_t expect_count;
        toasty_sink *found; /* where the item goes that is not as expected, or that is in the way of an
                               INSERT that ignores it; NULL: it is not wanted */
        /* CLAIM, UNCLAIM: full primary keys. */
        const toasty_value *owner;     /* of whom the values are, or shall be */
        const toasty_value *was_owner; /* CLAIM: of whom they are so far; NULL: nobody */
        /* UPSERT: the values of an item that is made, but for its key. */
        const uint16_t *create_fields;
        const toasty_value *create_values;
        uint32_t create_count;
        const void *before; /* UPDATE, DELETE: the row as it was last seen, a struct of the model, or NULL */
        toasty_bound low_bound,
            high_bound; /* QUERY: of the field after those that are given; NULL comes first */
        toasty_value low, high;
        bool descending;
        bool current; /* GET, QUERY, SCAN: the answer has what was written before, since a change follows from
                         it; others may be as late as the database's URL allows (reads=eventual) */
        uint32_t limit; /* of rows that match; 0: none */
        /* QUERY, SCAN, with capability.filter: only rows for which this is true, an expression over columns
         * of the table and parameters, which are numbers in filter_values. It names no field of the index
         * that a QUERY goes through, nor of the primary key. NULL: all. UPDATE, DELETE, with
         * capability.expect too: what the item must be like besides what is expected of it; any field. */
        const struct toasty__expr *filter;
        const toasty_value *filter_values;
        /* QUERY, SCAN: begins after this row, which may be gone by now: its values of the index's fields and
         * then, unless the index is the primary key, of the primary key's. NULL: at the beginning. */
        const toasty_value *from;
        const void *after;                   /* continuation of an earlier answer, or NULL */
        struct toasty__store *store;         /* DESCRIBE */
        const struct toasty__change *change; /* CHANGE */
    } key;
} toasty_operation;

/* --- jobs --- */

typedef struct toasty_job {
    toasty_operation *operations;
    uint32_t count;
    bool atomic; /* all or nothing: the driver wraps as it needs; never set inside a transaction */
    /* Called once, on the thread of the connection's reactor, perhaps inside submit. After it the driver
     * touches neither job nor operations. */
    void (*done)(struct toasty_job *job);
    toasty_error error; /* code TOASTY_OK, or why operation `failed` failed; those after it did not run */
    uint32_t failed;
    uint8_t token[16]; /* of an atomic job, with capability.group_token: the same again when the answer to it
                          was lost (outcome_unknown) and it is sent once more; never that of another job */
    uint64_t deadline_ms; /* on the clock of toasty__now_ms; 0: none. Who waits cancels the job by then; a
                             driver that works inside submit, where nobody can, stops by itself (timeout) */
    void *session;        /* of whoever submitted it */
    /* The driver's own, between submit and done. */
    struct toasty_job *next;
    void *driver_data[2];
} toasty_job;

/* --- connections --- */

/* What earlier statements have left in a session, bit by bit; 0: it is as it was opened. */
typedef enum toasty_session_state {
    TOASTY_SESSION_IN_TRANSACTION = 1, /* the server says so */
    TOASTY_SESSION_UNKNOWN = 2, /* a statement whose end was not seen may be changing it, or a transaction was
                                   exchanged for another */
    TOASTY_SESSION_TOUCHED = 4  /* foreign statements ran: settings, locks, temporary tables may be there */
} toasty_session_state;

typedef struct toasty_connection {
    struct toasty__reactor *reactor; /* NULL while it is idle in the pool */
    bool broken;                     /* set by the driver: of no use any more; the pool closes it */
    uint8_t session;                 /* toasty_session_state, kept by the driver */
    bool unclean;    /* set by the pool, where database.cleans: its session goes to somebody else. The driver
                        rolls back and undoes what foreign statements left, in `detach` or ahead of the next job,
                        and clears it; what it cannot undo ends the connection */
    bool writer;     /* with capability.single_writer: the one that writes */
    uint64_t number; /* in its pool, for events */
    /* Counted by the driver, from the beginning on: writes to its socket; statements prepared; bytes, without
     * those of logging in, and inside of TLS. */
    uint64_t bursts, prepared, bytes_sent, bytes_received;
} toasty_connection;

/* A connection being made. */
typedef struct toasty_connect {
    struct toasty__reactor *reactor;
    uint32_t timeout_ms;
    bool writer;
    /* Called once, on the reactor's thread, perhaps inside connect: connection, or NULL and error. */
    void (*done)(struct toasty_connect *connect);
    toasty_connection *connection;
    toasty_error error;
    void *session;     /* of whoever asked for it */
    void *driver_data; /* the driver's own, between connect and done */
} toasty_connect;

typedef struct toasty_url toasty_url; /* core/url.h */

/* What a driver says of a database when it is opened. */
typedef struct toasty_database {
    void *data;                         /* the driver's own */
    const struct toasty_driver *driver; /* NULL: the one that was asked; else the same with other
                                           capabilities, for a database that cannot do all of it */
    uint32_t max_connections;           /* 0: as many as the pool likes; 1: an in-memory database */
    uint32_t max_depth;      /* with capability.pipeline: callers that share a connection at most; 0: as
                                many as the pool likes */
    bool inline_on_loop;     /* answers inside submit also on a loop */
    bool cleans;             /* cleans sessions (connection.unclean); false: the pool closes an unclean one */
    bool data_in_connection; /* what a connection holds is lost with it: it is cleaned and never closed */
} toasty_database;

typedef struct toasty_driver {
    const char *name;           /* the target: "sqlite" */
    const char *const *schemes; /* of URLs, ended by NULL */
    const toasty_capability *capability;
    const struct toasty__dialect *dialect; /* MUST with capability.sql; NULL otherwise */
    const struct toasty__mapping *mapping; /* how tables keep what models say; MUST without SQL, whose dialect
                                              has it */

    /* MUST. Reads the URL (the driver takes its own options out of the query with toasty__url_option); no
     * I/O. */
    int (*open)(const toasty_url *url, toasty_database *database, toasty_error *err);
    /* MUST. All connections are closed by then. */
    void (*close)(toasty_database *database);
    /* MUST. Starts a connection attached to connect->reactor. */
    void (*connect)(toasty_database *database, toasty_connect *connect);
    /* MAY. Gives up a connect that is under way; done is called with `cancelled`. NULL: it runs to its end.
     */
    void (*connect_cancel)(toasty_connect *connect);
    /* MUST. Closes and frees; nothing is in flight. Any thread. */
    void (*disconnect)(toasty_connection *connection);
    /* MAY, both or neither. Ties an idle connection to a reactor, on its thread; -1 with err: the connection
     * is broken. NULL: between jobs nothing of a connection is tied to a reactor. */
    int (*attach)(toasty_connection *connection, struct toasty__reactor *reactor, toasty_error *err);
    /* The connection is idle and leaves its reactor. */
    void (*detach)(toasty_connection *connection);
    /* MUST. Starts a job. With capability.pipeline several jobs may be under way on one connection, answered
     * in order unless it is unordered. GETs of several operations may name the same key (core/gets.h). Reads
     * what the operations borrow before it returns or before done. */
    void (*submit)(toasty_connection *connection, toasty_job *job);
    /* MUST. Gives up a job that was submitted: calls done with `cancelled` (or the real answer when it came
     * first), as soon as nothing that the job borrows can be read or written any more; the driver discards
     * what still comes, and stops the server only when this job is the one that runs. A job that stands in
     * nobody's way may be abandoned at once. */
    void (*cancel)(toasty_connection *connection, toasty_job *job);
} toasty_driver;

#endif
