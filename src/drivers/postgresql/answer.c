/* What the server says, message by message: each is for the entry that was sent first.
 *
 * The answer of an operation begins with BindComplete and ends with CommandComplete; between them may stand a
 * description and rows, which go straight into the sink. An error ends the group in its place, and all up to
 * the Sync is skipped by the server. ReadyForQuery ends the entry. Notices and the like may come anywhere.
 * Whatever else comes means that one of the two has lost its place, and ends the connection: the next answer
 * could be given to the wrong job.
 *
 * Answers are held back as they came, to be read once the group has ended well, where it may have to be
 * repeated: those of writes of several operations, and all while a cancel request may still hit a neighbour.
 */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"

#include <ctype.h>
#include <stdlib.h>

/* Whether a message makes sense where it came. */
typedef enum { OUT_OF_STEP, IN_STEP } step_kept;

/* --- complaints --- */

/* The server is making changes permanent: when it fails now, nobody knows how far it came. */
static bool is_committing(const pg_entry *entry)
{
    return !entry->aborted &&
           (entry->at == entry->count ||
            (entry->job && entry->job->operations[entry->at].kind == TOASTY_OPERATION_COMMIT));
}

static step_kept take_complaint(pg_connection *connection, pg_entry *entry, const pg_message *message)
{
    pg_complaint complaint;
    toasty_error error;
    if (!toasty__pg_complaint_read(&complaint, message))
        return OUT_OF_STEP;
    if (toasty__pg_is_fatal(&complaint)) {
        toasty__pg_error_of_complaint(&complaint, NULL, &error);
        error.code = TOASTY_CONNECTION_LOST;
        toasty__pg_lose(connection, &error, !entry || !is_committing(entry));
        return IN_STEP;
    }
    if (!entry || entry->aborted)
        return OUT_OF_STEP;
    toasty__pg_entry_refuse(connection, entry, &complaint);
    return IN_STEP;
}

static step_kept refuse_copy(pg_connection *connection)
{
    toasty_error error;
    toasty__fail(&error, TOASTY_UNSUPPORTED, "COPY between server and client is not supported");
    toasty__pg_lose(connection, &error, true);
    return IN_STEP;
}

/* --- answers of operations --- */

static toasty_operation *operation_of(const pg_entry *entry)
{
    return &entry->job->operations[entry->at];
}

static pg_columns *columns_of(pg_connection *connection, const pg_entry *entry)
{
    pg_statement *statement = entry->steps[entry->at].statement;
    return statement ? &statement->columns : &connection->portal;
}

/* This row and those behind it. */
static step_kept take_rows(pg_connection *connection, pg_entry *entry, pg_input *input,
                           const pg_message *message)
{
    toasty_operation *operation = operation_of(entry);
    toasty_sink *sink = operation->sink;
    toasty_error *err = &entry->job->error;
    pg_columns *columns = columns_of(connection, entry);
    if (!sink) {
        entry->rows++;
        return IN_STEP;
    }
    int status = entry->rows ? 0
                             : toasty__pg_columns_fit(columns, sink, operation->statement->text_results,
                                                      connection->checks_text, err);
    entry->stored = true;
    if (status == 0)
        status = toasty__pg_decode_rows(columns, sink, input, message, &entry->rows, err);
    if (status < 0)
        toasty__pg_entry_fail(entry);
    return status > 0 ? OUT_OF_STEP : IN_STEP;
}

/* "INSERT 0 5", "SELECT 3", "CREATE TABLE": the number at the end, if there is one. */
static int64_t count_of(const char *tag)
{
    const char *last = strrchr(tag, ' ');
    uint64_t count = 0;
    for (const char *digit = last ? last + 1 : ""; isdigit((unsigned char)*digit); digit++)
        count = count * 10 + (uint64_t)(*digit - '0');
    return (int64_t)(count & INT64_MAX);
}

/* The server answers a COMMIT of a failed transaction with ROLLBACK, and calls it success. */
static bool has_committed(const toasty_operation *operation, const char *tag)
{
    return operation->kind != TOASTY_OPERATION_COMMIT || !strcmp(tag, "COMMIT");
}

/* COMMIT AND CHAIN leaves a transaction open, but another one; and so does ROLLBACK AND CHAIN, whose tag is
 * also that of ROLLBACK TO. */
