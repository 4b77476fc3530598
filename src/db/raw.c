/* Raw SQL: the user's text as it is, the user's values bound, rows as text.
 *
 * What such a statement leaves in its session (a transaction, settings, locks) stays with the transaction or
 * the dedicated handle that it ran on, and reaches nobody else: the pool has the session cleaned or closed.
 */
#include "db/raw.h"

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "core/block.h"
#include "core/refusal.h"
#include "core/types.h"
#include "db/command.h"
#include "db/text.h"

#include <string.h>

/* --- rows as text --- */

/* A row is an array of texts; the columns are described when their number is known. */
typedef struct text_sink {
    toasty_sink sink; /* first: the driver hands it back */
    toasty__block *block;
    const char **cells;
    size_t rows, capacity;
} text_sink;

static toasty_rows *root_of(const text_sink *sink)
{
    return sink->block->root;
}

static int describe(toasty_sink *base, const char *const *names, size_t count, toasty_error *err)
{
    text_sink *sink = (text_sink *)base;
    toasty__arena *arena = &sink->block->arena;
    if (base->columns) /* rows of so many may be there */
        return toasty__fail(err, TOASTY_DATABASE_ERROR, "the columns of an answer were described twice");
    if (count > UINT16_MAX)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "the statement returns %zu columns", count);
    const char **copies = toasty__arena_calloc(arena, count + 1, sizeof *copies);
    toasty_field *fields = toasty__arena_calloc(arena, count + 1, sizeof *fields);
    const toasty_field **columns = toasty__arena_calloc(arena, count + 1, sizeof *columns);
    if (!copies || !fields || !columns)
        return toasty__fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (!(copies[i] = toasty__arena_strdup(arena, names[i])))
            return toasty__fail_memory(err);
        fields[i] = (toasty_field){.name = copies[i],
                                   .column = copies[i],
                                   .type = TOASTY_TYPE_TEXT,
                                   .flags = TOASTY_FIELD_NULLABLE | TOASTY_FIELD_NULL_COLUMN,
                                   .embed = TOASTY_NO_EMBED,
                                   .offset = (uint32_t)(i * sizeof(const char *)),
                                   .set_offset = TOASTY_NO_OFFSET};
        columns[i] = &fields[i];
    }
    sink->sink.columns = columns;
    sink->sink.column_count = (uint16_t)count;
    root_of(sink)->columns = copies;
    root_of(sink)->column_count = count;
    return 0;
}

static void *next_row(toasty_sink *base)
{
    text_sink *sink = (text_sink *)base;
    size_t columns = base->column_count ? base->column_count : 1, size = columns * sizeof *sink->cells;
    if (sink->rows == sink->capacity) {
        size_t wanted = sink->capacity ? sink->capacity * 2 : 16;
        if (wanted > SIZE_MAX / size)
            return NULL;
        const char **grown = toasty__arena_array(&sink->block->arena, sink->cells, wanted * size);
        if (!grown)
            return NULL;
        sink->cells = grown;
        sink->capacity = wanted;
    }
    return memset(sink->cells + sink->rows++ * columns, 0, size);
}

static int text_sink_init(text_sink *sink, toasty_error *err)
{
    *sink = (text_sink){.block = toasty__block_new(NULL, sizeof(toasty_rows), 0)};
    if (!sink->block)
        return toasty__fail_memory(err);
    sink->sink.row = next_row;
    sink->sink.describe = describe;
    sink->sink.arena = &sink->block->arena;
    return 0;
}

/* --- running --- */

static const char left_open[] =
    "the statement left a transaction open, which was rolled back: use toasty_begin";

/* What the statement did to a transaction, its own or the handle's. */
static int check_transaction(const toasty_db *db, const toasty__slot *slot, toasty_error *err)
{
    if (db->transaction && db->transaction->state == TOASTY__TRANSACTION_GONE)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s", toasty__transaction_gone);
    if (!db->lease && slot && (slot->connection->session & TOASTY_SESSION_IN_TRANSACTION))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, left_open);
    return 0;
}

static int run_alone(toasty_db *db, toasty_operation *operation, toasty_error *err)
{
    toasty__command command;
    if (toasty__command_begin(&command, db, false, err) < 0)
        return -1;
    int status = toasty__command_run(&command, operation, 1, TOASTY__NEED_WRITE | TOASTY__NEED_KEEP,
                                     db->timeout_ms, err);
    const toasty__slot *slot = command.session.borrower.slot;
    bool given_up = status < 0 && slot && (slot->connection->session & TOASTY_SESSION_UNKNOWN);
    if (status == 0)
        status = check_transaction(db, slot, err);
    toasty__command_end(&command);
    if (given_up && db->lease && !db->transaction)
        toasty__lease_spoil(db->lease); /* calls on the handle would not know what they run in */
    return status;
}

