/* What the server says, packet by packet: each is for the step that was sent first.
 *
 * What may come is in the table of order.h. Rows go straight into the sink. A complaint ends its step and no
 * other: what stands behind it in the same job is answered too, and skipped. Whatever cannot come where it
 * does means that one of the two has lost its place, and ends the connection: the next answer could be given
 * to the wrong job.
 *
 * Answers are held back as they came, to be read once the group has ended well, where it may have to be
 * repeated: those of groups, and all while a request to cancel may still hit a neighbour. */
#include "mysql.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/access.h"

/* Whether a packet makes sense where it came. */
typedef enum { OUT_OF_STEP, IN_STEP } step_kept;

static my_step *step_of(my_entry *entry)
{
    return &entry->steps[entry->at];
}

/* NULL when the step answers none, or nobody wants to know. */
static toasty_operation *operation_of(my_entry *entry)
{
    const my_step *step = step_of(entry);
    return entry->job && step->kind == MY_STEP_OPERATION ? &entry->job->operations[step->operation] : NULL;
}

/* Nobody wants to know what the answer says, or not yet. */
static bool is_passed_over(const my_entry *entry)
{
    return !entry->job || entry->failed || entry->holds || entry->further;
}

/* --- the end of an entry --- */

/* in_transaction: the server is, after all that was answered. */
static void settle(my_connection *connection)
{
    toasty_connection *base = &connection->base;
    bool in_transaction = connection->status & MY_STATUS_IN_TRANSACTION;
    base->session = (uint8_t)((base->session & TOASTY_SESSION_TOUCHED) |
                              (in_transaction ? TOASTY_SESSION_IN_TRANSACTION : 0) |
                              (connection->unknown ? TOASTY_SESSION_UNKNOWN : 0));
    if (!connection->sent.first)
        connection->transaction_expected = in_transaction;
    if (connection->waiting.first)
        toasty__my_send_soon(connection);
}

/* --- results --- */

static my_columns *columns_of(my_connection *connection, my_entry *entry)
{
    my_statement *statement = step_of(entry)->statement;
    return statement ? &statement->columns : &connection->portal;
}

static toasty_sink *sink_of(my_entry *entry)
{
    toasty_operation *operation = operation_of(entry);
    return operation ? operation->sink : NULL;
}

/* What an OK says, and the end of rows, which is one. */
typedef struct verdict {
    uint64_t changed, made_key;
} verdict;

/* A write was to run in the transaction that its entry begins, and the server says that there is none and
 * that it commits by itself. A statement of the user's may have ended it. */
static bool ran_outside(const my_connection *connection, my_entry *entry)
{
    uint16_t bits = connection->status & (MY_STATUS_AUTOCOMMIT | MY_STATUS_IN_TRANSACTION);
    if (!entry->begins || entry->foreign || bits != MY_STATUS_AUTOCOMMIT)
        return false;
    const toasty_operation *operation = operation_of(entry);
    return operation && operation->kind == TOASTY_OPERATION_SQL && operation->statement->writes;
}

static step_kept read_verdict(my_connection *connection, my_entry *entry, const my_packet *packet,
                              verdict *verdict)
{
    my_reader reader = my_read(packet);
    my_take8(&reader);
    verdict->changed = my_take_length(&reader);
    verdict->made_key = my_take_length(&reader);
    connection->status = my_take16(&reader);
    entry->status = (uint8_t)connection->status;
    entry->escaped |= ran_outside(connection, entry);
    return reader.failed ? OUT_OF_STEP : IN_STEP;
}

/* The statement has ended, as far as its first result goes; *ended: and there are no others. */
static step_kept end_result(my_entry *entry, bool *ended)
{
    *ended = !(entry->status & MY_STATUS_MORE_RESULTS);
    if (!*ended && !entry->foreign)
        return OUT_OF_STEP;
    entry->further = !*ended;
    entry->place = MY_RESULT;
    entry->rows = 0;
    return IN_STEP;
}

