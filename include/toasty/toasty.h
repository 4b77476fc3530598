/* The library as an application sees it: handles, transactions, batches, raw SQL, events, waiting.
 *
 * What the calls of a model do (user_create, user_all, …) is in the header that `toasty derive`
 * generates.
 *
 * - A call that takes a `toasty_db *` goes to the database; one that does not, does not.
 * - Waiting: in a fiber a call suspends the fiber and the loop goes on; on a plain thread it runs until it is
 * done; toasty_start returns at once and calls back. "Suspends" below means the first two.
 * - A call returns its result, or NULL or -1; then toasty_last_error() says why.
 * - A result is one block: toasty_free frees it, or toasty_auto at the end of the scope. */
#ifndef TOASTY_TOASTY_H
#define TOASTY_TOASTY_H

#include <toasty/error.h>
#include <toasty/fiber.h>
#include <toasty/memory.h>
#include <toasty/schema.h>
#include <toasty/values.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A database: a pool of connections, used by any number of threads and fibers at once. Or a handle derived
 * from one (toasty_begin, toasty_with), on which every call works as well. */
typedef struct toasty_db toasty_db;
/* Owners: they copy what they are given, where everything else borrows until the call returns. Generated code
 * wraps them in types of the model: UserQuery, UserChanges, UserDraft. Free with toasty_free. */
typedef struct toasty_query toasty_query;
typedef struct toasty_changes toasty_changes;
typedef struct toasty_draft toasty_draft;
/* An operation to run later: what user_create_op(&bob, …) returns. A value; borrows like the call itself. */
typedef struct toasty_op toasty_op;
/* A list of operations that copies what it is given. */
typedef struct toasty_ops toasty_ops;

/* --- memory --- */

/* Frees a result, a handle or an owner; NULL is fine. Freeing an item of a list, a slice, or the same thing
 * twice does nothing but set the error invalid_argument. A transaction that was not committed rolls back, a
 * dedicated handle lets go of what raw statements left in its session, a pool closes (see toasty_close): only
 * these suspend. */
TOASTY_API void toasty_free(const void *result);
/* Did the upsert that gave this record create its row? False for one that it found, for what another call
 * gave, and for NULL. No I/O. */
TOASTY_API bool toasty_created(const void *record);

/* Frees at the end of the scope, without touching the error of the last call:
 *     toasty_auto(User) user = user_get_by_id(db, 1); */
#define toasty_auto(type) __attribute__((cleanup(toasty__auto_free), unused)) type *
TOASTY_API void toasty__auto_free(const void *pointer_to_result);

/* Frees the text and bytes that updates wrote into a record in the program's own storage, a copy of one that
 * a call returned: toasty_forget(&own). Those of results go with toasty_free. The record's text dangles
 * afterwards. Does not suspend, and touches no error. */
#define toasty_forget(record) toasty__forget((record), sizeof *(record))
TOASTY_API void toasty__forget(const void *record, size_t size);

/* Gives an optional member a value where an initialiser cannot stand, and takes it away:
 *     toasty_set(row.age, 42); toasty_unset(row.age); */
#define toasty_set(optional, ...) ((void)((optional).set = true, (optional).value = __VA_ARGS__))
#define toasty_unset(optional) ((void)((optional).set = false))

/* Loops over a list, a page or an included relation: toasty_each(todo, &user->todos) …  `list` is evaluated
 * once; break and continue mean this loop. A NULL list is an empty loop; a relation that was not loaded is
 * one too, but sets not_loaded and calls the misuse hook. */
