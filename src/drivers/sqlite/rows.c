/* Rows of an answer, straight from SQLite's cells into the sink's structs.
 *
 * A cell is taken once with sqlite3_column_value and then read as a value, which asks for the column's place
 * only once. Such a value is unprotected: it may be read because whoever runs the job has the whole
 * connection to itself. */
#include "drivers/sqlite/connection.h"

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/time.h"
#include "core/decode.h"

#include <string.h>

/* --- one cell --- */

/* The kind of cell that each type is kept as; none of a cell that nobody wants. */
static const uint8_t kinds[TOASTY_TYPE_COUNT + 1] = {
    [TOASTY_TYPE_BOOL] = SQLITE_INTEGER,  [TOASTY_TYPE_I8] = SQLITE_INTEGER,
    [TOASTY_TYPE_I16] = SQLITE_INTEGER,   [TOASTY_TYPE_I32] = SQLITE_INTEGER,
    [TOASTY_TYPE_I64] = SQLITE_INTEGER,   [TOASTY_TYPE_U8] = SQLITE_INTEGER,
    [TOASTY_TYPE_U16] = SQLITE_INTEGER,   [TOASTY_TYPE_U32] = SQLITE_INTEGER,
    [TOASTY_TYPE_U64] = SQLITE_INTEGER,   [TOASTY_TYPE_F32] = SQLITE_FLOAT,
    [TOASTY_TYPE_F64] = SQLITE_FLOAT,     [TOASTY_TYPE_ENUM] = SQLITE_TEXT,
    [TOASTY_TYPE_TEXT] = SQLITE_TEXT,     [TOASTY_TYPE_BYTES] = SQLITE_BLOB,
    [TOASTY_TYPE_UUID] = SQLITE_BLOB,     [TOASTY_TYPE_TIMESTAMP] = SQLITE_TEXT,
    [TOASTY_TYPE_DATE] = SQLITE_TEXT,     [TOASTY_TYPE_TIME] = SQLITE_TEXT,
    [TOASTY_TYPE_DATETIME] = SQLITE_TEXT,
};

static const char *name_of(int kind)
{
    switch (kind) {
    case SQLITE_INTEGER:
        return "an integer";
    case SQLITE_FLOAT:
        return "a real number";
    case SQLITE_TEXT:
        return "text";
    default:
        return "bytes";
    }
}

static int store_text(const toasty_sink *sink, void *row, const toasty_field *field, sqlite3_value *cell,
                      toasty_error *err)
{
    const char *text = (const char *)sqlite3_value_text(cell);
    size_t length = (size_t)sqlite3_value_bytes(cell);
    if (!text)
        return toasty__fail_memory(err);
    return toasty__store_doubtful_text(sink, row, field, text, length, err);
}

static int store_time(const toasty_sink *sink, void *row, const toasty_field *field, sqlite3_value *cell,
                      toasty_error *err)
{
    struct toasty__civil civil = {.year = 1970, .month = 1, .day = 1};
    const char *text = (const char *)sqlite3_value_text(cell);
    size_t length = (size_t)sqlite3_value_bytes(cell);
    if (!text)
        return toasty__fail_memory(err);
    bool read = field->type == TOASTY_TYPE_DATE   ? toasty__parse_date(text, length, &civil)
                : field->type == TOASTY_TYPE_TIME ? toasty__parse_time(text, length, &civil)
                                                  : toasty__parse_datetime(text, length, &civil);
    if (!read)
        return toasty__store_mismatch(sink, field, "text that is not a time of this kind", err);
    if (field->type == TOASTY_TYPE_DATE)
        return toasty__store_time(sink, row, field, toasty__days_of_date(civil.year, civil.month, civil.day),
                                  err);
    if (field->type == TOASTY_TYPE_TIME) {
        civil.year = 1970;
        civil.month = civil.day = 1;
    }
    return toasty__store_time(sink, row, field, toasty__us_of_civil(&civil), err);
}

static int store_blob(const toasty_sink *sink, void *row, const toasty_field *field, sqlite3_value *cell,
                      toasty_error *err)
{
    const void *bytes = sqlite3_value_blob(cell);
    size_t length = (size_t)sqlite3_value_bytes(cell);
    if (!bytes && length)
        return toasty__fail_memory(err);
    if (field->type == TOASTY_TYPE_BYTES)
        return toasty__store_bytes(sink, row, field, bytes, length, err);
    if (length != 16)
        return toasty__store_mismatch(sink, field, "bytes whose length is not 16", err);
    return toasty__store_uuid(sink, row, field, bytes, err);
}

