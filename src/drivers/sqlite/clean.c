/* Sessions that go to somebody else.
 *
 * A file is opened again then, which the pool does. A database in memory lives in its one connection, so what
 * can be undone there is undone: an open transaction, temporary tables, attached databases, and the pragmas
 * that decide what statements mean. Pragmas of speed and size stay as they were set. */
#include "drivers/sqlite/connection.h"

#include "base/error.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* --- which statements leave something --- */

static const char *skip_comment(const char *sql)
{
    const char *end = sql[0] == '-' ? strchr(sql, '\n') : strstr(sql + 2, "*/");
    return end ? end + (sql[0] == '-' ? 1 : 2) : sql + strlen(sql);
}

static const char *first_word(const char *sql)
{
    for (;;) {
        if (isspace((unsigned char)*sql) || *sql == ';' || *sql == '(')
            sql++;
        else if (!strncmp(sql, "--", 2) || !strncmp(sql, "/*", 2))
            sql = skip_comment(sql);
        else
            return sql;
    }
}

bool toasty__sqlite_touches(const char *sql)
{
    static const char *const harmless[] = {"SELECT",  "INSERT", "UPDATE", "DELETE",
                                           "REPLACE", "WITH",   "VALUES"};
    sql = first_word(sql);
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (!strncasecmp(sql, harmless[i], strlen(harmless[i])))
            return false;
    return true;
}

/* --- undoing it --- */

/* The text in the row of a query that stands behind so many others; NULL with SQLITE_DONE: there is none. */
static char *text_of(sqlite3 *db, const char *query, int place, int *code)
{
    sqlite3_stmt *stmt = NULL;
    char *text = NULL;
    *code = sqlite3_prepare_v2(db, query, -1, &stmt, NULL);
    if (*code == SQLITE_OK)
        *code = sqlite3_bind_int(stmt, 1, place);
    if (*code == SQLITE_OK)
        *code = sqlite3_step(stmt);
    if (*code == SQLITE_ROW && !(text = sqlite3_mprintf("%s", sqlite3_column_text(stmt, 0))))
        *code = SQLITE_NOMEM;
    sqlite3_finalize(stmt);
    return text;
}

/* Runs the statements that a query writes, one a row, until no row is left but those of statements that fail:
 * a table of a module that is gone cannot be dropped. What they drop may take others along. */
static int run_each(sqlite3 *db, const char *query)
{
    int code, failed = 0;
    for (char *text; (text = text_of(db, query, failed, &code));) {
        failed += sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK;
        sqlite3_free(text);
    }
    return code == SQLITE_DONE ? 0 : -1;
}

static int undo(sqlite3 *db)
{
    static const char pragmas[] = "PRAGMA query_only = OFF; PRAGMA ignore_check_constraints = OFF; "
                                  "PRAGMA defer_foreign_keys = OFF; PRAGMA recursive_triggers = OFF; "
                                  "PRAGMA reverse_unordered_selects = OFF; PRAGMA writable_schema = OFF; "
                                  "PRAGMA journal_mode = MEMORY; PRAGMA foreign_keys = OFF";
    if (!sqlite3_get_autocommit(db) && sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL))
        return -1;
    if (sqlite3_exec(db, pragmas, NULL, NULL, NULL))
        return -1;
    if (run_each(db, "SELECT printf('DROP %s temp.\"%w\"', type, name) FROM temp.sqlite_schema "
                     "WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
                     "LIMIT 1 OFFSET ?") < 0)
        return -1;
    return run_each(db, "SELECT printf('DETACH \"%w\"', name) FROM pragma_database_list "
                        "WHERE name NOT IN ('main', 'temp') LIMIT 1 OFFSET ?");
}

int toasty__sqlite_clean(toasty__sqlite_connection *connection, toasty_error *err)
{
    toasty_error why;
    if (undo(connection->db) < 0 || toasty__sqlite_configure(connection, err) < 0) {
        toasty__sqlite_fail(connection, NULL, &why);
        return toasty__fail(
            err, why.code, "what raw statements left in the connection could not be undone: %s", why.message);
    }
    connection->base.unclean = false;
    connection->base.session = 0;
    connection->read_only = false;
    return 0;
}
