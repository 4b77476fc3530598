/* Raw SQL: the user's text, with what stands in braces in the words of the database; the user's values bound;
 * rows as text or as records.
 *
 * What such a statement leaves in its session (a transaction, settings, locks) stays with the transaction or
 * the dedicated handle that it ran on, and reaches nobody else: the pool has the session cleaned or closed.
 */
#include "db/raw.h"

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "core/refusal.h"
#include "core/types.h"
#include "db/command.h"
#include "db/raw_rows.h"
#include "db/text.h"
#include "sql/template.h"

#include <string.h>

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

/* A NULL says no type of its own, and the library's statements have values of kinds alone. */
static toasty_parameter *parameters_of(const toasty_value *values, size_t count)
{
    toasty_parameter *parameters = toasty__calloc(count + 1, sizeof *parameters);
    for (size_t i = 0; parameters && i < count; i++)
        parameters[i].type = values[i].element;
    return parameters;
}

/* A statement that was given to the library as text. */
typedef struct raw {
    const char *sql;
    const toasty_value *values;
    size_t count;
    bool foreign; /* the user's own */
} raw;

/* rows: NULL, or where they go. The number of rows changed, or -1 with err. */
static int64_t run_raw(toasty_db *db, const raw *raw, toasty__raw_rows *rows, toasty_error *err)
{
    toasty_parameter *parameters = parameters_of(raw->values, raw->count);
    toasty_statement statement = {.sql = raw->sql,
                                  .parameters = parameters,
                                  .parameter_count = (uint32_t)raw->count,
                                  .operation = toasty__text_operation(raw->sql),
                                  .table = "",
                                  .returns_rows = rows != NULL,
                                  .writes = true,
                                  .text_results = !rows || !rows->sink.model,
                                  .foreign = raw->foreign};
    toasty_operation operation = {.kind = TOASTY_OPERATION_SQL,
                                  .statement = &statement,
                                  .values = raw->values,
                                  .value_count = (uint32_t)raw->count,
                                  .sink = rows ? &rows->sink : NULL};
    int status = parameters ? run_alone(db, &operation, err) : toasty__fail_memory(err);
    toasty__free(parameters);
    return status < 0 ? -1 : operation.count;
}

int toasty__raw_run(toasty_db *db, const char *sql, toasty_rows **rows, toasty_error *err)
{
    raw raw = {.sql = sql};
    toasty__raw_rows found;
    if (!rows)
        return run_raw(db, &raw, NULL, err) < 0 ? -1 : 0;
    if (toasty__raw_rows_init(&found, NULL, err) < 0)
        return -1;
    if (run_raw(db, &raw, &found, err) < 0)
        return toasty__raw_rows_drop(&found), -1;
    *rows = toasty__raw_rows_publish(&found, err);
    return *rows ? 0 : -1;
}

/* The user's text in the words of the database. */
static int write_text(const toasty_db *db, const raw *raw, toasty__buffer *out, toasty_error *err)
{
    const toasty__pool *pool = db->pool;
    size_t places;
    if (toasty__sql_template(pool->driver->dialect, pool->engine.schema, pool->prefix, raw->sql, out, &places,
                             err) < 0)
        return -1;
    if (places && places != raw->count)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "the statement has %zu {} and is given %zu values",
                            places, raw->count);
    return 0;
}

static int64_t run_counted(toasty_db *db, const raw *raw, toasty__raw_rows *rows, toasty_error *err)
{
    if (!toasty__sql_takes(db->pool->driver->dialect, raw->sql, raw->count))
        return toasty__fail(
            err, TOASTY_INVALID_STATEMENT,
            "the statement has no placeholder for value %zu; placeholders are $1, $2, …, or {} for "
            "all databases",
            raw->count);
    if (toasty__text_sets_encoding(raw->sql))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "text is sent and read as UTF-8: the encoding of a session does not change");
    return run_raw(db, raw, rows, err);
}

/* A statement of the user's. */
static int64_t run_foreign(toasty_db *db, raw raw, toasty__raw_rows *rows, toasty_error *err)
{
    const toasty_capability *capability = db->pool->driver->capability;
    if (!capability->raw_sql)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s does not support raw SQL", capability->target);
    if (check_values(raw.values, raw.count, err) < 0)
        return -1;
    raw.foreign = true;
    if (!toasty__sql_is_template(raw.sql))
        return run_counted(db, &raw, rows, err);
    toasty__buffer text;
    toasty__buffer_init(&text);
    int64_t changed = write_text(db, &raw, &text, err);
    if (changed == 0) {
        raw.sql = text.bytes;
        changed = run_counted(db, &raw, rows, err);
    }
    toasty__buffer_done(&text);
    return changed;
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
    int checked = check(db, sql, "toasty_sql", context);
    if (checked)
        return checked < 0 ? -1 : 0;
    return run_foreign(db, (raw){.sql = sql, .values = values, .count = count}, NULL, &context->error);
}

/* call: what the program wrote, for messages. */
static void *run_for_rows(toasty_db *db, const toasty_model *model, const char *call, const raw *raw)
{
    toasty__context *context = toasty__context_current();
    toasty_error *err = &context->error;
    toasty__raw_rows rows;
    if (toasty__handle_check(db, context) < 0)
        return NULL;
    if (!raw->sql)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "%s: the statement is NULL", call), NULL;
    if (toasty__raw_rows_init(&rows, model, err) < 0)
        return NULL;
    if (run_foreign(db, *raw, &rows, err) < 0)
        return toasty__raw_rows_drop(&rows), NULL;
    return toasty__raw_rows_publish(&rows, err);
}

toasty_rows *toasty_sql_rows_(toasty_db *db, const char *sql, const toasty_value *values, size_t count)
{
    return run_for_rows(db, NULL, "toasty_sql_rows", &(raw){.sql = sql, .values = values, .count = count});
}

void *toasty__sql_list(toasty_db *db, const toasty_model *model, const char *sql, const toasty_value *values,
                       size_t count)
{
    return run_for_rows(db, model, "a list by raw SQL", &(raw){.sql = sql, .values = values, .count = count});
}