/* A cell of a statement of the user, as text; bytes as \x and digits, as other databases write them. */
static int store_as_text(const toasty_sink *sink, void *row, const toasty_field *field, sqlite3_value *cell,
                         toasty_error *err)
{
    if (sqlite3_value_type(cell) != SQLITE_BLOB)
        return store_text(sink, row, field, cell, err);
    const unsigned char *bytes = sqlite3_value_blob(cell);
    toasty__buffer hex;
    toasty__buffer_init(&hex);
    toasty__buffer_text(&hex, "\\x");
    for (int i = 0; i < sqlite3_value_bytes(cell); i++)
        toasty__buffer_printf(&hex, "%02x", bytes[i]);
    int stored = hex.failed ? toasty__fail_memory(err)
                            : toasty__store_text(sink, row, field, hex.bytes, hex.length, err);
    toasty__buffer_done(&hex);
    return stored;
}

/* A cell that is not of the kind that its type is kept as. */
static int store_other(const toasty_sink *sink, void *row, const toasty_field *field, sqlite3_value *cell,
                       bool as_text, toasty_error *err)
{
    int kind = sqlite3_value_type(cell);
    if (kind == SQLITE_NULL)
        return toasty__store_null(sink, row, field, err);
    if (as_text)
        return store_as_text(sink, row, field, cell, err);
    /* A whole number may stand in a column of reals. */
    if (kind == SQLITE_INTEGER && kinds[field->type] == SQLITE_FLOAT)
        return toasty__store_int(sink, row, field, sqlite3_value_int64(cell), err);
    return toasty__store_mismatch(sink, field, name_of(kind), err);
}

static int store_cell(const toasty_sink *sink, void *row, const toasty_field *field, sqlite3_value *cell,
                      const toasty_statement *statement, toasty_error *err)
{
    int kind = sqlite3_value_type(cell);
    if (kind != kinds[field->type])
        return store_other(sink, row, field, cell, statement->text_results, err);
    switch (kind) {
    case SQLITE_INTEGER:
        return toasty__store_int(sink, row, field, sqlite3_value_int64(cell), err);
    case SQLITE_FLOAT:
        return toasty__store_real(sink, row, field, sqlite3_value_double(cell), err);
    case SQLITE_BLOB:
        return store_blob(sink, row, field, cell, err);
    default:
        return toasty__sqlite_is_time(field->type) ? store_time(sink, row, field, cell, err)
                                                   : store_text(sink, row, field, cell, err);
    }
}

/* --- rows --- */

static int take_row(toasty_sink *sink, const toasty_statement *statement, sqlite3_stmt *stmt,
                    toasty_error *err)
{
    void *row = toasty_sink_row(sink);
    if (!row)
        return toasty__fail_memory(err);
    for (int i = 0; i < sink->column_count; i++) {
        const toasty_field *field = sink->columns[i];
        if (store_cell(sink, row, field, sqlite3_column_value(stmt, i), statement, err) < 0)
            return -1;
    }
    return 0;
}

/* Tells a sink that wants to know them the names of the columns. */
static int describe(toasty_sink *sink, sqlite3_stmt *stmt, int count, toasty_error *err)
{
    enum { FEW = 32 };
    const char *few[FEW];
    const char **names = few;
    if (count > FEW && !(names = toasty__arena_alloc(sink->arena, (size_t)count * sizeof *names)))
        return toasty__fail_memory(err);
    for (int i = 0; i < count; i++)
        if (!(names[i] = sqlite3_column_name(stmt, i)))
            return toasty__fail_memory(err);
    return sink->describe(sink, names, (size_t)count, err);
}

static int prepare_sink(toasty_sink *sink, sqlite3_stmt *stmt, toasty_error *err)
{
    int count = sqlite3_column_count(stmt);
    if (sink->describe && count && describe(sink, stmt, count, err) < 0)
        return -1;
    if (count && count != sink->column_count)
        return toasty__fail(err, TOASTY_DATABASE_ERROR, "the statement returns %d columns; %u were expected",
                            count, sink->column_count);
    return 0;
}

/* A row could not be taken: what the statement has changed must not stay. Ended by an interrupt, it is rolled
 * back; reset in the middle it would be committed. */
static void take_back(sqlite3_stmt *stmt)
{
    if (sqlite3_stmt_readonly(stmt))
        return;
    sqlite3_interrupt(sqlite3_db_handle(stmt));
    sqlite3_step(stmt);
}

int toasty__sqlite_rows(sqlite3_stmt *stmt, const toasty_statement *statement, toasty_sink *sink,
                        int64_t *rows, toasty_error *err)
{
    if (sink && prepare_sink(sink, stmt, err) < 0)
        return -1;
    int code;
    for (; (code = sqlite3_step(stmt)) == SQLITE_ROW; ++*rows)
        if (sink && take_row(sink, statement, stmt, err) < 0) {
            take_back(stmt);
            return -1;
        }
    return code == SQLITE_DONE ? 0 : -1;
}
