/* Steps into commands, in the order in which they are to run.
 *
 * What has to be prepared is asked for first, for all that wait in one write; who waits with it is sent once
 * the server has it. The commands of all jobs of a turn then lie in the stream's buffer one behind the other,
 * and leave with one write. A job with a value that cannot be sent is taken back out of the buffer and fails
 * alone. */
#include "mysql.h"

#include "base/alloc.h"
#include "base/error.h"
#include "sql/dialect.h"

enum {
    COM_QUERY = 0x03,
    COM_PING = 0x0e,
    COM_PREPARE = 0x16,
    COM_EXECUTE = 0x17,
    COM_CLOSE = 0x19,
    COM_RESET = 0x1f
};

/* --- commands --- */

static void put_command(toasty__buffer *out, uint8_t command, const char *text, my_step *step)
{
    size_t start = my_begin(out);
    my_put8(out, command);
    my_put(out, text, strlen(text));
    step->sequence = toasty__my_end(out, start, 0);
}

static void put_control(toasty__buffer *out, const toasty_operation *operation, my_step *step)
{
    char text[TOASTY__CONTROL_TEXT];
    toasty__sql_control(&toasty__dialect_mysql, operation, text, sizeof text);
    put_command(out, operation->kind == TOASTY_OPERATION_PING ? COM_PING : COM_QUERY, text, step);
    step->begins = MY_DONE;
}

static int put_execute(toasty__buffer *out, const toasty_operation *operation, my_step *step,
                       toasty_error *err)
{
    size_t start = my_begin(out), count = toasty__my_placeholder_count(operation);
    if (count != step->statement->parameters)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "the statement has %u parameters, and %zu values",
                            (unsigned)step->statement->parameters, count);
    my_put8(out, COM_EXECUTE);
    my_put32(out, step->statement->number);
    my_put8(out, 0);  /* no cursor: all rows come */
    my_put32(out, 1); /* once */
    if (count && toasty__my_encode_values(out, operation, err) < 0)
        return -1;
    step->sequence = toasty__my_end(out, start, 0);
    return 0;
}

static int put_step(my_connection *connection, my_entry *entry, my_step *step, toasty_error *err)
{
    toasty__buffer *out = &connection->stream.out;
    size_t start = out->length;
    if (step->kind == MY_STEP_PREPARE)
        put_command(out, COM_PREPARE, step->text, step);
    else if (step->kind == MY_STEP_CLEAN && !step->text)
        put_command(out, COM_RESET, "", step);
    else if (step->text)
        put_command(out, COM_QUERY, step->text, step);
    else {
        const toasty_operation *operation = &entry->job->operations[step->operation];
        if (step->statement && put_execute(out, operation, step, err) < 0)
            return -1;
        if (!step->statement && operation->kind == TOASTY_OPERATION_SQL)
            put_command(out, COM_QUERY, operation->statement->sql, step);
        else if (!step->statement)
            put_control(out, operation, step);
    }
    if (out->failed)
        return toasty__fail_memory(err);
    if (connection->session.largest && out->length - start - MY_HEADER > connection->session.largest)
        return toasty__fail(err, TOASTY_INVALID_VALUE,
                            "a statement with values of %zu bytes; the server takes %llu at once "
                            "(max_allowed_packet)",
                            out->length - start - MY_HEADER, (unsigned long long)connection->session.largest);
    return 0;
}

/* --- steps --- */

/* Whether a step may leave before those ahead of it are answered. */
static bool may_go_ahead(const my_connection *connection, const my_entry *entry, uint32_t step)
{
    const my_database *database = connection->database;
    return step == entry->at ||
           (database->pipelines && !(database->awaits_groups && entry->steps[step].kind == MY_STEP_GUARD));
}

/* -1 with err: a step cannot be sent; those before it lie in the stream. */
static int put_steps(my_connection *connection, my_entry *entry, toasty_error *err)
{
    toasty__buffer *out = &connection->stream.out;
    while (entry->written < entry->step_count && may_go_ahead(connection, entry, entry->written)) {
        my_step *step = &entry->steps[entry->written];
        if (entry->job)
            entry->job->failed = step->operation;
        size_t start = out->length;
        if (put_step(connection, entry, step, err) < 0) {
            out->length = start;
            out->failed = false;
            return -1;
        }
        entry->written++;
    }
    if (entry->job && !entry->failed)
        entry->job->failed = 0;
    return 0;
}

