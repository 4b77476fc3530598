/* One SQLite connection and what runs on it.
 *
 * A connection has at most one job. The job runs inside submit, on the loop or on the connection's own
 * thread, in one place at a time, and whoever runs it has the whole connection, the job and its sinks to
 * itself until it is done. The only thing that another thread touches meanwhile is `cancelled`. SQLite itself
 * never waits for a lock: a job that meets one stops where it is and goes on there when the reactor's timer
 * says so. */
#ifndef TOASTY_DRIVERS_SQLITE_CONNECTION_H
#define TOASTY_DRIVERS_SQLITE_CONNECTION_H

#include "core/types.h"
#include "driver/encode.h"
#include "drivers/sqlite/statements.h"
#include "drivers/sqlite/worker.h"
#include "fiber/reactor.h"

#include <stdatomic.h>
#include <toasty/driver/driver.h>

typedef enum sqlite_threads { THREADS_AUTO, THREADS_INLINE, THREADS_WORKER } sqlite_threads;

/* What the URL says: the data of a toasty_database. */
typedef struct toasty__sqlite_database {
    char *path;
    bool in_memory, read_only, create, wal;
    const toasty_driver *driver; /* in which of its flavours */
    const char *synchronous;     /* NULL: as fits the journal */
    uint32_t busy_timeout_ms, statement_cache;
    sqlite_threads threads;
} toasty__sqlite_database;

/* Statements without parameters that a connection keeps besides the cache. */
typedef enum sqlite_control {
    CONTROL_BEGIN,
    CONTROL_BEGIN_IMMEDIATE,
    CONTROL_BEGIN_EXCLUSIVE,
    CONTROL_COMMIT,
    CONTROL_ROLLBACK,
    CONTROL_COUNT
} sqlite_control;

/* Where a job stands. */
typedef enum sqlite_stage { STAGE_BEGIN, STAGE_OPERATIONS, STAGE_COMMIT } sqlite_stage;

/* What came of an attempt. */
typedef enum sqlite_outcome { OUTCOME_FAILED = -1, OUTCOME_DONE = 0, OUTCOME_BUSY = 1 } sqlite_outcome;

typedef struct toasty__sqlite_connection {
    toasty_connection base;
    const toasty__sqlite_database *database;
    sqlite3 *db;
    toasty__sqlite_statements statements;
    sqlite3_stmt *controls[CONTROL_COUNT];
    bool wal;
    bool read_only;   /* the transaction is */
    bool used_worker; /* the thread was started */
    atomic_bool cancelled;

    toasty_connect *connect; /* until it is open */
    toasty_job *job;
    sqlite_stage stage;
    uint32_t next; /* operation */
    bool grouped;  /* in a transaction of the job's own */
    sqlite_outcome outcome;
    bool overdue; /* the job was stopped at its deadline */
    uint32_t busy_times;
    uint64_t busy_since; /* milliseconds */
    toasty__timer *retry;
    bool waiting; /* for the timer */

    /* What runs on the thread, and what follows on the reactor. */
    toasty__sqlite_worker worker;
    bool working;
    void (*work)(void *connection), (*done)(void *connection);
    toasty__task task;
} toasty__sqlite_connection;

TOASTY_API extern const toasty_driver toasty_sqlite_driver;
extern const toasty_driver toasty__sqlite_plain_driver;
extern const toasty_capability toasty__sqlite_capability, toasty__sqlite_plain_capability;

/* --- connection.c: the driver's slots --- */
void toasty__sqlite_connect(toasty_database *database, toasty_connect *connect);
void toasty__sqlite_disconnect(toasty_connection *base);

/* --- submit.c --- */
void toasty__sqlite_submit(toasty_connection *base, toasty_job *job);
void toasty__sqlite_cancel(toasty_connection *base, toasty_job *job);
/* Runs `work` where jobs of this connection run now, then `done` on the reactor's thread; either may happen
 * inside. -1 with err: no thread could be started, and nothing happens. */
