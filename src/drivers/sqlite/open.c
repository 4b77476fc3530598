/* Opening a database file, and what every connection to one is told first; and telling it again. */
#include "drivers/sqlite/connection.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

/* Long calls of SQLite ask this now and then; not 0 interrupts them. */
static int is_cancelled(void *arg)
{
    toasty__sqlite_connection *connection = arg;
    return atomic_load_explicit(&connection->cancelled, memory_order_relaxed);
}

/* Runs a pragma; *answer is its first cell, if there is one. */
static int pragma(toasty__sqlite_connection *connection, const char *text, char *answer, size_t size,
                  toasty_error *err)
{
    sqlite3_stmt *stmt;
    int code = sqlite3_prepare_v2(connection->db, text, -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code == SQLITE_ROW && answer) {
        const unsigned char *cell = sqlite3_column_text(stmt, 0);
        snprintf(answer, size, "%s", cell ? (const char *)cell : "");
    }
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        toasty__sqlite_fail(connection, NULL, err);
    sqlite3_finalize(stmt);
    return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : -1;
}

static int set_journal(toasty__sqlite_connection *connection, toasty_error *err)
{
    const toasty__sqlite_database *database = connection->database;
    char mode[16] = "", synchronous[64];
    bool change = database->wal && !database->read_only;
    if (pragma(connection, change ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode", mode, sizeof mode,
               err) < 0)
        return -1;
    connection->wal = !strcmp(mode, "wal");
    snprintf(synchronous, sizeof synchronous, "PRAGMA synchronous = %s",
             database->synchronous ? database->synchronous
             : connection->wal     ? "normal"
                                   : "full");
    return pragma(connection, synchronous, NULL, 0, err);
}

int toasty__sqlite_configure(toasty__sqlite_connection *connection, toasty_error *err)
{
    sqlite3 *db = connection->db;
    sqlite3_extended_result_codes(db, 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    /* A name in double quotes that no column has is an error, not text. */
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_progress_handler(db, 2000, is_cancelled, connection);
    if (pragma(connection, "PRAGMA case_sensitive_like = ON", NULL, 0, err) < 0)
        return -1;
    return set_journal(connection, err);
}

/* In UTF-16 texts would be compared, measured and cut otherwise than anywhere else. */
static int check_encoding(toasty__sqlite_connection *connection, toasty_error *err)
{
    char encoding[16] = "";
    if (pragma(connection, "PRAGMA encoding", encoding, sizeof encoding, err) < 0)
        return -1;
    if (!strcmp(encoding, "UTF-8"))
        return 0;
    return toasty__fail(
        err, TOASTY_UNSUPPORTED,
        "the database is in %s; only UTF-8 is supported: convert it with sqlite3 OLD .dump | sqlite3 NEW",
        encoding);
}

static int open_flags(const toasty__sqlite_database *database)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
    if (database->read_only)
        return flags | SQLITE_OPEN_READONLY;
    return flags | SQLITE_OPEN_READWRITE | (database->create ? SQLITE_OPEN_CREATE : 0);
}

int toasty__sqlite_open(toasty__sqlite_connection *connection, uint32_t timeout_ms, toasty_error *err)
{
    const toasty__sqlite_database *database = connection->database;
    if (sqlite3_libversion_number() < 3037000)
        return toasty__fail(err, TOASTY_CONNECTION_FAILED,
                            "the SQLite library is version %s; 3.37 or newer is needed",
                            sqlite3_libversion());
    int code = sqlite3_open_v2(database->path, &connection->db, open_flags(database), NULL);
    if (!connection->db)
        return toasty__fail_memory(err);
    if (code != SQLITE_OK) {
        toasty__sqlite_fail(connection, NULL, err);
        return -1;
    }
    /* Only here may SQLite wait by itself: another process may be making the same file. */
    sqlite3_busy_timeout(connection->db, timeout_ms > INT32_MAX ? INT32_MAX : (int)timeout_ms);
    int done = toasty__sqlite_add_lists(connection->db) == SQLITE_OK &&
                       toasty__sqlite_add_aggregates(connection->db) == SQLITE_OK &&
                       toasty__sqlite_add_sums(connection->db) == SQLITE_OK
                   ? toasty__sqlite_configure(connection, err)
                   : toasty__sqlite_fail(connection, NULL, err);
    if (done == 0)
        done = check_encoding(connection, err);
    sqlite3_busy_timeout(connection->db, 0);
    return done;
}