static bool has_chained(const toasty_operation *operation, const char *tag)
{
    return !strcmp(tag, "COMMIT") ||
           (!strcmp(tag, "ROLLBACK") && strcasestr(operation->statement->sql, "chain"));
}

static void complete(pg_entry *entry, const char *tag)
{
    toasty_operation *operation = operation_of(entry);
    if (entry->foreign)
        entry->chained = has_chained(operation, tag);
    if (!has_committed(operation, tag)) {
        toasty__fail(&entry->job->error, TOASTY_TRANSACTION_FAILED,
                     "an earlier statement had failed: the transaction was rolled back");
        toasty__pg_entry_fail(entry);
        return;
    }
    operation->count = entry->rows ? (int64_t)entry->rows : count_of(tag);
    if (entry->resumes) {
        entry->first = entry->at + 1;
        entry->stored = false;
    }
}

/* The columns of what has no name; the names of them for who asked. */
static step_kept describe_portal(pg_connection *connection, pg_entry *entry, const pg_message *message)
{
    toasty_sink *sink = operation_of(entry)->sink;
    toasty_error *err = &entry->job->error;
    const char **names = NULL;
    bool named = sink && sink->describe;
    int status = toasty__pg_columns_read(&connection->portal, message, named ? &names : NULL, err);
    if (status == 0 && named)
        status = sink->describe(sink, names, connection->portal.count, err);
    toasty__free(names);
    if (status < 0)
        toasty__pg_entry_fail(entry);
    return status > 0 ? OUT_OF_STEP : IN_STEP;
}

/* A part of the answer to the current operation, of a job that wants it. */
static step_kept take_part(pg_connection *connection, pg_entry *entry, pg_input *input,
                           const pg_message *message)
{
    switch (message->type) {
    case 'D':
        return take_rows(connection, entry, input, message);
    case 'T':
        return describe_portal(connection, entry, message);
    case 'C':
        if (!message->length || message->body[message->length - 1])
            return OUT_OF_STEP;
        complete(entry, message->body);
        return IN_STEP;
    default: /* EmptyQueryResponse in the place of CommandComplete */
        complete(entry, "");
        return IN_STEP;
    }
}

static bool ends_operation(const pg_message *message)
{
    return message->type == 'C' || message->type == 'I';
}

/* Without memory the job fails, whatever the server will have done: only its answer could tell. */
static void hold(pg_entry *entry, const pg_message *message)
{
    char header[PG_HEADER] = {message->type};
    pg_put32(header + 1, (int32_t)message->length + 4);
    toasty__buffer_add(&entry->held, header, sizeof header);
    toasty__buffer_add(&entry->held, message->body, message->length);
    if (!entry->held.failed)
        return;
    toasty__fail_memory(&entry->job->error);
    toasty__pg_entry_fail(entry);
}

static step_kept take_answer(pg_connection *connection, pg_entry *entry, pg_input *input,
                             const pg_message *message)
{
    step_kept kept = IN_STEP;
    if (entry->job && !entry->failed) {
        if (entry->holds)
            hold(entry, message);
        else
            kept = take_part(connection, entry, input, message);
    }
    if (kept == IN_STEP && ends_operation(message)) {
        entry->at++;
        entry->rows = 0;
    }
    return kept;
}

/* The group has ended well: reads what was held, as if it came now. */
static step_kept take_held(pg_connection *connection, pg_entry *entry)
{
    pg_input held = {entry->held.bytes, 0, entry->held.length};
    pg_message message;
    step_kept kept = IN_STEP;
    entry->holds = false;
    entry->at = entry->first;
    while (kept == IN_STEP && pg_next(&held, &message) > 0)
        kept = take_answer(connection, entry, &held, &message);
    return kept;
}

/* --- statements --- */

/* What is described for a name belongs to the statement, whoever asked for it. */
static step_kept describe_statement(pg_connection *connection, pg_entry *entry, const pg_message *message)
{
    const pg_step *step = &entry->steps[entry->at];
    pg_statement *statement = step->statement;
    toasty_error error;
    if (!step->parsed || statement->acknowledged || statement->forgotten)
        return OUT_OF_STEP;
    int status =
        message->type == 'T' ? toasty__pg_columns_read(&statement->columns, message, NULL, &error) : 0;
    if (status == 0)
        toasty__pg_statement_acknowledge(connection, statement);
    if (status >= 0)
        return status ? OUT_OF_STEP : IN_STEP;
    toasty__pg_statement_forget(connection, statement, true);
    if (entry->job && !entry->failed) {
        entry->job->error = error;
        toasty__pg_entry_fail(entry);
    }
    return IN_STEP;
}