int toasty__sqlite_run(toasty__sqlite_connection *connection, void (*work)(void *connection),
                       void (*done)(void *connection), toasty_error *err);

/* --- open.c: opens and prepares the handle; waits up to timeout_ms for other processes --- */
int toasty__sqlite_open(toasty__sqlite_connection *connection, uint32_t timeout_ms, toasty_error *err);
/* Settings and pragmas as of a new connection. */
int toasty__sqlite_configure(toasty__sqlite_connection *connection, toasty_error *err);

/* --- clean.c --- */
/* Whether a statement of the user's may leave something in the session. */
bool toasty__sqlite_touches(const char *sql);
/* Undoes what such statements, and an open transaction, have left in a database in memory. -1 with err: it is
 * still unclean. */
int toasty__sqlite_clean(toasty__sqlite_connection *connection, toasty_error *err);

/* --- job.c --- */
/* Makes up the mind about a job that was just set. */
void toasty__sqlite_begin_job(toasty__sqlite_connection *connection);
/* Runs the job from where it stands. Never waits. */
sqlite_outcome toasty__sqlite_run_job(toasty__sqlite_connection *connection);
/* Fails the job, of which an operation found a lock until now, and undoes what it had done. */
void toasty__sqlite_give_up(toasty__sqlite_connection *connection, toasty_code code);

/* --- operation.c: one operation --- */
sqlite_outcome toasty__sqlite_operate(toasty__sqlite_connection *connection, toasty_operation *operation,
                                      toasty_error *err);
sqlite_outcome toasty__sqlite_control(toasty__sqlite_connection *connection, sqlite_control control,
                                      toasty_error *err);

/* --- bind.c --- */
int toasty__sqlite_bind(sqlite3_stmt *stmt, const toasty_operation *operation, toasty_error *err);
/* One value at a placeholder. parameter: what it is for, or NULL. */
int toasty__sqlite_bind_value(sqlite3_stmt *stmt, int place, const toasty_parameter *parameter,
                              const toasty_value *value, const toasty_statement *statement,
                              toasty_error *err);
/* The text that stands for a value of kind INT: of an enum its label, of a time type, in `written`, text of
 * fixed width. NULL: it is kept as an integer. */
enum { SQLITE_TIME_TEXT = 27 };
static inline bool toasty__sqlite_is_time(uint8_t type)
{
    return toasty__class_of(type) == TOASTY_CLASS_TIME;
}
const char *toasty__sqlite_text_of(const toasty_field *field, uint8_t type, int64_t value,
                                   char written[SQLITE_TIME_TEXT]);

/* --- list.c: lists as tables; these and the next answer a code of SQLite --- */
int toasty__sqlite_add_lists(sqlite3 *db);
/* `list` stays where it is until the statement has run. */
int toasty__sqlite_bind_list(sqlite3_stmt *stmt, int place, const toasty_value *list,
                             const toasty__destination *of);

/* --- aggregate.c: sums and averages of many rows --- */
int toasty__sqlite_add_aggregates(sqlite3 *db);

/* --- sum.c: toasty_sum, of two reals, and the message of one that is out of range --- */
int toasty__sqlite_add_sums(sqlite3 *db);
extern const char toasty__sqlite_sum_fault[];

/* --- rows.c --- */
/* Steps through the answer. *rows counts those that came. -1: with err when a row could not be taken, and
 * then the statement is undone; with err->code TOASTY_OK when SQLite failed. */
int toasty__sqlite_rows(sqlite3_stmt *stmt, const toasty_statement *statement, toasty_sink *sink,
                        int64_t *rows, toasty_error *err);

/* --- error.c --- */
/* The error that the connection has now. operation: what failed, may be NULL. */
int toasty__sqlite_fail(toasty__sqlite_connection *connection, const toasty_operation *operation,
                        toasty_error *err);

/* --- reference.c: which foreign key an insert, update or delete violated, into constraint and field of err
 * --- */
void toasty__sqlite_name_reference(toasty__sqlite_connection *connection, const toasty_operation *operation,
                                   toasty_error *err);

#endif