static int check_values(const toasty_value *values, size_t count, toasty_error *err)
{
    if (count > UINT32_MAX / 2 || (count && !values))
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "the values of the statement are NULL or too many");
    for (size_t i = 0; i < count; i++)
        if (values[i].kind == TOASTY_VALUE_INVALID)
            return toasty__refuse_placeholder(i + 1, values[i].as.text, err);
    return 0;
}

static toasty_parameter *parameters_of(const toasty_value *values, size_t count)
{
    toasty_parameter *parameters = toasty__calloc(count + 1, sizeof *parameters);
    for (size_t i = 0; parameters && i < count; i++)
        parameters[i].type = toasty__type_of_kind(values[i].kind);
    return parameters;
}

static int run_text(toasty_db *db, const char *sql, bool foreign, const toasty_value *values, size_t count,
                    int64_t *changed, toasty_rows **rows, toasty_error *err)
{
    text_sink sink = {.block = NULL};
    if (!db->pool->driver->capability->raw_sql)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s does not support raw SQL",
                            db->pool->driver->capability->target);
    if (check_values(values, count, err) < 0 || (rows && text_sink_init(&sink, err) < 0))
        return -1;
    toasty_parameter *parameters = parameters_of(values, count);
    toasty_statement statement = {.sql = sql,
                                  .parameters = parameters,
                                  .parameter_count = (uint32_t)count,
                                  .operation = toasty__text_operation(sql),
                                  .table = "",
                                  .returns_rows = rows != NULL,
                                  .writes = true,
                                  .text_results = true,
                                  .foreign = foreign};
    toasty_operation operation = {.kind = TOASTY_OPERATION_SQL,
                                  .statement = &statement,
                                  .values = values,
                                  .value_count = (uint32_t)count,
                                  .sink = rows ? &sink.sink : NULL};
    int status = parameters ? run_alone(db, &operation, err) : toasty__fail_memory(err);
    toasty__free(parameters);
    *changed = operation.count;
    if (status == 0 && rows) {
        root_of(&sink)->cells = sink.cells;
        root_of(&sink)->len = sink.rows;
        *rows = sink.block->root;
        if (toasty__block_publish(sink.block) < 0)
            status = toasty__fail_memory(err);
    }
    if (status < 0)
        toasty__block_free(sink.block);
    return status;
}

int toasty__raw_run(toasty_db *db, const char *sql, const toasty_value *values, size_t count,
                    int64_t *changed, toasty_rows **rows, toasty_error *err)
{
    return run_text(db, sql, false, values, count, changed, rows, err);
}

/* On a dedicated handle whose raw transaction was lost with a statement that failed: the user's own end of
 * it, which has nothing left to end. */
static bool ends_lost(const toasty_db *db, const char *sql)
{
    const toasty_db *holder = db ? db->holder : NULL;
    return holder && sql && holder->kind == TOASTY__HANDLE_DEDICATED &&
           holder->state == TOASTY__TRANSACTION_GONE && toasty__text_ends(sql);
}

/* 0: the statement has yet to run; 1: it ended what was lost; -1 with the error. */
static int check(toasty_db *db, const char *sql, const char *call, toasty__context *context)
{
    toasty_error *err = &context->error;
    if (ends_lost(db, sql)) {
        int status = toasty__text_ends(sql) == TOASTY__TEXT_ROLLS_BACK ? 1 : toasty__handle_usable(db, err);
        db->holder->state = TOASTY__TRANSACTION_OPEN;
        if (status > 0)
            toasty__error_clear(err);
        return status;
    }
    if (toasty__handle_check(db, context) < 0)
        return -1;
    return sql ? 0 : toasty__fail(err, TOASTY_INVALID_ARGUMENT, "%s: the statement is NULL", call);
}

int64_t toasty_sql_(toasty_db *db, const char *sql, const toasty_value *values, size_t count)
{
    toasty__context *context = toasty__context_current();
    int64_t changed = 0;
    int checked = check(db, sql, "toasty_sql", context);
    if (checked)
        return checked < 0 ? -1 : 0;
    return run_text(db, sql, true, values, count, &changed, NULL, &context->error) < 0 ? -1 : changed;
}

toasty_rows *toasty_sql_rows_(toasty_db *db, const char *sql, const toasty_value *values, size_t count)
{
    toasty__context *context = toasty__context_current();
    toasty_rows *rows = NULL;
    int64_t ignored = 0;
    if (toasty__handle_check(db, context) < 0)
        return NULL;
    if (!sql)
        toasty__fail(&context->error, TOASTY_INVALID_ARGUMENT, "toasty_sql_rows: the statement is NULL");
    else if (run_text(db, sql, true, values, count, &ignored, &rows, &context->error) == 0)
        return rows;
    return NULL;
}