static bool wants_rows(my_entry *entry)
{
    const toasty_sink *sink = sink_of(entry);
    return sink && sink->columns && !entry->foreign;
}

/* Did an upsert make its row? Where it found one it says 0 for a key that is counted up, and 1 where none is
 * (sql/mysql.c), and an insert says the opposite. */
static bool made_row(const toasty_operation *operation)
{
    const toasty_model *model = operation->statement ? operation->statement->model : NULL;
    return model && operation->statement->upserts &&
           (operation->made_key != 0) == (toasty__sequence_field(model) != NULL);
}

static step_kept take_ok(my_connection *connection, my_entry *entry, const my_packet *packet, bool *ended)
{
    verdict verdict;
    if (read_verdict(connection, entry, packet, &verdict) == OUT_OF_STEP ||
        (!is_passed_over(entry) && wants_rows(entry)))
        return OUT_OF_STEP;
    toasty_operation *operation = is_passed_over(entry) ? NULL : operation_of(entry);
    if (operation && step_of(entry)->begins == MY_RESULT) {
        operation->count = (int64_t)(verdict.changed & INT64_MAX);
        operation->made_key = (int64_t)verdict.made_key;
        operation->key_step = connection->session.key_step;
        operation->created = made_row(operation);
    } else if (operation)
        operation->count = 0;
    return end_result(entry, ended);
}

static step_kept take_end(my_connection *connection, my_entry *entry, const my_packet *packet, bool *ended)
{
    verdict verdict;
    if (read_verdict(connection, entry, packet, &verdict) == OUT_OF_STEP)
        return OUT_OF_STEP;
    toasty_operation *operation = is_passed_over(entry) ? NULL : operation_of(entry);
    if (operation)
        operation->count = (int64_t)entry->rows;
    return end_result(entry, ended);
}

/* --- rows --- */

static void fail_by_itself(my_entry *entry)
{
    toasty__my_entry_fail(entry);
}

/* Whether the names of columns are of interest: to a sink that is told of them, now or when what is prepared
 * runs. */
static bool wants_names(my_entry *entry)
{
    const my_step *step = step_of(entry);
    const toasty_sink *sink = sink_of(entry);
    return (sink && sink->describe) || (step->kind == MY_STEP_PREPARE && !step->statement->kept.id);
}

static int describe(const my_columns *columns, toasty_sink *sink, toasty_error *err)
{
    size_t count = columns->count;
    const char **names = toasty__calloc(count + 1, sizeof *names);
    const char *at = columns->names.bytes;
    if (!names || columns->names.failed || columns->lost) {
        toasty__free(names);
        return toasty__fail_memory(err);
    }
    for (size_t i = 0; i < count; i++, at += strlen(at) + 1)
        names[i] = at;
    int status = sink->describe(sink, names, count, err);
    toasty__free(names);
    return status;
}

/* All columns are known: rows come next. */
static void begin_rows(my_connection *connection, my_entry *entry)
{
    my_columns *columns = columns_of(connection, entry);
    toasty_sink *sink = is_passed_over(entry) ? NULL : sink_of(entry);
    bool in_text = !step_of(entry)->statement;
    entry->place = in_text ? MY_TEXT_ROWS : MY_ROWS;
    if (!sink)
        return;
    toasty_error *err = &entry->job->error;
    if ((sink->describe && describe(columns, sink, err) < 0) ||
        toasty__my_columns_fit(columns, sink, operation_of(entry)->statement->text_results, in_text,
                               connection->database->kind->checks_text, err) < 0)
        fail_by_itself(entry);
}

/* What its columns are cannot be kept. The answer is passed over; a statement of which that was to be known
 * is prepared anew by the next who comes. */
static void fail_without_memory(my_connection *connection, my_entry *entry)
{
    my_statement *statement = step_of(entry)->statement;
    if (statement)
        toasty__kept_forget(&connection->statements, &statement->kept, true);
    if (!entry->job || entry->failed)
        return;
    toasty__fail_memory(&entry->job->error);
    fail_by_itself(entry);
}

