/* What the server says, message by message: each is for the entry that was sent first.
 *
 * What may come is in the table of order.h, and each message is looked up there once, before anything else is
 * done with it. Rows go straight into the sink. An error ends the group in its place, and all up to the Sync
 * is skipped by the server. ReadyForQuery ends the entry. Notices and the like may come anywhere. Whatever
 * else comes means that one of the two has lost its place, and ends the connection: the next answer could be
 * given to the wrong job.
 *
 * Answers are held back as they came, to be read once the group has ended well, where it may have to be
 * repeated: those of writes of several operations, and all while a cancel request may still hit a neighbour.
 */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"

#include <ctype.h>

/* Whether a message makes sense where it came. */
typedef enum { OUT_OF_STEP, IN_STEP } step_kept;

/* --- complaints and news --- */

static step_kept take_complaint(pg_connection *connection, pg_entry *entry, const pg_message *message)
{
    pg_complaint complaint;
    toasty_error error;
    if (!toasty__pg_complaint_read(&complaint, message))
        return OUT_OF_STEP;
    if (toasty__pg_is_fatal(&complaint)) {
        toasty__pg_error_of_complaint(&complaint, NULL, &error);
        error.code = TOASTY_CONNECTION_LOST;
        toasty__pg_lose(connection, &error, toasty__pg_is_of_server(&complaint));
        return IN_STEP;
    }
    if (!entry || entry->place == PG_SKIPPED)
        return OUT_OF_STEP;
    toasty__pg_entry_refuse(connection, entry, &complaint);
    return IN_STEP;
}

/* "client_encoding", then its value. All text is sent and read as UTF-8: in any other encoding what is stored
 * would not be what was meant, and no server could tell. */
static step_kept take_setting(pg_connection *connection, const pg_message *message)
{
    static const char encoding[] = "client_encoding", utf8[] = "UTF8";
    toasty_error error;
    if (message->length < sizeof encoding || memcmp(message->body, encoding, sizeof encoding) != 0 ||
        (message->length == sizeof encoding + sizeof utf8 &&
         memcmp(message->body + sizeof encoding, utf8, sizeof utf8) == 0))
        return IN_STEP;
    toasty__fail(&error, TOASTY_CONNECTION_LOST,
                 "the connection was closed: a raw statement set client_encoding, and text is sent as UTF8");
    toasty__pg_lose(connection, &error, true);
    return IN_STEP;
}

/* Messages that are not part of an answer. */
static step_kept take_aside(pg_connection *connection, pg_entry *entry, const pg_message *message)
{
    switch (message->type) {
    case 'E': /* ErrorResponse */
        return take_complaint(connection, entry, message);
    case 'S': /* ParameterStatus */
        return take_setting(connection, message);
    case 'N': /* NoticeResponse */
    case 'A': /* NotificationResponse */
        return IN_STEP;
    default:
        return OUT_OF_STEP;
    }
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
static step_kept take_rows(pg_connection *connection, pg_entry *entry, toasty__input *input,
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

static inline bool is_tag(const pg_message *message)
{
    return message->length && !message->body[message->length - 1];
}

/* "INSERT 0 5", "SELECT 3", "CREATE TABLE": the number at the end of a tag. False: there is none. */
static bool has_count(const pg_message *message, uint64_t *count)
{
    const char *end = message->body + message->length - 1, *at = end;
    *count = 0;
    for (uint64_t unit = 1; at > message->body && at[-1] >= '0' && at[-1] <= '9'; unit *= 10)
        *count += (uint64_t)(*--at - '0') * unit;
    return at < end;
}

/* A sink that was described, or knew its columns before, has as many rows as the server has sent. */
static bool expects_rows(const pg_entry *entry)
{
    const toasty_sink *sink = operation_of(entry)->sink;
    return entry->rows || (sink && sink->columns);
}

static inline step_kept complete_statement(pg_entry *entry, const pg_message *message)
{
    uint64_t count;
    if (!is_tag(message))
        return OUT_OF_STEP;
    if (!has_count(message, &count))
        count = entry->rows;
    else if (count != entry->rows && expects_rows(entry))
        return OUT_OF_STEP;
    operation_of(entry)->count = (int64_t)(count & INT64_MAX);
    if (entry->resumes) {
        entry->first = entry->at + 1;
        entry->stored = false;
    }
    return IN_STEP;
}

static step_kept fail_committing(pg_entry *entry)
{
    toasty__fail(&entry->job->error, TOASTY_TRANSACTION_FAILED,
                 "an earlier statement had failed: the transaction was rolled back");
    toasty__pg_entry_fail(entry);
    return IN_STEP;
}

/* The server answers a COMMIT of a failed transaction with ROLLBACK, and calls it success. */
static step_kept complete_control(pg_entry *entry, const toasty_operation *operation, const char *tag)
{
    static const char *const tags[] = {
        [TOASTY_OPERATION_BEGIN] = "BEGIN",       [TOASTY_OPERATION_COMMIT] = "COMMIT",
        [TOASTY_OPERATION_ROLLBACK] = "ROLLBACK", [TOASTY_OPERATION_SAVEPOINT] = "SAVEPOINT",
        [TOASTY_OPERATION_RELEASE] = "RELEASE",   [TOASTY_OPERATION_ROLLBACK_TO] = "ROLLBACK",
    };
    if (!strcmp(tag, tags[operation->kind]))
        return IN_STEP;
    if (operation->kind != TOASTY_OPERATION_COMMIT || strcmp(tag, "ROLLBACK") != 0)
        return OUT_OF_STEP;
    return fail_committing(entry);
}

static bool is_of_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* The first place of a word in a text, in any case; NULL when the text does not have it as a word. */
static const char *find_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = text; (at = strcasestr(at, word)); at++)
        if ((at == text || !is_of_name(at[-1])) && !is_of_name(at[length]))
            return at;
    return NULL;
}

