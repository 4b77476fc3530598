/* One operation: a statement prepared, bound, stepped and reset, or a word about the transaction. */
#include "drivers/sqlite/connection.h"

#include "base/error.h"
#include "sql/dialect.h"

#include <string.h>
#include <toasty/toasty.h>

/* --- what failed --- */

/* A lock that may go away by waiting. One on the way from reading to writing will not: whoever holds it may
 * wait for us. */
static bool can_wait(int code, bool was_reading)
{
    return (code & 0xFF) == SQLITE_BUSY && code != SQLITE_BUSY_SNAPSHOT && !was_reading;
}

static sqlite_outcome fail_or_wait(toasty__sqlite_connection *connection, const toasty_operation *operation,
                                   bool was_reading, bool rows_came, toasty_error *err)
{
    int code = sqlite3_extended_errcode(connection->db);
    if (can_wait(code, was_reading) && !rows_came)
        return OUTCOME_BUSY;
    toasty__sqlite_fail(connection, operation, err);
    if ((code & 0xFF) == SQLITE_BUSY && was_reading)
        err->code = TOASTY_SERIALIZATION_FAILURE;
    return OUTCOME_FAILED;
}

/* --- transactions --- */

sqlite_outcome toasty__sqlite_control(toasty__sqlite_connection *connection, sqlite_control control,
                                      toasty_error *err)
{
    static const toasty_operation operations[CONTROL_COUNT] = {
        [CONTROL_BEGIN] = {.kind = TOASTY_OPERATION_BEGIN, .lock = TOASTY_DEFERRED_LOCK},
        [CONTROL_BEGIN_IMMEDIATE] = {.kind = TOASTY_OPERATION_BEGIN, .lock = TOASTY_IMMEDIATE_LOCK},
        [CONTROL_BEGIN_EXCLUSIVE] = {.kind = TOASTY_OPERATION_BEGIN, .lock = TOASTY_EXCLUSIVE_LOCK},
        [CONTROL_COMMIT] = {.kind = TOASTY_OPERATION_COMMIT},
        [CONTROL_ROLLBACK] = {.kind = TOASTY_OPERATION_ROLLBACK},
    };
    char text[TOASTY__CONTROL_TEXT];
    sqlite3_stmt **stmt = &connection->controls[control];
    if (!*stmt)
        toasty__sql_control(&toasty__dialect_sqlite, &operations[control], text, sizeof text);
    if (!*stmt && sqlite3_prepare_v3(connection->db, text, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL)) {
        toasty__sqlite_fail(connection, NULL, err);
        return OUTCOME_FAILED;
    }
    sqlite_outcome outcome = OUTCOME_DONE;
    if (sqlite3_step(*stmt) != SQLITE_DONE)
        outcome = fail_or_wait(connection, NULL, false, false, err);
    sqlite3_reset(*stmt);
    return outcome;
}

static sqlite_outcome savepoint(toasty__sqlite_connection *connection, const toasty_operation *operation,
                                toasty_error *err)
{
    char text[TOASTY__CONTROL_TEXT];
    toasty__sql_control(&toasty__dialect_sqlite, operation, text, sizeof text);
    if (sqlite3_exec(connection->db, text, NULL, NULL, NULL) == SQLITE_OK)
        return OUTCOME_DONE;
    return fail_or_wait(connection, NULL, false, false, err);
}

static sqlite_outcome ended(toasty_error *err)
{
    return (sqlite_outcome)toasty__fail(err, TOASTY_TRANSACTION_FAILED,
                                        "the transaction was rolled back when an earlier statement failed");
}

static sqlite_control beginning(const toasty_operation *operation)
{
    switch ((toasty_lock_mode)operation->lock) {
    case TOASTY_DEFERRED_LOCK:
        return CONTROL_BEGIN;
    case TOASTY_IMMEDIATE_LOCK:
        return CONTROL_BEGIN_IMMEDIATE;
    case TOASTY_EXCLUSIVE_LOCK:
        return CONTROL_BEGIN_EXCLUSIVE;
    default:
        return operation->read_only ? CONTROL_BEGIN : CONTROL_BEGIN_IMMEDIATE;
    }
}