static step_kept take_count(my_connection *connection, my_entry *entry, const my_packet *packet)
{
    my_columns *columns = columns_of(connection, entry);
    my_reader reader = my_read(packet);
    uint64_t count = my_take_length(&reader);
    bool described = !connection->caches_columns || my_take8(&reader);
    if (reader.failed || my_left(&reader) || !count || count > UINT16_MAX)
        return OUT_OF_STEP;
    if (!described) {
        if (columns->count != count)
            return OUT_OF_STEP;
        begin_rows(connection, entry);
        return IN_STEP;
    }
    if (toasty__my_columns_expect(columns, (size_t)count) < 0)
        fail_without_memory(connection, entry);
    entry->left = (uint32_t)count;
    entry->place = MY_COLUMNS;
    return IN_STEP;
}

static step_kept take_definition(my_connection *connection, my_entry *entry, const my_packet *packet,
                                 bool *ended)
{
    if (entry->place == MY_PARAMETERS) {
        const my_columns *columns = columns_of(connection, entry);
        if (--entry->left)
            return IN_STEP;
        entry->left = (uint32_t)columns->count;
        entry->place = MY_COLUMNS;
        *ended = !entry->left;
        return IN_STEP;
    }
    my_columns *columns = columns_of(connection, entry);
    if (!toasty__my_columns_add(columns, packet, columns->count - entry->left, wants_names(entry)))
        return OUT_OF_STEP;
    if (--entry->left)
        return IN_STEP;
    *ended = step_of(entry)->kind == MY_STEP_PREPARE;
    if (!*ended)
        begin_rows(connection, entry);
    return IN_STEP;
}

static bool is_among_rows(const my_entry *entry)
{
    return entry->place == MY_ROWS || entry->place == MY_TEXT_ROWS;
}

static bool is_row(const my_entry *entry, const my_packet *packet)
{
    return packet->first == entry->sequence && my_is_row((my_place)entry->place, packet);
}

/* Takes the descriptions of all columns at once, where they say nothing new. */
static void take_known_columns(my_connection *connection, my_entry *entry, toasty__input *input)
{
    const my_columns *columns = columns_of(connection, entry);
    if (entry->left != columns->count || step_of(entry)->kind != MY_STEP_OPERATION || wants_names(entry) ||
        !toasty__my_columns_again(columns, input))
        return;
    entry->sequence = (uint8_t)(entry->sequence + entry->left);
    entry->left = 0;
    begin_rows(connection, entry);
}

/* The answer to the driver's own question. False: it is none. */
static bool learn(my_connection *connection, my_entry *entry, const my_packet *packet)
{
    if (step_of(entry)->kind != MY_STEP_ASK)
        return true;
    if (connection->session_known == MY_ASKED)
        connection->session_known = MY_KNOWN;
    return toasty__my_session_read(&connection->session, packet);
}

/* As many rows as have come one behind the other, *packet among them. 1: it is what comes behind them; else
 * as toasty__my_next. */
static int take_rows(my_connection *connection, my_entry *entry, toasty__input *input, my_packet *packet)
{
    const my_columns *columns = columns_of(connection, entry);
    toasty_sink *sink = is_passed_over(entry) ? NULL : sink_of(entry);
    toasty_error *err = sink ? &entry->job->error : NULL;
    bool in_text = entry->place == MY_TEXT_ROWS;
    int more = 1;
    for (; more > 0 && is_row(entry, packet); more = toasty__my_next(input, packet)) {
        entry->sequence = packet->next;
        entry->rows++;
        if (!sink && !learn(connection, entry, packet))
            return -1;
        if (!sink)
            continue;
        entry->stored = true;
        int status = toasty__my_decode_row(columns, sink, packet, in_text, err);
        if (status > 0)
            return -1;
        if (status < 0) {
            fail_by_itself(entry);
            sink = NULL;
        }
    }
    return more;
}