#define toasty_each(item, list)                                                                              \
    for (__typeof__(list) item##_list_ = (list), *item##_once_ = &item##_list_; item##_once_;                \
         item##_once_ = 0)                                                                                   \
        for (__typeof__(item##_list_->items + 0)                                                             \
                 item = TOASTY__FIRST(item##_list_, #list, __FILE__, __LINE__),                              \
                 item##_end_ = TOASTY__END(item##_list_, item);                                              \
             item < item##_end_; item++)
#define TOASTY__FIRST(list, text, file, line)                                                                \
    (list == 0 ? 0 : list->loaded || (toasty__not_loaded(text, file, line), 0) ? list->items : 0)
#define TOASTY__END(list, first) (first ? first + list->len : first)
TOASTY_API void toasty__not_loaded(const char *expression, const char *file, int line);

/* A condition, change, order or include that may be absent: `x` is evaluated only when `test` is true. */
#define toasty_when(test, x) ((test) ? (x) : (__typeof__(x)){0})

/* Rows that a read locks until its transaction ends: `.lock`. Others that want to change such a row wait, and
 * so do others that want to lock it, but for two that both share. Needs a transaction that may write;
 * invalid_argument elsewhere. On SQLite a transaction that writes holds the whole database, and no row needs
 * more. */
typedef enum toasty_row_lock {
    TOASTY_NO_ROW_LOCK,
    TOASTY_FOR_UPDATE, /* alone */
    TOASTY_FOR_SHARE   /* with others that share: nobody changes the rows meanwhile */
} toasty_row_lock;

/* What a read does about rows that another has locked: `.lock_wait`. */
typedef enum toasty_lock_wait {
    TOASTY_WAIT,       /* until the other transaction ends, or lock_timeout */
    TOASTY_NO_WAIT,    /* lock_timeout at once, which fails the transaction */
    TOASTY_SKIP_LOCKED /* they are passed over: what several workers take from one queue */
} toasty_lock_wait;

/* A limit that may be 0: `.limit = toasty_at_most(n)` gives no row where n is 0. Without it a limit of 0 is
 * none, and all rows come: C cannot distinguish it from a member that was left out. Below zero is
 * invalid_argument when the call runs. */
#define toasty_at_most(n) toasty__at_most((n) | 0)
#define TOASTY_NO_ROWS (-INT64_C(0x6e6f20726f7773)) /* a number that no calculation gives */
static inline int64_t toasty__at_most(int64_t n)
{
    return n > 0 ? n : n < 0 ? -1 : TOASTY_NO_ROWS;
}

/* Called when code uses a relation that was not loaded, or a database handle that was freed: then expression
 * is "toasty_db", file "" and line 0, and the call fails with closed. That is known of the last 64 handles
 * that were freed after a hook was set. The texts are valid during the call. NULL, the default: nothing is
 * called, but in a program that opens its database where TOASTY_DEVELOPMENT is defined a line goes to
 * standard error. Set it once, at start. */
typedef void (*toasty_misuse_hook)(const char *expression, const char *file, int line);
TOASTY_API void toasty_set_misuse_hook(toasty_misuse_hook hook);

/* --- opening --- */

/* How a pool is kept. A member that is 0 means its default. */
typedef struct toasty_open_options {
    uint32_t max_pool_size;      /* connections; default 10 */
    uint32_t min_idle;           /* this many stay open, however long they are idle; default 0 */
    uint32_t wait_timeout_ms;    /* for a free connection: pool_timeout; default 30 000 */
    uint32_t connect_timeout_ms; /* default 10 000 */
    uint32_t max_lifetime_ms;    /* a connection is replaced when older; default 30 min */
    uint32_t idle_timeout_ms;    /* one that was idle for longer is closed at a later call; default 10 min */
    uint32_t ping_after_ms;      /* one that was idle for longer is tested before use; default 60 000 */
    uint32_t plan_cache_size;    /* plans kept; default 256 */
    const char *table_prefix;    /* put before the name of every table and index */
    uint32_t slow_ms; /* events are told of what took so long or failed, and of nothing else; default 0 */
    bool log_values;  /* events have the values of parameters, which may be secrets */
    const char *cursor_key;     /* signs the cursors of pages: a secret of 16 bytes or more, the same in all
                                   processes that exchange cursors. NULL: a random one, so that cursors do not
                                   outlive the handle, and mean nothing to other processes */
    const char *cursor_key_old; /* the one before it, whose cursors are still taken; NULL: none */
    bool sql_comments; /* the text of a statement ends with the trace_parent of its handle, in a comment.
                          It is not kept prepared then */
    char end_;
} toasty_open_options;

/* Opens a database by URL. Where TOASTY_DEVELOPMENT is defined, misuse that C lets pass is told on standard
 * error from then on: see toasty_set_misuse_hook. The URL: "sqlite:app.db", "sqlite::memory:",
 * "postgresql://user@host/name?sslmode=require". The scheme must belong to a target that the schema was
 * derived for. Options may also be given in the URL's query (max_pool_size=8, prepare=off), where they count
 * more than those of the program, and where a timeout of 0 means never; an unknown one is an error. Of
 * several servers ("postgresql://user@a:1,b:2/name") the first that answers is taken, all within one
 * connect_timeout_ms. Special characters of a password are percent-encoded ('@' is %40); no message shows it.
 * Credentials are taken from the URL, the environment and the files that the database's own tools read.
 * Connects once, so that a wrong URL fails here. The caller frees the handle. Suspends. Errors: invalid_url,
 * unsupported (target not declared), connection_failed, timeout, out_of_memory. */
#define toasty_open(url, ...)                                                                                \
    toasty_open_(url, TOASTY__SCHEMA(__VA_ARGS__, 0),                                                        \
                 &(const toasty_open_options){TOASTY__OPTIONS(__VA_ARGS__, .end_ = TOASTY__DEVELOPMENT)})
#ifdef TOASTY_DEVELOPMENT
#define TOASTY__DEVELOPMENT 1
#else
#define TOASTY__DEVELOPMENT 0
#endif
#define TOASTY__SCHEMA(schema, ...) schema
#define TOASTY__OPTIONS(first, ...) __VA_ARGS__
/* A raw statement and its values: text, array, count. */
#define TOASTY__STATEMENT(...)                                                                               \
    TOASTY__SCHEMA(__VA_ARGS__, 0), (const toasty_value[]){TOASTY__OPTIONS(__VA_ARGS__, toasty_sql_null())}, \
        sizeof((const toasty_value[]){TOASTY__OPTIONS(__VA_ARGS__, toasty_sql_null())}) /                    \
                sizeof(toasty_value) -                                                                       \
            1
TOASTY_API toasty_db *toasty_open_(const char *url, const toasty_schema *schema,
                                   const toasty_open_options *options) TOASTY_CHECKED;

/* Fails what is in flight with `closed`, waits for it, and closes all connections. toasty_free does the same
 * and frees the handle. Handles that were derived from it and not freed yet stay valid: their calls fail with
 * `closed`. Suspends. 0, or -1: invalid_argument (a derived handle), would_deadlock (outside of a fiber,
 * while fibers of this thread's own loop are in a call: they get `closed` once the loop runs). */
TOASTY_API int toasty_close(toasty_db *db) TOASTY_CHECKED;

/* Creates the tables, types and indexes that are missing, with their keys. When a table that exists differs
 * from its model, nothing is created, and the error names all differences and what to do about each, as far
 * as a message has room; a second run is quiet. Indexes and constraints that somebody added under a name of
 * their own are left alone, and so are tables that no model has: a renamed model is a new table. Suspends. 0,
 * or -1: invalid_schema (table, field and constraint are those of the first difference), unique_violation
 * (rows have equal values where they are to be unique), database_error, unsupported. */
TOASTY_API int toasty_push_schema(toasty_db *db) TOASTY_CHECKED;
/* Drops the tables (and types) of the schema, with all their rows. Suspends. 0, or -1: database_error (other
 * tables refer to them), unsupported, lock_timeout, and what a connection fails with. */
TOASTY_API int toasty_reset_schema(toasty_db *db) TOASTY_CHECKED;

/* --- derived handles --- */

typedef struct toasty_with_options {
    uint32_t timeout_ms; /* deadline of each call on the handle: `timeout` after it; 0: none */
    bool dedicated;      /* one connection of its own until the handle is freed; the one that writes, where
                            there is only one. What raw statements do to its session (a transaction, settings,
                            locks, temporary tables) lasts as long. When one of them is given up on its way,
                            the handle has lost its connection: connection_lost */
    bool counted;        /* it counts for itself and the handles derived from it: toasty_count */
    const char
        *trace_parent; /* of the program's own span, as W3C Trace Context writes it, "00-…-…-01": told to
                          the hooks, and see sql_comments. Copied; invalid_argument when it is none */
    char end_;
} toasty_with_options;

/* A light handle on the same database (or transaction) with other settings. The caller frees it; the parent
 * must live longer. Suspends only with .dedicated. NULL: out_of_memory, pool_timeout. */
#define toasty_with(db, ...) toasty_with_(db, &(const toasty_with_options){.end_ = 0, __VA_ARGS__})
TOASTY_API toasty_db *toasty_with_(toasty_db *db, const toasty_with_options *options) TOASTY_CHECKED;

typedef enum toasty_isolation {
    TOASTY_DEFAULT_ISOLATION,
    TOASTY_READ_COMMITTED,
    TOASTY_REPEATABLE_READ,
    TOASTY_SERIALIZABLE
} toasty_isolation;

/* When a transaction takes the lock that lets it write, on a database with one writer at a time. */
typedef enum toasty_lock_mode {
    TOASTY_DEFAULT_LOCK,   /* as TOASTY_IMMEDIATE_LOCK; a read-only transaction takes none */
    TOASTY_DEFERRED_LOCK,  /* at its first write: serialization_failure when another wrote since it began to
                              read */
    TOASTY_IMMEDIATE_LOCK, /* when it begins, so that no write of it fails for another's */
    TOASTY_EXCLUSIVE_LOCK  /* when it begins, and nobody reads meanwhile (with a write-ahead log, others read
                              on) */
} toasty_lock_mode;

typedef struct toasty_begin_options {
    toasty_isolation isolation;
    toasty_lock_mode lock; /* unsupported where writers do not exclude each other */
    bool read_only;
    uint32_t timeout_ms; /* as in toasty_with, for the calls of the transaction; 0: as the parent */
    uint32_t max_runs;   /* of toasty_transact: how often it runs the function at most; 0: 5 times */
    char end_;
} toasty_begin_options;

/* Begins a transaction: a handle on which every call works, and which holds one connection. toasty_commit
 * ends it; freeing it without rolls back. Begun on a transaction it is a savepoint. While it is open, calls
 * on the transaction or dedicated handle that it was begun on are nested_transaction; rolling that one back
 * or freeing it ends both. A failed statement fails the transaction: further calls are transaction_failed,
 * and only a rollback is left. The caller frees the handle. Any thread or fiber may use it, one at a
 * time. Suspends. NULL: pool_timeout, would_deadlock, connection_lost, lock_timeout, nested_transaction,
 * unsupported, invalid_argument (a lock for a savepoint, or to read only), invalid_statement (in a
 * transaction that a raw statement began). */
#define toasty_begin(...) TOASTY__BEGIN(__VA_ARGS__, .end_ = 0)
#define TOASTY__BEGIN(db, ...) toasty_begin_(db, &(const toasty_begin_options){__VA_ARGS__})
TOASTY_API toasty_db *toasty_begin_(toasty_db *db, const toasty_begin_options *options) TOASTY_CHECKED;
/* Commits. The handle can do nothing more; free it. Suspends. 0, or -1: transaction_failed (a raw COMMIT or
 * ROLLBACK ended it, too), nested_transaction (one that was begun on it is open; nothing was done),
 * serialization_failure, connection_lost (nothing was committed), outcome_unknown (the connection was lost or
 * the call given up meanwhile: the database may have committed; never repeated by itself), closed (it has
 * ended, or another call is ending it). What was asked before the commit runs before it; what is asked while
 * it is under way is refused with `closed`. */
TOASTY_API int toasty_commit(toasty_db *transaction) TOASTY_CHECKED;
/* Rolls back, with all that is nested in it. The handle can do nothing more; free it. Suspends. 0, or -1:
 * connection_lost (rolled back too), transaction_failed (a raw COMMIT or ROLLBACK had ended it), closed (it
 * has ended, or another call is ending it). */
TOASTY_API int toasty_rollback(toasty_db *transaction) TOASTY_CHECKED;

/* Runs fn in a transaction: commits when it returns 0 or more, rolls back otherwise, and runs it again when
 * the database could not serialize it, at most 5 times in all or as `.max_runs` says, after a pause of some
 * milliseconds, longer each time; fn must be fit to run again, and cannot free the handle. On a transaction
 * it is a savepoint, and runs once. Suspends. Returns what fn returned, 0 or above when it was committed.
 * Below 0: fn's own result, and toasty_last_error() as fn left it; or -1: serialization_failure (so many runs
 * were not enough), outcome_unknown, and what toasty_begin and toasty_commit say. */
typedef int (*toasty_transaction_function)(toasty_db *transaction, void *arg);
#define toasty_transact(db, fn, ...) TOASTY__TRANSACT(db, fn, __VA_ARGS__, .end_ = 0)
#define TOASTY__TRANSACT(db, fn, arg, ...)                                                                   \
    toasty_transact_(db, fn, arg, &(const toasty_begin_options){__VA_ARGS__})
TOASTY_API int toasty_transact_(toasty_db *db, toasty_transaction_function fn, void *arg,
                                const toasty_begin_options *options) TOASTY_CHECKED;

/* --- operations: batches and callbacks --- */

/* Runs the operations all or nothing, in one round trip where the database can; each fills its result, a
 * variable of its own. On failure no result is filled. Suspends. 0, or -1 with the error of the first
 * operation that failed; invalid_argument: two operations name the same variable. */
#define toasty_batch(db, ...)                                                                                \
    toasty_batch_(db, (const toasty_op[]){__VA_ARGS__},                                                      \
                  sizeof((const toasty_op[]){__VA_ARGS__}) / sizeof(toasty_op))
TOASTY_API int toasty_batch_(toasty_db *db, const toasty_op *ops, size_t count) TOASTY_CHECKED;

/* An owned list of operations, for batches built in a loop; empty. The caller frees it with toasty_free. Does
 * not suspend. NULL: out_of_memory. */
TOASTY_API toasty_ops *toasty_ops_new(void) TOASTY_CHECKED;
/* Adds an operation at the end, unless toasty_when left it out, and copies all that it borrows,
 * except the variable for its result, which stays the caller's and must live until the list has run. Does not
 * suspend. 0, or -1 and the list is as it was: out_of_memory, invalid_argument. */
TOASTY_API int toasty_ops_add(toasty_ops *ops, toasty_op op) TOASTY_CHECKED;
/* toasty_batch for a list, which stays the caller's and may run again; an empty one does nothing. Suspends.
 * 0, or -1 with the error of the first operation that failed, and no result is filled. */
TOASTY_API int toasty_batch_ops(toasty_db *db, const toasty_ops *ops) TOASTY_CHECKED;

/* Called on the loop's thread, never inside toasty_start. The results are in the variables that the operation
 * named and belong to the program; error is NULL, or valid during the call. */
typedef void (*toasty_callback)(const toasty_error *error, void *arg);
/* What was started: valid until its callback has returned. */
typedef struct toasty_started toasty_started;
/* Starts one operation on a loop and returns at once; copies all that the operation borrows, except the
 * variable for its result, the record that an update or a delete is of, and the handle, which must live until
 * the callback has returned. Needs no fiber. NULL: out_of_memory, invalid_argument, closed; then the callback
 * is not called. */
TOASTY_API toasty_started *toasty_start(struct uv_loop_s *loop, toasty_db *db, toasty_op op,
                                        toasty_callback callback, void *arg) TOASTY_CHECKED;
/* The same for a list, which is copied and runs all or nothing, as toasty_batch_ops does. Returns at once.
 * NULL: out_of_memory, invalid_argument, closed; then the callback is not called. */
TOASTY_API toasty_started *toasty_start_ops(struct uv_loop_s *loop, toasty_db *db, const toasty_ops *ops,
                                            toasty_callback callback, void *arg) TOASTY_CHECKED;
/* Cancels it: its callback comes soon, after this call, with the error `cancelled`, or with the result when
 * that came first. On the loop's thread. NULL is fine. Touches no error. */
TOASTY_API void toasty_cancel_started(toasty_started *started);

/* --- looking at an operation --- */

/* The SQL of an operation: all statements that it would send, each on a line of its own and ended by `;`,
 * with placeholders for their values; BEGIN and COMMIT where it would need them:
 *
 *     toasty_auto(const char) sql = toasty_statements(db, user_all_op(NULL, .where = user_age_ge(18)));
 *
 * What follows from an answer, as an include does, is what would follow if each statement found one row. The
 * variable for its result may be NULL and stays as it is. The caller frees the text with toasty_free. Neither
 * suspends nor does any I/O. NULL: unsupported (the target has no SQL), out_of_memory, and what the call
 * itself would be refused with before it sent anything. */
TOASTY_API const char *toasty_statements(toasty_db *db, toasty_op op) TOASTY_CHECKED;

typedef struct toasty_explain_options {
    /* Runs the operation, in a transaction that is rolled back: plans have what really happened. It waits for
     * the locks that others have, and counted keys are used up. Reads only of MySQL, nothing of SQLite
     * (unsupported). A statement that is given values of sensitive fields is explained and not analyzed. */
    bool analyze;
    char end_;
} toasty_explain_options;

/* The plans that the database has for the statements of an operation: behind each of them, indented, as the
 * database words it, whose business the form is. Nothing is run without .analyze; values of sensitive fields
 * are not in it, and not sent without it.
 *     toasty_auto(const char) plan = toasty_explain(db, user_all_op(NULL, .where = user_age_ge(18)));
 * Statements, variable and text as above. Suspends. NULL: unsupported, out_of_memory, and the errors of the
 * call itself; in a transaction an error fails it. */
#define toasty_explain(...) TOASTY__EXPLAIN(__VA_ARGS__, .end_ = 0)
#define TOASTY__EXPLAIN(db, op, ...) toasty_explain_(db, op, &(const toasty_explain_options){__VA_ARGS__})
TOASTY_API const char *toasty_explain_(toasty_db *db, toasty_op op,
                                       const toasty_explain_options *options) TOASTY_CHECKED;

/* --- raw SQL --- */

/* The text of a statement is written for one database, with its placeholders (? or $1), or for all of them:
 * outside of quotes and comments `{}` is the placeholder of the next value, `{User}` the table of a model,
 * with its prefix, and `{User.email}` or `{User.address.city}` the column of a field, both quoted.
 *
 *     toasty_sql(db, "UPDATE {User} SET {User.age} = {} WHERE {User.age} IS NULL", toasty_sql_int(18));
 *
 * A name in braces that is none of the schema is invalid_statement, and so are more or fewer values than
 * `{}`, before any I/O. Braces around anything else stay as they are. */

/* Values for the placeholders: bound, never part of the text. One of a type of the library's is sent as a
 * field of that type is kept, so that the two can be compared. Text and bytes are borrowed until the call
 * returns; a text that is NULL and bytes without data are NULL. None of these suspends or fails: a date that
 * does not exist is an error (invalid_value) of the call that it is given to. */
TOASTY_API toasty_value toasty_sql_null(void);
TOASTY_API toasty_value toasty_sql_bool(bool value);
TOASTY_API toasty_value toasty_sql_int(int64_t value);
TOASTY_API toasty_value toasty_sql_uint(uint64_t value);
TOASTY_API toasty_value toasty_sql_real(double value);
TOASTY_API toasty_value toasty_sql_text(const char *text);
TOASTY_API toasty_value toasty_sql_bytes(toasty_bytes bytes);
TOASTY_API toasty_value toasty_sql_uuid(toasty_uuid uuid);
TOASTY_API toasty_value toasty_sql_timestamp(toasty_timestamp timestamp);
TOASTY_API toasty_value toasty_sql_date(toasty_date date);
TOASTY_API toasty_value toasty_sql_time(toasty_time time);
TOASTY_API toasty_value toasty_sql_datetime(toasty_datetime datetime);

/* Rows of a raw statement, as text; one block for toasty_free. */
typedef struct toasty_rows {
    const char *const *columns; /* names */
    const char *const *cells;   /* row after row; NULL is NULL */
    size_t column_count, len;
} toasty_rows;

/* The cell of row r, column c; NULL where there is none. */
static inline const char *toasty_cell(const toasty_rows *rows, size_t r, size_t c)
{
    bool is_there = rows && r < rows->len && c < rows->column_count;
    return is_there ? rows->cells[r * rows->column_count + c] : NULL;
}

/* Runs one statement of the user's own, with bound values: toasty_sql(db, "DELETE FROM t WHERE n < {}",
 * toasty_sql_int(3)). Holds a connection alone. What it leaves in the session (settings, locks, temporary
 * tables) lasts as long as the transaction or the dedicated handle that it runs on; elsewhere it is gone with
 * the statement, and a transaction that it leaves open is rolled back: invalid_statement. So is one that ends
 * the transaction of its handle, and one that sets another encoding of text than UTF-8. In a SQLite database
 * in memory pragmas that only tune it stay. Suspends. The number of rows changed (0 where it changes none),
 * or -1: unsupported (the target has no SQL), invalid_value (a value that cannot be sent), outcome_unknown
 * (the connection was lost: it may have run), or as the database says. */
#define toasty_sql(db, ...) toasty_sql_(db, TOASTY__STATEMENT(__VA_ARGS__))
TOASTY_API int64_t toasty_sql_(toasty_db *db, const char *sql, const toasty_value *values,
                               size_t count) TOASTY_CHECKED;
/* The same for statements that return rows: one block, which the caller frees with toasty_free; no row is an
 * empty result, not an error. Suspends. NULL: the errors of toasty_sql, out_of_memory. */
#define toasty_sql_rows(db, ...) toasty_sql_rows_(db, TOASTY__STATEMENT(__VA_ARGS__))
TOASTY_API toasty_rows *toasty_sql_rows_(toasty_db *db, const char *sql, const toasty_value *values,
                                         size_t count) TOASTY_CHECKED;

/* --- observing --- */

/* One finished operation that reached the driver. Attribute names follow OpenTelemetry's semantic conventions
 * for databases. Valid during the call of the hook. */
typedef struct toasty_event {
    const char *system;     /* db.system.name: "sqlite" */
    const char *operation;  /* db.operation.name: "SELECT", "BEGIN", "get" */
    const char *collection; /* db.collection.name: the table, or "" */
    const char *statement;  /* db.query.text: the SQL with placeholders; NULL for key-value operations */
    const char
        *values; /* db.query.parameter: "7, 'ann', NULL", cut where it is long; NULL without log_values */
    const char *trace_parent;  /* of the handle; NULL: it has none */
    int64_t rows;              /* db.response.returned_rows, or those changed; -1 when it failed */
    uint64_t duration_us;      /* from the submission to the answer */
    uint64_t connection;       /* number of the connection in its pool */
    uint32_t batch_size;       /* db.operation.batch.size: operations of the same round trip, 1 or more */
    const toasty_error *error; /* NULL when it worked */
} toasty_event;

typedef void (*toasty_event_hook)(const toasty_event *event, void *arg);
/* Calls the hook for every operation of this handle and those derived from it afterwards. Set it before the
 * handle is used; it runs on the thread that got the answer and must not call the library. NULL: none. */
TOASTY_API void toasty_on_event(toasty_db *db, toasty_event_hook hook, void *arg);

/* A hook that writes a line for each event to a FILE, its `arg`; standard error when that is NULL:
 *     toasty_on_event(db, toasty_log_event, stderr);
 *     sqlite 0.4 ms, 2 rows: SELECT "id", "name" FROM "users" WHERE "age" >= ? [18] */
TOASTY_API void toasty_log_event(const toasty_event *event, void *file);

/* One round trip, as it begins and as it ends. Valid during the call. */
typedef struct toasty_span {
    const char *name;          /* "SELECT users", or "BATCH" of several operations */
    const char *system;        /* db.system.name */
    const char *operation;     /* db.operation.name: of the first one, or "BATCH" */
    const char *collection;    /* db.collection.name: of the first one, or "" */
    const char *statement;     /* db.query.text of the first one; NULL for key-value operations */
    const char *trace_parent;  /* of the handle; NULL: it has none */
    uint64_t connection;       /* number of the connection in its pool */
    uint32_t batch_size;       /* db.operation.batch.size */
    int64_t rows;              /* at the end: returned and changed; -1 when it failed, and at the beginning */
    const toasty_error *error; /* at the end; NULL when it worked */
} toasty_span;

/* What `start` returns comes to `end`, once. They run on the thread of the call, or of its loop. */
typedef void *(*toasty_span_start)(const toasty_span *span, void *arg);
typedef void (*toasty_span_end)(void *started, const toasty_span *span, void *arg);
/* Calls start before each round trip of this handle and those derived from it afterwards is sent, and end
 * when it is answered. Set it before the handle is used; neither may call the library. Both NULL: none. */
TOASTY_API void toasty_on_span(toasty_db *db, toasty_span_start start, toasty_span_end end, void *arg);

/* Counters since the handle was opened, or made with .counted. */
typedef struct toasty_counters {
    uint64_t operations;                 /* that reached the driver */
    uint64_t round_trips;                /* groups of operations that were answered together */
    uint64_t rows;                       /* returned or changed */
    uint64_t bursts;                     /* writes to sockets */
    uint64_t bytes_sent, bytes_received; /* on sockets, without those of logging in, and inside of TLS */
    uint64_t plans_made;                 /* requests whose shape was seen for the first time */
    uint64_t plans_found;
    uint64_t statements_built; /* SQL texts made */
    uint64_t statements_prepared;
    uint64_t connections_opened, connections_lost;
} toasty_counters;
/* The counters of the handle and all that is derived from it, as they are now, not of one moment. A derived
 * handle reports those of its root, unless it or one between them is .counted: then the work of that one, and
 * on a connection that others share, what passed there meanwhile; plans, texts and connections stay those of
 * the root. NULL has counted nothing. Any thread may ask. Does not suspend; clears the error. */
TOASTY_API toasty_counters toasty_count(const toasty_db *db);

typedef struct toasty_pool_status {
    uint32_t open, idle, waiting; /* connections, idle ones, calls that wait for one */
} toasty_pool_status;
/* How the pool of the handle stands now. Any thread may ask; NULL has no connections. Does not suspend;
 * clears the error. */
TOASTY_API toasty_pool_status toasty_pool(const toasty_db *db);

#ifdef __cplusplus
}
#endif
#endif