static sqlite_outcome transact(toasty__sqlite_connection *connection, const toasty_operation *operation,
                               toasty_error *err)
{
    bool open = !sqlite3_get_autocommit(connection->db);
    switch (operation->kind) {
    case TOASTY_OPERATION_BEGIN:
        connection->read_only = operation->read_only;
        return toasty__sqlite_control(connection, beginning(operation), err);
    case TOASTY_OPERATION_COMMIT:
        return open ? toasty__sqlite_control(connection, CONTROL_COMMIT, err) : ended(err);
    case TOASTY_OPERATION_ROLLBACK: /* SQLite may have done it already */
        return open ? toasty__sqlite_control(connection, CONTROL_ROLLBACK, err) : OUTCOME_DONE;
    default:
        return open ? savepoint(connection, operation, err) : ended(err);
    }
}

/* --- statements --- */

/* True when nothing but space, semicolons and comments follows. */
static bool is_single(toasty__sqlite_connection *connection, const char *tail)
{
    sqlite3_stmt *more = NULL;
    if (tail && *tail)
        connection->base.session |= TOASTY_SESSION_TOUCHED;
    while (tail && *tail) {
        const char *rest = tail;
        int code = sqlite3_prepare_v2(connection->db, tail, -1, &more, &rest);
        sqlite3_finalize(more);
        if (code || more || rest == tail)
            return false;
        tail = rest;
    }
    return true;
}

static sqlite3_stmt *prepare(toasty__sqlite_connection *connection, const toasty_operation *operation,
                             toasty_error *err)
{
    const toasty_statement *statement = operation->statement;
    sqlite3_stmt *stmt = NULL;
    const char *tail = NULL;
    bool keep = statement->id && connection->statements.limit;
    if (statement->foreign && toasty__sqlite_touches(statement->sql)) /* some act while they are prepared */
        connection->base.session |= TOASTY_SESSION_TOUCHED;
    if (sqlite3_prepare_v3(connection->db, statement->sql, -1, keep ? SQLITE_PREPARE_PERSISTENT : 0, &stmt,
                           &tail)) {
        toasty__sqlite_fail(connection, operation, err);
        return NULL;
    }
    if (!stmt || (!statement->model && !is_single(connection, tail))) {
        sqlite3_finalize(stmt);
        toasty__fail(err, TOASTY_INVALID_STATEMENT,
                     stmt ? "one statement at a time: there is more text after the first one"
                          : "the statement is empty");
        return NULL;
    }
    connection->base.prepared++;
    if (keep)
        toasty__sqlite_statements_add(&connection->statements, statement->id, stmt);
    return stmt;
}

/* Refuses to write in a transaction that said it would not. */
static int check_read_only(toasty__sqlite_connection *connection, sqlite3_stmt *stmt, toasty_error *err)
{
    if (!connection->read_only || sqlite3_stmt_readonly(stmt) || sqlite3_get_autocommit(connection->db))
        return 0;
    toasty__fail(err, TOASTY_DATABASE_ERROR, "the transaction is read-only");
    toasty__error_set(err, server_code, "8");
    return -1;
}

/* Rows that were changed: what SQLite counted last may be of an earlier statement. */
static int64_t changed_rows(toasty__sqlite_connection *connection, int64_t total_before)
{
    return sqlite3_total_changes64(connection->db) == total_before ? 0 : sqlite3_changes64(connection->db);
}

/* In a transaction that has read so far, a lock may be ours to wait for in vain. */
static bool is_reading(const toasty__sqlite_connection *connection)
{
    return !connection->database->in_memory && !sqlite3_get_autocommit(connection->db) &&
           sqlite3_txn_state(connection->db, NULL) == SQLITE_TXN_READ;
}