/* --- what was prepared --- */

static step_kept take_prepared(my_connection *connection, my_entry *entry, const my_packet *packet,
                               bool *ended)
{
    my_statement *statement = step_of(entry)->statement;
    my_reader reader = my_read(packet);
    my_take8(&reader);
    statement->number = my_take32(&reader);
    uint16_t columns = my_take16(&reader), parameters = my_take16(&reader);
    if (reader.failed)
        return OUT_OF_STEP;
    statement->parameters = parameters;
    if (toasty__my_columns_expect(&statement->columns, columns) < 0)
        fail_without_memory(connection, entry);
    entry->left = parameters ? parameters : columns;
    entry->place = parameters ? MY_PARAMETERS : MY_COLUMNS;
    *ended = !entry->left;
    return IN_STEP;
}

static void acknowledge(my_connection *connection, my_statement *statement)
{
    statement->kept.acknowledged = true;
    connection->base.prepared++;
}

/* The server has no room for more prepared statements: ours make it, as long as there are some. */
static bool may_ask_again(my_connection *connection, my_statement *statement, uint16_t number)
{
    if (number != MY_ERROR_TOO_MANY_STATEMENTS || !toasty__kept_halve(&connection->statements))
        return false;
    statement->asked = false;
    return true;
}

/* Whoever waits with the statement is told why when it is his turn; the next one to come asks anew. */
static void refuse_to_prepare(my_connection *connection, my_entry *entry, const my_complaint *complaint)
{
    my_statement *statement = step_of(entry)->statement;
    if (complaint->number == MY_ERROR_INTERRUPTED && connection->strays) {
        connection->strays--;
        statement->asked = false;
        return;
    }
    if (may_ask_again(connection, statement, complaint->number))
        return;
    toasty__kept_forget(&connection->statements, &statement->kept, false);
    statement->refusal = toasty__my_refusal_of(complaint);
    statement->asked = statement->refusal != NULL;
}

/* --- complaints --- */

static void lose_what_was_told(my_connection *connection, const my_complaint *complaint)
{
    toasty_error error;
    toasty__my_error_of_complaint(complaint, NULL, &error);
    error.code = TOASTY_CONNECTION_LOST;
    toasty__my_lose(connection, &error, true);
}

static void ask_again(my_connection *connection)
{
    if (connection->strays)
        connection->strays--;
    connection->session_known = MY_STALE;
}

static bool is_undoing(my_entry *entry)
{
    return step_of(entry)->kind == MY_STEP_UNDO || step_of(entry)->kind == MY_STEP_RESTORE;
}

static step_kept take_complaint(my_connection *connection, my_entry *entry, const my_packet *packet)
{
    my_complaint complaint;
    toasty_error error;
    if (!toasty__my_complaint_read(&complaint, packet))
        return OUT_OF_STEP;
    if (toasty__my_is_goodbye(complaint.number))
        lose_what_was_told(connection, &complaint);
    else if (step_of(entry)->kind == MY_STEP_PREPARE)
        refuse_to_prepare(connection, entry, &complaint);
    else if (step_of(entry)->kind == MY_STEP_ASK && complaint.number == MY_ERROR_INTERRUPTED)
        ask_again(connection);
    else if (step_of(entry)->kind == MY_STEP_CLEAN || step_of(entry)->kind == MY_STEP_ASK) {
        toasty__fail(&error, TOASTY_CONNECTION_LOST,
                     "the connection was closed: what raw statements left in its session could not be "
                     "undone or asked: %.*s",
                     (int)complaint.length, complaint.message);
        toasty__my_lose(connection, &error, false);
    } else if (!is_undoing(entry)) /* …which is said again */
        toasty__my_entry_refuse(connection, entry, &complaint);
    return IN_STEP;
}

/* --- packets --- */

typedef enum outcome { GOES_ON, ENDED_WELL, ENDED_BADLY } outcome;