void toasty__my_send_rest(my_connection *connection, my_entry *entry)
{
    toasty_error error;
    if (put_steps(connection, entry, entry->job ? &entry->job->error : &error) < 0) {
        if (!entry->job) {
            toasty__my_lose(connection, &error, false);
            return;
        }
        toasty__my_entry_fail(entry);
        entry->step_count = entry->written;
    }
    toasty__my_send_soon(connection);
}

void toasty__my_send_step(my_connection *connection, my_entry *entry, my_step_kind kind, const char *text)
{
    toasty_error error;
    toasty__buffer *out = &connection->stream.out;
    size_t start = out->length;
    entry->steps[0] = (my_step){.text = text, .kind = (uint8_t)kind, .begins = MY_DONE, .sequence = 1};
    entry->step_count = 1;
    entry->at = entry->written = 0;
    entry->commits_at = MY_NEVER;
    entry->place = MY_DONE;
    entry->sequence = 1;
    if (put_step(connection, entry, &entry->steps[0], &error) < 0) {
        out->length = start;
        toasty__my_lose(connection, &error, false);
        return;
    }
    entry->written = 1;
    toasty__my_send_soon(connection);
}

/* --- what is prepared first --- */

/* The server is asked to prepare a statement. False: no memory. */
static bool ask(my_connection *connection, my_statement *statement, const char *sql)
{
    toasty_error ignored;
    toasty__buffer *out = &connection->stream.out;
    size_t start = out->length;
    my_entry *entry = toasty__my_entry_new(connection, NULL);
    if (!entry)
        return false;
    entry->steps[0] = (my_step){
        .statement = statement, .text = sql, .kind = MY_STEP_PREPARE, .begins = MY_PREPARED, .sequence = 1};
    entry->step_count = 1;
    if (put_step(connection, entry, &entry->steps[0], &ignored) < 0) {
        out->length = start;
        out->failed = false;
        toasty__my_entry_free(connection, entry);
        return false;
    }
    entry->written = 1;
    entry->statements[0] = statement;
    statement->kept.in_flight++;
    statement->asked = true;
    toasty__my_entry_begin(entry);
    toasty__my_queue_add(&connection->sent, entry);
    return true;
}

/* Asks for the statements of a job. 1: the server has them all; 0: not yet; -1 with the job's error. */
static int prepare(my_connection *connection, my_entry *entry)
{
    toasty_job *job = entry->job;
    int ready = 1;
    for (uint32_t i = entry->first; i < job->count; i++) {
        const toasty_operation *operation = &job->operations[i];
        if (!toasty__my_is_prepared(operation))
            continue;
        my_statement **statement = &entry->statements[i];
        if (!*statement)
            *statement = toasty__my_statement_use(connection, operation->statement);
        job->failed = i;
        if (*statement && (*statement)->refusal) {
            toasty__my_error_of_complaint(&(*statement)->refusal->complaint, operation, &job->error);
            return -1;
        }
        if (*statement && (*statement)->kept.acknowledged && (*statement)->columns.lost)
            return toasty__fail_memory(&job->error);
        if (*statement && !(*statement)->asked && !connection->database->pipelines && connection->sent.first)
            return 0; /* one at a time */
        if (!*statement || (!(*statement)->asked && !ask(connection, *statement, operation->statement->sql)))
            return toasty__fail_memory(&job->error);
        ready &= (*statement)->kept.acknowledged;
    }
    job->failed = 0;
    return ready;
}

/* --- what is asked first --- */

/* A raw statement may have changed what the session was when it was last asked. 1: what the job depends on is
 * known; 0: not yet; -1: no memory to ask. */
