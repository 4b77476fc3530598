/* Jobs into messages: each is a group of its own, all of it happens or nothing.
 *
 * An operation is a Bind and an Execute; before them stands a Parse when its statement has no name yet that
 * may be used. A statement that is to be kept is described behind its Parse, once; one without a name each
 * time, when its rows are wanted. A Sync ends the group. The groups of all jobs of a turn lie in the stream's
 * buffer one behind the other, and leave with one write. A job with a value that cannot be sent is taken back
 * out of the buffer and fails alone. */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"
#include "sql/dialect.h"

/* Unlike toasty__buffer_add, it lays out what has a fixed place in a message that has been reserved. */
static char *put(char *at, const void *bytes, size_t count)
{
    memcpy(at, bytes, count);
    return at + count;
}

static char *put16(char *at, size_t number)
{
    pg_put16(at, (int16_t)number);
    return at + 2;
}

/* --- messages --- */

/* A new message: room for its header and `body` bytes of its body; where those go, or NULL. */
static char *begin(toasty__buffer *out, char type, size_t body)
{
    char *at = pg_extend(out, PG_HEADER + body);
    if (!at)
        return NULL;
    *at = type;
    pg_put32(at + 1, (int32_t)(4 + body));
    return at + PG_HEADER;
}

static void put_parse(toasty__buffer *out, const char *name, size_t name_size, const char *sql,
                      const toasty_statement *typed)
{
    size_t sql_size = strlen(sql) + 1, count = typed ? toasty__pg_parameter_count(typed) : 0;
    char *at = begin(out, 'P', name_size + sql_size + 2 + 4 * count);
    if (!at)
        return;
    at = put(at, name, name_size);
    at = put(at, sql, sql_size);
    at = put16(at, count);
    if (count)
        toasty__pg_put_types(typed, at);
}

/* what: 'S' a statement, 'P' a portal. */
static bool put_named(toasty__buffer *out, char type, char what, const char *name, size_t name_size)
{
    char *at = begin(out, type, 1 + name_size);
    if (!at)
        return false;
    *at = what;
    put(at + 1, name, name_size);
    return true;
}

/* Binds to the portal without a name. operation: NULL when there are no values and no rows. */
static int put_bind(toasty__buffer *out, const char *name, size_t name_size,
                    const toasty_operation *operation, toasty_error *err)
{
    const toasty_statement *statement = operation ? operation->statement : NULL;
    size_t start = out->length, count = statement ? toasty__pg_parameter_count(statement) : 0;
    char *at = begin(out, 'B', 1 + name_size + 2 + 2 * count + 2);
    if (!at)
        return 0;
    *at++ = '\0';
    at = put(at, name, name_size);
    at = put16(at, count);
    if (count)
        toasty__pg_put_formats(statement, at);
    put16(at + 2 * count, count);
    if (count && toasty__pg_encode_values(out, operation, err) < 0)
        return -1;
    at = pg_extend(out, 4);
    if (!at)
        return 0;
    put16(put16(at, 1), !(statement && statement->text_results)); /* one format for all columns */
    if (out->length - start > PG_MAX_MESSAGE)
        return toasty__fail(err, TOASTY_INVALID_VALUE, "the values of the statement exceed 1 GiB");
    pg_put32(out->bytes + start + 1, (int32_t)(out->length - start - 1));
    return 0;
}

static void put_execute(toasty__buffer *out)
{
    static const char all_rows[] = {'E', 0, 0, 0, 9, 0, 0, 0, 0, 0};
    char *at = pg_extend(out, sizeof all_rows);
    if (at)
        put(at, all_rows, sizeof all_rows);
}

/* --- operations --- */

static void put_control(toasty__buffer *out, const toasty_operation *operation)
{
    char text[TOASTY__CONTROL_TEXT];
    toasty_error ignored;
    toasty__sql_control(&toasty__dialect_postgresql, operation, text, sizeof text);
    put_parse(out, "", 1, text, NULL);
    put_bind(out, "", 1, NULL, &ignored);
    put_execute(out);
}

/* Where the answer to a statement that is sent by its text begins. */
static pg_place place_of_text(const toasty_operation *operation)
{
    if (operation->statement->foreign)
        return operation->sink ? PG_RAW_SHOWN : PG_RAW;
    return operation->sink ? PG_SHOWN : PG_UNSHOWN;
}

static int put_operation(pg_connection *connection, pg_step *step, const toasty_operation *operation,
                         toasty_error *err)
{
    toasty__buffer *out = &connection->stream.out;
    const toasty_statement *text = operation->statement;
    if (operation->kind != TOASTY_OPERATION_SQL) {
        step->begins = operation->kind == TOASTY_OPERATION_PING ? PG_PING : PG_CONTROL;
        put_control(out, operation);
        return 0;
    }
    if (toasty__pg_parameter_count(text) > UINT16_MAX)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "the statement has %zu parameters; the database allows 65535",
                            toasty__pg_parameter_count(text));
    bool parse;
    pg_statement *statement = toasty__pg_statement_use(connection, text, &parse);
    step->statement = statement;
    step->begins = (uint8_t)(!statement ? place_of_text(operation) : parse ? PG_KEEP : PG_QUERY);
    const char *name = statement ? statement->name : "";
    size_t name_size = statement ? statement->name_size : 1;
    if (!statement || parse)
        put_parse(out, name, name_size, text->sql, text);
    if (statement && parse)
        put_named(out, 'D', 'S', name, name_size);
    if (put_bind(out, name, name_size, operation, err) < 0)
        return -1;
    if (!statement && operation->sink)
        put_named(out, 'D', 'P', "", 1);
    put_execute(out);
    return 0;
}