/* Takes a packet of the step that is answered. */
static step_kept take(my_connection *connection, my_entry *entry, const my_packet *packet, outcome *outcome)
{
    bool ended = false;
    step_kept kept = OUT_OF_STEP;
    if (packet->first != entry->sequence)
        return OUT_OF_STEP;
    entry->sequence = packet->next;
    switch (toasty__my_word((my_place)entry->place, packet)) {
    case MY_ROW:
        entry->rows++; /* of what is held back; others are taken by take_rows */
        return IN_STEP;
    case MY_OK:
        kept = entry->place == MY_PREPARED ? take_prepared(connection, entry, packet, &ended)
                                           : take_ok(connection, entry, packet, &ended);
        break;
    case MY_COUNT:
        kept = take_count(connection, entry, packet);
        break;
    case MY_DEFINITION:
        kept = take_definition(connection, entry, packet, &ended);
        break;
    case MY_END:
        kept = take_end(connection, entry, packet, &ended);
        break;
    case MY_NO:
        *outcome = ENDED_BADLY;
        return take_complaint(connection, entry, packet);
    case MY_NONSENSE:
        break;
    }
    *outcome = ended ? ENDED_WELL : GOES_ON;
    return kept;
}

/* --- steps --- */

/* The answer to the next step comes next. */
static void expect(my_entry *entry, uint32_t step)
{
    entry->at = step;
    entry->rows = 0;
    entry->further = false;
    if (step >= entry->step_count)
        return;
    entry->place = entry->steps[step].begins;
    entry->sequence = entry->steps[step].sequence;
}

/* The group has ended well: reads what was held, whose order was looked at when it came. */
static step_kept read_held(my_connection *connection, my_entry *entry)
{
    toasty__input held = {entry->held.bytes, 0, entry->held.length};
    my_packet packet;
    step_kept kept = IN_STEP;
    entry->holds = false;
    expect(entry, 0);
    while (kept == IN_STEP && !entry->failed && toasty__my_next(&held, &packet) > 0) {
        outcome outcome = GOES_ON;
        int more = is_among_rows(entry) ? take_rows(connection, entry, &held, &packet) : 1;
        if (more <= 0)
            return more < 0 ? OUT_OF_STEP : IN_STEP;
        kept = take(connection, entry, &packet, &outcome);
        if (outcome != GOES_ON)
            expect(entry, entry->at + 1);
    }
    return kept;
}

static void end_entry(my_connection *connection, my_entry *entry)
{
    toasty__my_queue_take(&connection->sent);
    toasty__my_cancel_forget(connection, entry);
    connection->unknown -= entry->unknown;
    if (!entry->ours)
        settle(connection);
    else if (connection->waiting.first)
        toasty__my_send_soon(connection);
    toasty__my_entry_end(connection, entry);
}

/* Requests to stop have hit both statements that begin the transaction, which is rare: what ran then is
 * there, whatever the guard says, and no rollback undoes it. */
static void tell_escaped(my_entry *entry)
{
    entry->again = false;
    entry->failed = true;
    if (entry->job)
        toasty__fail(
            &entry->job->error, TOASTY_OUTCOME_UNKNOWN,
            "the server was told to stop what begins the transaction; whether all, some or none of the "
            "changes were made is not known");
}

/* All steps are answered. What was to be a group and is none is undone first. */
static step_kept end_steps(my_connection *connection, my_entry *entry)
{
    if (entry->escaped && !entry->happened)
        tell_escaped(entry);
    if (entry->guarded && !entry->happened) {
        toasty__my_send_step(connection, entry, MY_STEP_UNDO, toasty__my_rollback);
        return IN_STEP;
    }
    if (entry->holds && entry->job && !entry->failed && read_held(connection, entry) == OUT_OF_STEP)
        return OUT_OF_STEP;
    end_entry(connection, entry);
    return IN_STEP;
}

