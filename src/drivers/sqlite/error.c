/* SQLite's errors as codes to branch on, with the names of what was violated.
 *
 * SQLite names columns of unique and not-null constraints in its message, "UNIQUE constraint failed:
 * users.email", and the model of the statement has the fields and the index. */
#include "drivers/sqlite/connection.h"

#include "base/error.h"
#include "driver/blame.h"

#include <stdio.h>
#include <string.h>

/* --- names --- */

/* The columns of an index as SQLite writes them: "users.last, users.first". */
static bool is_index(const toasty_statement *statement, const toasty_index *index, const char *columns)
{
    size_t length = strlen(statement->table);
    for (uint8_t i = 0; i < index->field_count; i++) {
        const char *column = statement->model->fields[index->fields[i]].column;
        size_t column_length = strlen(column);
        if (i && strncmp(columns, ", ", 2) != 0)
            return false;
        columns += i ? 2 : 0;
        if (strncmp(columns, statement->table, length) != 0 || columns[length] != '.' ||
            strncmp(columns + length + 1, column, column_length) != 0)
            return false;
        columns += length + 1 + column_length;
    }
    return !*columns;
}

static bool blame_index(const toasty_statement *statement, const char *columns, toasty_error *err)
{
    for (uint16_t i = 0; statement && statement->model && i < statement->model->index_count; i++) {
        const toasty_index *index = &statement->model->indexes[i];
        if (!index->unique || !is_index(statement, index, columns))
            continue;
        toasty__blame_index(statement, index, err);
        return true;
    }
    return false;
}

/* "table.column", perhaps the first of several. */
static void blame_column(const toasty_statement *statement, const char *columns, toasty_error *err)
{
    char text[256];
    snprintf(text, sizeof text, "%.*s", (int)strcspn(columns, ","), columns);
    char *dot = strrchr(text, '.');
    if (!dot)
        return;
    *dot = '\0';
    toasty__blame(statement, &(toasty__named){.table = text, .column = dot + 1}, err);
}

/* What stands behind ": " or " column " in the message. */
static const char *subject_of(const char *message, const char *before)
{
    const char *at = strstr(message, before);
    return at ? at + strlen(before) : NULL;
}

static void blame_constraint(toasty_code code, const char *message, const toasty_statement *statement,
                             toasty_error *err)
{
    const char *subject = subject_of(message, "constraint failed: ");
    if (!subject)
        subject = subject_of(message, " column ");
    if (!subject)
        return;
    if (code == TOASTY_CHECK_VIOLATION)
        toasty__blame(statement, &(toasty__named){.constraint = subject}, err);
    else if (code != TOASTY_UNIQUE_VIOLATION || !blame_index(statement, subject, err))
        blame_column(statement, subject, err);
}

/* --- codes --- */

static toasty_code constraint_code(int extended, const char *message)
{
    /* Without memory for its message, SQLite says only this: what was violated cannot be known. */
    if (!strcmp(message, "constraint failed"))
        return TOASTY_OUT_OF_MEMORY;
    /* ON DELETE RESTRICT is a trigger inside, and reports itself as one. */
    if (strstr(message, "FOREIGN KEY"))
        return TOASTY_FOREIGN_KEY_VIOLATION;
    switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return TOASTY_UNIQUE_VIOLATION;
    case SQLITE_CONSTRAINT_NOTNULL:
        return TOASTY_NOT_NULL_VIOLATION;
    case SQLITE_CONSTRAINT_CHECK:
        return TOASTY_CHECK_VIOLATION;
    case SQLITE_CONSTRAINT_DATATYPE:
        return TOASTY_INVALID_VALUE;
    default:
        return TOASTY_DATABASE_ERROR;
    }
}

static toasty_code code_of(int extended, const char *message)
{
    if (extended == SQLITE_IOERR_NOMEM)
        return TOASTY_OUT_OF_MEMORY;
    if (extended == SQLITE_BUSY_SNAPSHOT)
        return TOASTY_SERIALIZATION_FAILURE;
    switch (extended & 0xFF) {
    case SQLITE_CONSTRAINT:
        return constraint_code(extended, message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return TOASTY_LOCK_TIMEOUT;
    case SQLITE_FULL:
        return TOASTY_DISK_FULL;
    case SQLITE_INTERRUPT:
        return TOASTY_CANCELLED;
    case SQLITE_NOMEM:
        return TOASTY_OUT_OF_MEMORY;
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
        return TOASTY_INVALID_VALUE;
    case SQLITE_CANTOPEN:
        return TOASTY_CONNECTION_FAILED;
    default:
        return TOASTY_DATABASE_ERROR;
    }
}

/* What to do, where SQLite's own words say only what is. */
static const char *advice_of(int extended, const char *message)
{
    switch (extended & 0xFF) {
    case SQLITE_ERROR:
        if (strstr(message, "no such table"))
            return "; " TOASTY__HINT_MISSING;
        if (strstr(message, "no such column") || strstr(message, "has no column named"))
            return "; " TOASTY__HINT_TABLES;
        return "";
    case SQLITE_CANTOPEN:
        return ": its directory must exist and be writable; mode=rw in the URL does not make a new file";
    case SQLITE_READONLY:
        return ": the file or its directory cannot be written, or the URL says mode=ro";
    case SQLITE_NOTADB:
        return ": the file is not a SQLite database, or it is encrypted";
    case SQLITE_CORRUPT:
        return ": the file is damaged; restore it from a copy";
    case SQLITE_FULL:
        return ": make room on the disk, or raise max_page_count";
    default:
        return "";
    }
}

int toasty__sqlite_fail(toasty__sqlite_connection *connection, const toasty_operation *operation,
                        toasty_error *err)
{
    char message[400], number[16];
    int extended = sqlite3_extended_errcode(connection->db);
    const toasty_statement *statement = operation ? operation->statement : NULL;
    toasty__error_text(message, sizeof message, sqlite3_errmsg(connection->db));
    snprintf(number, sizeof number, "%d", extended);
    toasty_code code = code_of(extended, message);
    if (code == TOASTY_OUT_OF_MEMORY)
        toasty__fail_memory(err);
    else if (code == TOASTY_CANCELLED)
        toasty__fail(err, code, "the operation was cancelled");
    else
        toasty__fail(err, code, "%s%s", message, advice_of(extended, message));
    toasty__error_set(err, server_code, number);
    if (code == TOASTY_FOREIGN_KEY_VIOLATION && operation)
        toasty__sqlite_name_reference(connection, operation, err);
    else if (strcmp(message, toasty__sqlite_sum_fault) == 0)
        toasty__blame_sum(statement, err);
    else if ((extended & 0xFF) == SQLITE_CONSTRAINT)
        blame_constraint(code, message, statement, err);
    return -1;
}