/* --- jobs --- */

static void commit_at(pg_entry *entry, uint32_t operation)
{
    if (operation < entry->commits_at)
        entry->commits_at = operation;
}

/* What the job does to the transaction, and whether there is one around it. */
static void look_at(pg_connection *connection, pg_entry *entry)
{
    const toasty_job *job = entry->job;
    bool reads_only = !job->atomic;
    entry->outside = !connection->transaction_expected;
    entry->foreign = false;
    entry->commits_at = PG_NEVER;
    for (uint32_t i = 0; i < job->count; i++) {
        const toasty_operation *operation = &job->operations[i];
        switch (operation->kind) {
        case TOASTY_OPERATION_SQL:
            if (!operation->statement->writes && !operation->statement->text_results)
                break;
            reads_only = false;
            entry->foreign = entry->foreign || operation->statement->foreign;
            if (operation->statement->foreign)
                commit_at(entry, i);
            else if (operation->statement->writes && !connection->transaction_expected)
                commit_at(entry, entry->count);
            break;
        case TOASTY_OPERATION_BEGIN:
            entry->outside = reads_only = false;
            connection->transaction_expected = true;
            break;
        case TOASTY_OPERATION_COMMIT:
            commit_at(entry, i);
            reads_only = connection->transaction_expected = false;
            break;
        case TOASTY_OPERATION_ROLLBACK:
            reads_only = connection->transaction_expected = false;
            break;
        default:
            reads_only = false;
        }
    }
    entry->resumes = reads_only;
}

static int put_operations(pg_connection *connection, pg_entry *entry, toasty_error *err)
{
    static const char sync[] = {'S', 0, 0, 0, 4};
    toasty__buffer *out = &connection->stream.out;
    for (uint32_t i = entry->first; i < entry->count; i++) {
        entry->job->failed = i;
        if (put_operation(connection, &entry->steps[i], &entry->job->operations[i], err) < 0)
            return -1;
    }
    entry->job->failed = 0;
    char *at = pg_extend(out, sizeof sync);
    if (!at || out->failed) /* a message that had no room may have smaller ones behind it */
        return toasty__fail_memory(err);
    put(at, sync, sizeof sync);
    return 0;
}

/* Statements that fell out of the set: the server closes them whatever the state of its transaction. */
static void close_statements(pg_connection *connection)
{
    toasty__buffer *out = &connection->stream.out;
    toasty__kept_set *statements = &connection->statements;
    for (toasty__kept *kept; (kept = toasty__kept_to_close(statements));) {
        const pg_statement *statement = (pg_statement *)kept;
        connection->closes += put_named(out, 'C', 'S', statement->name, statement->name_size);
        statements->free(kept);
    }
    out->failed = false;
}

static void send_entry(pg_connection *connection, pg_entry *entry)
{
    toasty__buffer *out = &connection->stream.out;
    bool expected = connection->transaction_expected;
    if (connection->statements.closing)
        close_statements(connection);
    size_t start = out->length;
    look_at(connection, entry);
    if (put_operations(connection, entry, &entry->job->error) == 0) {
        toasty__pg_entry_begin(entry);
        if (connection->closes) {
            entry->closes = connection->closes;
            entry->place = PG_CLOSE;
            connection->closes = 0;
        }
        toasty__pg_queue_add(&connection->sent, entry);
        connection->group++;
        if (entry->foreign)
            connection->base.session |= TOASTY_SESSION_TOUCHED;
        return;
    }
    out->length = start;
    out->failed = false;
    connection->transaction_expected = expected;
    toasty__pg_entry_release(connection, entry);
    toasty__pg_entry_done(connection, entry);
}

int toasty__pg_send_first(pg_connection *connection, toasty_job *job, toasty_error *err)
{
    pg_entry *entry = toasty__pg_entry_new(connection, job);
    if (!entry)
        return toasty__fail_memory(err);
    entry->ours = true;
    send_entry(connection, entry);
    return 0;
}

static bool is_foreign(const toasty_job *job)
{
    for (uint32_t i = 0; i < job->count; i++)
        if (job->operations[i].kind == TOASTY_OPERATION_SQL && job->operations[i].statement->foreign)
            return true;
    return false;
}

/* Statements of the user are under way alone: what is sent next is to know what they do to the transaction,
 * and a request to stop another statement must not hit them, since they cannot be repeated. */
static bool may_be_sent(const pg_connection *connection, const pg_entry *entry)
{
    const pg_entry *first = connection->sent.first;
    if (first && first->ours) /* it cleans the session for whoever stands behind it */
        first = first->next;
    return !first || (!first->foreign && !is_foreign(entry->job));
}

void toasty__pg_send_waiting(pg_connection *connection)
{
    if (connection->base.unclean)
        toasty__pg_clean(connection);
    pg_queue *waiting = &connection->waiting;
    while (waiting->first && may_be_sent(connection, waiting->first))
        send_entry(connection, toasty__pg_queue_take(waiting));
}