static step_kept take_description(pg_connection *connection, pg_entry *entry, pg_input *input,
                                  const pg_message *message)
{
    if (entry->steps[entry->at].statement)
        return describe_statement(connection, entry, message);
    if (entry->rows)
        return OUT_OF_STEP;
    return message->type == 'T' ? take_answer(connection, entry, input, message) : IN_STEP;
}

/* --- ends --- */

static void set_session(toasty_connection *base, bool in_transaction, bool unknown)
{
    base->session = (uint8_t)((base->session & TOASTY_SESSION_TOUCHED) |
                              (in_transaction ? TOASTY_SESSION_IN_TRANSACTION : 0) |
                              (unknown ? TOASTY_SESSION_UNKNOWN : 0));
}

static step_kept take_end(pg_connection *connection, pg_entry *entry, const pg_message *message)
{
    if (message->length != 1 || (!entry->aborted && entry->at != entry->count))
        return OUT_OF_STEP;
    bool in_transaction = message->body[0] != 'I', chained = entry->chained && in_transaction;
    if (entry->job && !entry->failed && entry->holds && take_held(connection, entry) == OUT_OF_STEP)
        return OUT_OF_STEP;
    toasty__pg_queue_take(&connection->sent);
    toasty__pg_cancel_forget(connection, entry);
    connection->unknown -= entry->unknown;
    set_session(&connection->base, in_transaction, connection->unknown || chained);
    if (!connection->sent.first)
        connection->transaction_expected = in_transaction;
    toasty__pg_entry_release(connection, entry);
    toasty__pg_entry_end(connection, entry);
    return IN_STEP;
}

/* An answer that begins. */
static step_kept take_bound(pg_connection *connection, pg_entry *entry)
{
    entry->rows = 0;
    entry->holds |= connection->strays > 0 && entry->at == entry->first;
    connection->portal.count = 0;
    return IN_STEP;
}

static step_kept take_parsed(pg_entry *entry)
{
    entry->steps[entry->at].parsed = entry->steps[entry->at].parses;
    return IN_STEP;
}

static step_kept take(pg_connection *connection, pg_input *input, const pg_message *message)
{
    pg_entry *entry = connection->sent.first;
    bool answering = entry && !entry->aborted && entry->at < entry->count;
    switch (message->type) {
    case 'D': /* DataRow */
    case 'C': /* CommandComplete */
    case 'I': /* EmptyQueryResponse */
        return answering ? take_answer(connection, entry, input, message) : OUT_OF_STEP;
    case '2': /* BindComplete */
        return answering ? take_bound(connection, entry) : OUT_OF_STEP;
    case 'Z': /* ReadyForQuery */
        return entry ? take_end(connection, entry, message) : OUT_OF_STEP;
    case '1': /* ParseComplete */
        return answering ? take_parsed(entry) : OUT_OF_STEP;
    case 'T': /* RowDescription */
    case 'n': /* NoData */
        return answering ? take_description(connection, entry, input, message) : OUT_OF_STEP;
    case 'E': /* ErrorResponse */
        return take_complaint(connection, entry, message);
    case 'G': /* CopyInResponse */
    case 'H': /* CopyOutResponse */
    case 'W': /* CopyBothResponse */
        return answering ? refuse_copy(connection) : OUT_OF_STEP;
    case 't': /* ParameterDescription: the types are ours */
    case '3': /* CloseComplete */
    case 'N': /* NoticeResponse */
    case 'S': /* ParameterStatus */
    case 'A': /* NotificationResponse */
        return IN_STEP;
    default:
        return OUT_OF_STEP;
    }
}

void toasty__pg_take_answers(pg_connection *connection)
{
    pg_input *input = &connection->stream.in;
    pg_message message;
    int status = 0;
    while (!connection->base.broken && (status = pg_next(input, &message)) > 0)
        if (take(connection, input, &message) == OUT_OF_STEP) {
            status = -1;
            break;
        }
    if (status >= 0)
        return;
    toasty_error error;
    toasty__fail(&error, TOASTY_CONNECTION_LOST,
                 "the connection was lost: the server said what cannot be understood");
    toasty__pg_lose(connection, &error, false);
}
