/* Chaos on a SQLite file: nothing disturbs the worker but itself, and the one who kills it. */
#include "target.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const leftover leftovers[] = {
    {"foreign_keys", "PRAGMA foreign_keys = off", "(SELECT foreign_keys FROM pragma_foreign_keys)", true},
    {"recursive_triggers", "PRAGMA recursive_triggers = on",
     "(SELECT recursive_triggers FROM pragma_recursive_triggers)", true},
    {"a temporary table", "CREATE TEMPORARY TABLE left_%llu (n integer)",
     "(SELECT count(*) FROM sqlite_temp_master)", true},
    {"an open transaction", "BEGIN", "1", false},
};

struct judge_connection {
    const char *url;
    sqlite3 *db;
};

/* --- the connection --- */

static void disconnect(judge_connection *connection)
{
    sqlite3_close(connection->db);
    free(connection);
}

static judge_connection *judge_connect(const char *url)
{
    judge_connection *connection = calloc(1, sizeof *connection);
    const char *path = strncmp(url, "sqlite:", 7) == 0 ? url + 7 : url;
    if (!connection)
        return NULL;
    connection->url = url;
    if (sqlite3_open_v2(path, &connection->db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
        return connection;
    printf("the judge cannot open %s: %s\n", path, sqlite3_errmsg(connection->db));
    disconnect(connection);
    return NULL;
}

static const char *url_of(judge_connection *connection)
{
    return connection->url;
}

static void tell_nothing(judge_connection *connection, char *text, size_t size)
{
    (void)connection;
    snprintf(text, size, "nobody disturbs");
}

static void settle_nothing(judge_connection *connection)
{
    (void)connection;
}

/* --- reading --- */

static bool read_rows(judge_connection *connection, void (*take)(const audit_row *row, void *arg), void *arg)
{
    static const char text[] =
        "SELECT operation, part FROM deeds UNION ALL SELECT operation, part FROM details "
        "UNION ALL SELECT operation, part FROM entries UNION ALL SELECT operation, part "
        "FROM lines ORDER BY 1, 2";
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(connection->db, text, -1, &statement, NULL) != SQLITE_OK)
        return false;
    int status;
    while ((status = sqlite3_step(statement)) == SQLITE_ROW)
        take(&(audit_row){sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1), false},
             arg);
    sqlite3_finalize(statement);
    return status == SQLITE_DONE;
}

static bool read_counters(judge_connection *connection, int64_t values[COUNTERS])
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(connection->db, "SELECT value FROM counters ORDER BY id", -1, &statement, NULL) !=
        SQLITE_OK)
        return false;
    int count = 0;
    while (count < COUNTERS && sqlite3_step(statement) == SQLITE_ROW)
        values[count++] = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return count == COUNTERS;
}

static const char *unsound(judge_connection *connection)
{
    static char found[200];
    static const char *const checks[] = {"PRAGMA integrity_check", "PRAGMA foreign_key_check"};
    *found = '\0';
    for (int i = 0; i < 2 && !*found; i++) {
        sqlite3_stmt *statement;
        if (sqlite3_prepare_v2(connection->db, checks[i], -1, &statement, NULL) != SQLITE_OK)
            return "it cannot be checked";
        const char *cell =
            sqlite3_step(statement) == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : "ok";
        if (!cell || strcmp(cell, "ok") != 0)
            snprintf(found, sizeof found, "%s: %s", checks[i], cell ? cell : "NULL");
        sqlite3_finalize(statement);
    }
    return *found ? found : NULL;
}

const target_table target = {
    .name = "sqlite",
    .acts = 30000,
    .insert = "INSERT INTO entries (operation, part) VALUES (?, ?)",
    .insert_two = "INSERT INTO entries (operation, part) VALUES (?, ?), (?, ?) RETURNING id",
    .slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT max(i) "
            "FROM n",
    .leftovers = leftovers,
    .leftover_count = sizeof leftovers / sizeof *leftovers,
    .writers = 1,
    .connect = judge_connect,
    .disconnect = disconnect,
    .url = url_of,
    .tell = tell_nothing,
    .settle = settle_nothing,
    .rows = read_rows,
    .counters = read_counters,
    .unsound = unsound,
};