/* The keys of one insert follow each other, and SQLite knows the last one. */
static void tell_first_key(toasty_operation *operation)
{
    uint32_t rows = operation->row_count ? operation->row_count : 1;
    operation->made_key -= (int64_t)rows - 1;
    operation->key_step = 1;
}

/* An upsert: SQLite says of each row whether it is inserted or updated, and nothing afterwards. */
static void note_row(void *arg, int change, const char *schema, const char *table, sqlite3_int64 row)
{
    toasty_operation *operation = arg;
    (void)schema, (void)row;
    if (change == SQLITE_INSERT && !strcmp(table, operation->statement->table))
        operation->created = true;
}

static void watch_rows(toasty__sqlite_connection *connection, toasty_operation *operation)
{
    operation->created = false;
    sqlite3_update_hook(connection->db, note_row, operation);
}

static sqlite_outcome execute(toasty__sqlite_connection *connection, sqlite3_stmt *stmt,
                              toasty_operation *operation, toasty_error *err)
{
    bool writes = operation->statement->writes, was_reading = is_reading(connection);
    if (check_read_only(connection, stmt, err) < 0 || toasty__sqlite_bind(stmt, operation, err) < 0)
        return OUTCOME_FAILED;
    int64_t total = writes ? sqlite3_total_changes64(connection->db) : 0, rows = 0;
    err->code = TOASTY_OK;
    if (operation->statement->upserts)
        watch_rows(connection, operation);
    int status = toasty__sqlite_rows(stmt, operation->statement, operation->sink, &rows, err);
    if (operation->statement->upserts)
        sqlite3_update_hook(connection->db, NULL, NULL);
    if (status < 0)
        return err->code ? OUTCOME_FAILED : fail_or_wait(connection, operation, was_reading, rows > 0, err);
    operation->count = rows;
    if (!writes)
        return OUTCOME_DONE;
    if (!sqlite3_column_count(stmt))
        operation->count = changed_rows(connection, total);
    operation->made_key = sqlite3_last_insert_rowid(connection->db);
    if (connection->database->driver->capability->first_key)
        tell_first_key(operation);
    return OUTCOME_DONE;
}

static sqlite_outcome run_sql(toasty__sqlite_connection *connection, toasty_operation *operation,
                              toasty_error *err)
{
    uint64_t id = operation->statement->id;
    sqlite3_stmt *stmt = id ? toasty__sqlite_statements_find(&connection->statements, id) : NULL;
    if (!stmt && !(stmt = prepare(connection, operation, err)))
        return err->code == TOASTY_LOCK_TIMEOUT ? OUTCOME_BUSY : OUTCOME_FAILED;
    sqlite_outcome outcome = execute(connection, stmt, operation, err);
    if (id && connection->statements.limit)
        sqlite3_reset(stmt);
    else
        sqlite3_finalize(stmt);
    return outcome;
}

sqlite_outcome toasty__sqlite_operate(toasty__sqlite_connection *connection, toasty_operation *operation,
                                      toasty_error *err)
{
    switch ((toasty_operation_kind)operation->kind) {
    case TOASTY_OPERATION_SQL:
        return run_sql(connection, operation, err);
    case TOASTY_OPERATION_BEGIN:
    case TOASTY_OPERATION_COMMIT:
    case TOASTY_OPERATION_ROLLBACK:
    case TOASTY_OPERATION_SAVEPOINT:
    case TOASTY_OPERATION_RELEASE:
    case TOASTY_OPERATION_ROLLBACK_TO:
        return transact(connection, operation, err);
    case TOASTY_OPERATION_PING:
        return OUTCOME_DONE;
    default:
        return (sqlite_outcome)toasty__fail(err, TOASTY_UNSUPPORTED,
                                            "SQLite does not support key operations: it takes statements");
    }
}