/* COMMIT AND CHAIN leaves a transaction open, but another one; and so does ROLLBACK AND CHAIN, whose tag is
 * also that of ROLLBACK TO a savepoint, whatever that is called. */
static bool has_chained(const toasty_operation *operation, const char *tag)
{
    const char *chain = find_word(operation->statement->sql, "CHAIN"),
               *to = find_word(operation->statement->sql, "TO");
    return !strcmp(tag, "COMMIT") || (!strcmp(tag, "ROLLBACK") && chain && (!to || to > chain));
}

/* The text was to commit, and the server answered as it does when it could not. */
static bool has_rolled_back(const toasty_operation *operation, const char *tag)
{
    const char *sql = operation->statement->sql;
    return !strcmp(tag, "ROLLBACK") && !find_word(sql, "ROLLBACK") && !find_word(sql, "ABORT");
}

/* Statements that are not our own. A function apart, for the sake of registers. */
__attribute__((noinline)) static step_kept complete_other(pg_entry *entry, const pg_message *message)
{
    toasty_operation *operation = operation_of(entry);
    operation->count = 0;
    if (message->type == 'I') /* EmptyQueryResponse in the place of CommandComplete */
        return IN_STEP;
    if (!is_tag(message))
        return OUT_OF_STEP;
    if (operation->kind != TOASTY_OPERATION_SQL)
        return complete_control(entry, operation, message->body);
    if (has_rolled_back(operation, message->body))
        return fail_committing(entry);
    entry->chained = has_chained(operation, message->body);
    return complete_statement(entry, message);
}