static int know_session(my_connection *connection, my_entry *waiting)
{
    if (connection->session_known == MY_KNOWN || !toasty__my_depends_on_session(waiting->job))
        return 1;
    if (connection->session_known == MY_ASKED)
        return 0;
    my_entry *entry = toasty__my_entry_new(connection, NULL);
    if (!entry)
        return toasty__fail_memory(&waiting->job->error);
    entry->steps[0] = (my_step){.text = connection->database->session_question,
                                .kind = MY_STEP_ASK,
                                .begins = MY_RESULT,
                                .sequence = 1};
    entry->step_count = 1;
    connection->session_known = MY_ASKED;
    toasty__my_entry_begin(entry);
    toasty__my_queue_add(&connection->sent, entry);
    toasty__my_send_rest(connection, entry);
    return 0;
}

/* --- jobs --- */

/* Statements that fell out of the set: nothing answers that they are closed. */
static void close_statements(my_connection *connection)
{
    toasty__buffer *out = &connection->stream.out;
    toasty__kept_set *statements = &connection->statements;
    for (toasty__kept *kept; (kept = toasty__kept_to_close(statements));) {
        size_t begun = out->length, start = my_begin(out);
        my_put8(out, COM_CLOSE);
        my_put32(out, ((my_statement *)kept)->number);
        toasty__my_end(out, start, 0);
        statements->free(kept);
        if (out->failed)
            out->length = begun; /* the server keeps it until the connection ends */
        out->failed = false;
    }
}

static void send_entry(my_connection *connection, my_entry *entry)
{
    toasty__buffer *out = &connection->stream.out;
    size_t start = out->length;
    bool expected = connection->transaction_expected;
    toasty__my_lay_out(connection, entry);
    entry->at = entry->written = 0;
    if (put_steps(connection, entry, &entry->job->error) < 0) {
        out->length = start; /* nothing of it is sent */
        connection->transaction_expected = expected;
        toasty__my_entry_done(connection, entry);
        return;
    }
    toasty__my_entry_begin(entry);
    entry->holds |= connection->strays && entry->outside;
    toasty__my_queue_add(&connection->sent, entry);
    if (entry->foreign) {
        connection->base.session |= TOASTY_SESSION_TOUCHED;
        connection->session_known = MY_STALE;
    }
}

static bool is_foreign(const toasty_job *job)
{
    for (uint32_t i = 0; i < job->count; i++)
        if (job->operations[i].kind == TOASTY_OPERATION_SQL && job->operations[i].statement->foreign)
            return true;
    return false;
}

static bool is_group(const toasty_job *job)
{
    return job->atomic && job->count > 1;
}

/* Statements of the user are under way alone: what is sent next is to know what they do to the transaction.
 * Behind a group nothing is, since what it leaves is known at its end; and nothing that was given up is ahead
 * of one, since a request to stop that would hit it. */
static bool may_be_sent(const my_connection *connection, const my_entry *entry)
{
    bool alone = is_foreign(entry->job);
    if (!connection->database->pipelines && connection->sent.first)
        return false;
    for (const my_entry *at = connection->sent.first; at; at = at->next) {
        if (at->ours)
            continue;
        if (at->foreign || at->guarded || alone || (is_group(entry->job) && !at->job))
            return false;
    }
    return !is_group(entry->job) || !connection->strays || !connection->sent.first;
}

/* All that wait are prepared in one write. */
static void prepare_others(my_connection *connection)
{
    enum { MOST_AT_ONCE = 64 };
    uint32_t count = 0;
    for (my_entry *entry = connection->waiting.first; entry && count < MOST_AT_ONCE; entry = entry->next)
        if (++count > 1 && prepare(connection, entry) < 0)
            toasty__error_clear(&entry->job->error); /* told when it is its turn */
}

void toasty__my_send_waiting(my_connection *connection)
{
    if (connection->base.unclean)
        toasty__my_clean(connection);
    close_statements(connection);
    my_queue *waiting = &connection->waiting;
    while (waiting->first && may_be_sent(connection, waiting->first)) {
        int ready = prepare(connection, waiting->first);
        if (ready == 0) {
            if (connection->database->pipelines)
                prepare_others(connection);
            return;
        }
        if (ready > 0)
            ready = know_session(connection, waiting->first); /* which may lose the connection */
        if (ready == 0)
            return;
        my_entry *entry = toasty__my_queue_take(waiting);
        if (ready > 0)
            send_entry(connection, entry);
        else
            toasty__my_entry_done(connection, entry);
    }
}