/* A rollback, and what comes behind it, is said until the server has done it. */
static step_kept end_undoing(my_connection *connection, my_entry *entry, my_step_kind kind, bool well)
{
    enum { MOST_TRIES = 100 };
    if (!well && ++entry->undone > MOST_TRIES) {
        toasty_error error;
        toasty__fail(&error, TOASTY_CONNECTION_LOST,
                     "the connection was closed: the server does not roll back");
        toasty__my_lose(connection, &error, false);
    } else if (!well)
        toasty__my_send_step(connection, entry, kind,
                             kind == MY_STEP_UNDO ? toasty__my_rollback : toasty__my_restore);
    else if (kind == MY_STEP_UNDO)
        toasty__my_send_step(connection, entry, MY_STEP_RESTORE, toasty__my_restore);
    else
        end_entry(connection, entry);
    return IN_STEP;
}

/* What stands in an entry that failed, and was not sent, is not sent any more. */
static step_kept end_step(my_connection *connection, my_entry *entry, bool well)
{
    my_step *step = step_of(entry);
    if (is_undoing(entry))
        return end_undoing(connection, entry, (my_step_kind)step->kind, well);
    if (step->kind == MY_STEP_PREPARE && well)
        acknowledge(connection, step->statement);
    if (step->kind == MY_STEP_ASK && connection->session_known == MY_ASKED)
        return OUT_OF_STEP; /* who waits for the answer would wait for ever */
    if (step->kind == MY_STEP_GUARD)
        entry->happened = well;
    if (entry->resumes && !entry->failed) {
        entry->first = step->operation + 1;
        entry->stored = false;
    }
    entry->at++;
    if (entry->written == entry->at && entry->at < entry->step_count) {
        if (entry->failed || (!entry->job && !entry->ours))
            entry->step_count = entry->at;
        else
            toasty__my_send_rest(connection, entry);
        if (connection->base.broken)
            return IN_STEP;
    }
    expect(entry, entry->at);
    return entry->at < entry->step_count ? IN_STEP : end_steps(connection, entry);
}

/* Without memory the job fails, whatever the server will have done: only its answer could tell. */
static void hold(my_entry *entry, const toasty__input *input, size_t start)
{
    toasty__buffer_add(&entry->held, input->bytes + start, input->start - start);
    if (!entry->held.failed)
        return;
    toasty__fail_memory(&entry->job->error);
    toasty__my_entry_fail(entry);
}

static step_kept take_next(my_connection *connection, toasty__input *input, size_t start,
                           const my_packet *packet)
{
    my_entry *entry = connection->sent.first;
    outcome outcome = GOES_ON;
    if (!entry)
        return OUT_OF_STEP;
    if (entry->holds && entry->job && !entry->failed && step_of(entry)->kind < MY_STEP_UNDO)
        hold(entry, input, start);
    if (take(connection, entry, packet, &outcome) == OUT_OF_STEP)
        return OUT_OF_STEP;
    if (connection->base.broken || outcome == GOES_ON)
        return IN_STEP;
    return end_step(connection, entry, outcome == ENDED_WELL);
}

void toasty__my_take_answers(my_connection *connection)
{
    toasty__input *input = &connection->stream.in;
    my_packet packet;
    int status = 0;
    while (!connection->base.broken) {
        my_entry *entry = connection->sent.first;
        if (entry && entry->place == MY_COLUMNS && !entry->holds)
            take_known_columns(connection, entry, input);
        size_t start = input->start;
        status = toasty__my_next(input, &packet);
        if (status > 0 && entry && is_among_rows(entry) && !entry->holds)
            status = take_rows(connection, entry, input, &packet);
        if (status > 0 && take_next(connection, input, start, &packet) == OUT_OF_STEP)
            status = -1;
        if (status <= 0)
            break;
    }
    if (status >= 0 || connection->base.broken)
        return;
    toasty_error error;
    toasty__fail(&error, TOASTY_CONNECTION_LOST,
                 "the connection was lost: protocol error: unexpected message");
    toasty__my_lose(connection, &error, false);
}