static inline step_kept complete(pg_entry *entry, const pg_message *message)
{
    if (entry->foreign || operation_of(entry)->kind != TOASTY_OPERATION_SQL)
        return complete_other(entry, message);
    return complete_statement(entry, message);
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

/* Without memory the job fails, whatever the server did: only its answer could say. */
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

/* Nobody wants to know what the answer says, or not yet. */
static inline bool is_passed_over(pg_entry *entry, const pg_message *message)
{
    if (!entry->job || entry->failed)
        return true;
    if (entry->holds)
        hold(entry, message);
    return entry->holds;
}

/* The next operation's answer comes next. */
static inline void go_on(pg_entry *entry)
{
    entry->at++;
    entry->rows = 0;
    entry->place = entry->at < entry->count ? entry->steps[entry->at].begins : PG_SYNC;
}

static step_kept read_held(pg_connection *connection, pg_entry *entry, toasty__input *held,
                           const pg_message *message)
{
    step_kept kept = IN_STEP;
    switch (message->type) {
    case 'D':
        return take_rows(connection, entry, held, message);
    case 'T':
        return describe_portal(connection, entry, message);
    default:
        kept = complete(entry, message);
        go_on(entry);
        return kept;
    }
}

/* The group has ended well: reads what was held, whose order was looked at when it came. */
static step_kept take_held(pg_connection *connection, pg_entry *entry)
{
    toasty__input held = {entry->held.bytes, 0, entry->held.length};
    pg_message message;
    step_kept kept = IN_STEP;
    entry->at = entry->first;
    while (kept == IN_STEP && !entry->failed && pg_next(&held, &message) > 0)
        kept = read_held(connection, entry, &held, &message);
    return kept;
}

/* The data of a COPY would have to be read or given. One that waits for them has not changed anything; one
 * that gives them may have, as `COPY (DELETE … RETURNING …) TO STDOUT` does. */
static step_kept refuse_copy(pg_connection *connection, pg_entry *entry, const pg_message *message)
{
    static const char refused[] = "COPY between server and client is not supported";
    toasty_error error;
    if (entry->job && !entry->failed) {
        if (message->type == 'G')
            toasty__fail(&entry->job->error, TOASTY_UNSUPPORTED, "%s", refused);
        else
            toasty__fail(&entry->job->error, TOASTY_OUTCOME_UNKNOWN,
                         "%s; whether the statement has changed anything is not known", refused);
        toasty__pg_entry_fail(entry);
    }
    toasty__fail(&error, TOASTY_CONNECTION_LOST, "the connection was lost: %s", refused);
    toasty__pg_lose(connection, &error, false);
    return IN_STEP;
}

/* --- descriptions --- */

/* What is described for a name belongs to the statement, whoever asked for it. */
static step_kept describe_statement(pg_connection *connection, pg_entry *entry, const pg_message *message)
{
    pg_statement *statement = entry->steps[entry->at].statement;
    toasty_error error;
    int status =
        message->type == 'T' ? toasty__pg_columns_read(&statement->columns, message, NULL, &error) : 0;
    if (status == 0)
        toasty__pg_statement_acknowledge(connection, statement);
    if (status >= 0)
        return status ? OUT_OF_STEP : IN_STEP;
    toasty__kept_forget(&connection->statements, &statement->kept, true);
    if (entry->job && !entry->failed) {
        entry->job->error = error;
        toasty__pg_entry_fail(entry);
    }
    return IN_STEP;
}

static step_kept take_description(pg_connection *connection, pg_entry *entry, const pg_message *message)
{
    if (entry->steps[entry->at].statement)
        return describe_statement(connection, entry, message);
    if (message->type == 'n' || is_passed_over(entry, message))
        return IN_STEP;
    return describe_portal(connection, entry, message);
}

/* --- beginnings and ends --- */

static step_kept take_closed(pg_entry *entry)
{
    entry->place = --entry->closes ? PG_CLOSE : entry->steps[entry->at].begins;
    return IN_STEP;
}

static step_kept take_parsed(pg_entry *entry)
{
    entry->steps[entry->at].parsed = true;
    return IN_STEP;
}

static step_kept take_bound(pg_connection *connection, pg_entry *entry)
{
    entry->holds |= connection->strays > 0 && entry->at == entry->first;
    return IN_STEP;
}

static step_kept take_completed(pg_entry *entry, const pg_message *message)
{
    step_kept kept = is_passed_over(entry, message) ? IN_STEP : complete(entry, message);
    go_on(entry);
    return kept;
}

/* in_transaction: the server is, after all that was answered; unknown: in which one, or for how long. */
static void settle(pg_connection *connection, bool in_transaction, bool unknown)
{
    toasty_connection *base = &connection->base;
    base->session = (uint8_t)((base->session & TOASTY_SESSION_TOUCHED) |
                              (in_transaction ? TOASTY_SESSION_IN_TRANSACTION : 0) |
                              (unknown ? TOASTY_SESSION_UNKNOWN : 0));
    if (connection->sent.first)
        return;
    connection->transaction_expected = in_transaction;
    if (connection->waiting.first)
        toasty__pg_send_soon(connection);
}

static step_kept take_end(pg_connection *connection, pg_entry *entry, const pg_message *message)
{
    char status = message->length == 1 ? *message->body : '\0';
    bool in_transaction = status == 'T' || status == 'E';
    if (status != 'I' && !in_transaction)
        return OUT_OF_STEP;
    if (entry->job && !entry->failed && entry->holds && take_held(connection, entry) == OUT_OF_STEP)
        return OUT_OF_STEP;
    toasty__pg_queue_take(&connection->sent);
    toasty__pg_cancel_forget(connection, entry);
    connection->unknown -= entry->unknown;
    settle(connection, in_transaction, connection->unknown || (entry->chained && in_transaction));
    toasty__pg_entry_release(connection, entry);
    toasty__pg_entry_end(connection, entry);
    return IN_STEP;
}

/* --- messages --- */

static step_kept take(pg_connection *connection, toasty__input *input, const pg_message *message)
{
    pg_entry *entry = connection->sent.first;
    pg_place place = pg_follow(entry ? entry->place : PG_NOWHERE, message->type);
    if (place == PG_NOWHERE)
        return take_aside(connection, entry, message);
    entry->place = (uint8_t)place;
    switch (message->type) {
    case 'D': /* DataRow */
        return is_passed_over(entry, message) ? IN_STEP : take_rows(connection, entry, input, message);
    case 'C': /* CommandComplete */
    case 'I': /* EmptyQueryResponse */
        return take_completed(entry, message);
    case '2': /* BindComplete */
        return take_bound(connection, entry);
    case 'Z': /* ReadyForQuery */
        return take_end(connection, entry, message);
    case '1': /* ParseComplete */
        return take_parsed(entry);
    case 'T': /* RowDescription */
    case 'n': /* NoData */
        return take_description(connection, entry, message);
    case '3': /* CloseComplete */
        return take_closed(entry);
    case 'G': /* CopyInResponse */
    case 'H': /* CopyOutResponse */
        return refuse_copy(connection, entry, message);
    default: /* ParameterDescription: the types are ours */
        return IN_STEP;
    }
}

void toasty__pg_take_answers(pg_connection *connection)
{
    toasty__input *input = &connection->stream.in;
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
                 "the connection was lost: protocol error: unexpected message");
    toasty__pg_lose(connection, &error, false);
}
