/* The life of a job in flight: its place in a queue, its error, its second chance.
 *
 * What failed outside a transaction did not happen, so it may be tried again when the reason was not its own:
 * a prepared statement that the server has lost or cannot use any more (once), or a request to cancel that
 * was meant for another. Reads keep the answers that they have. No row is stored twice: an answer of which
 * rows are in the sink is not asked for again, and where that could happen (answer.c) it is held back until
 * its group has ended. */
#include "mysql.h"

#include "base/alloc.h"
#include "base/error.h"

/* --- queues --- */

void toasty__my_queue_init(my_queue *queue)
{
    *queue = (my_queue){.end = &queue->first};
}

void toasty__my_queue_add(my_queue *queue, my_entry *entry)
{
    entry->next = NULL;
    *queue->end = entry;
    queue->end = &entry->next;
}

my_entry *toasty__my_queue_take(my_queue *queue)
{
    my_entry *entry = queue->first;
    if (entry)
        toasty__my_queue_remove(queue, entry);
    return entry;
}

void toasty__my_queue_remove(my_queue *queue, my_entry *entry)
{
    my_entry **place = &queue->first;
    while (*place != entry)
        place = &(*place)->next;
    *place = entry->next;
    if (!*place)
        queue->end = place;
    entry->next = NULL;
}

/* To the front, behind others that had to come back. */
static void add_first(my_queue *queue, my_entry *entry)
{
    my_entry **place = &queue->first;
    while (*place && (*place)->again)
        place = &(*place)->next;
    entry->next = *place;
    *place = entry;
    if (!entry->next)
        queue->end = &entry->next;
}

/* --- beginning --- */

/* Most jobs have one operation and come one after the other: the last one's entry serves the next. */
static my_entry *take_spare(my_connection *connection, uint32_t operations)
{
    my_entry *entry = operations == 1 ? connection->spare : NULL;
    if (entry)
        connection->spare = NULL;
    return entry;
}

my_entry *toasty__my_entry_new(my_connection *connection, toasty_job *job)
{
    uint32_t operations = job ? job->count : 1, room = toasty__my_step_room(operations);
    my_entry *entry = take_spare(connection, operations);
    if (!entry)
        entry = toasty__malloc(sizeof *entry + room * sizeof *entry->steps +
                               operations * sizeof *entry->statements);
    if (!entry)
        return NULL;
    *entry = (my_entry){.job = job, .operations = operations, .commits_at = MY_NEVER, .ours = !job};
    entry->statements = (my_statement **)(entry->steps + room);
    memset(entry->statements, 0, operations * sizeof *entry->statements);
    toasty__buffer_init(&entry->held);
    if (job)
        job->driver_data[0] = entry;
    return entry;
}

void toasty__my_entry_release(my_connection *connection, my_entry *entry)
{
    for (uint32_t i = 0; i < entry->operations; i++)
        if (entry->statements[i]) {
            toasty__kept_release(&connection->statements, &entry->statements[i]->kept);
            entry->statements[i] = NULL;
        }
}

void toasty__my_entry_free(my_connection *connection, my_entry *entry)
{
    toasty__my_entry_release(connection, entry);
    toasty__buffer_done(&entry->held);
    if (entry->operations == 1 && !connection->spare)
        connection->spare = entry;
    else
        toasty__free(entry);
}

void toasty__my_entry_begin(my_entry *entry)
{
    entry->rows = 0;
    entry->sent = true;
    entry->place = entry->steps[0].begins;
    entry->sequence = entry->steps[0].sequence;
    entry->failed = entry->again = entry->hit = entry->stored = false;
    entry->happened = entry->further = entry->escaped = false;
    entry->undone = 0;
    entry->holds = entry->guarded;
    toasty__buffer_clear(&entry->held);
}

void toasty__my_entry_done(my_connection *connection, my_entry *entry)
{
    toasty_job *job = entry->job;
    toasty__my_entry_free(connection, entry);
    if (job)
        job->done(job);
}

/* --- failure --- */

static const my_step *current(const my_entry *entry)
{
    return &entry->steps[entry->at < entry->step_count ? entry->at : entry->step_count - 1];
}

void toasty__my_entry_fail(my_entry *entry)
{
    entry->failed = true;
    if (entry->job)
        entry->job->failed = current(entry)->operation;
}

/* A prepared statement that has become useless: forgotten. */
static bool is_stale(my_connection *connection, const my_step *step, uint16_t number)
{
    if (!step->statement || !toasty__my_is_stale(number))
        return false;
    toasty__kept_forget(&connection->statements, &step->statement->kept,
                        number != MY_ERROR_UNKNOWN_STATEMENT);
    return true;
}

/* Whether the failure has nothing to do with what the statement does. */
static bool is_not_its_own(my_connection *connection, my_entry *entry, uint16_t number, bool stale)
{
    if (number == MY_ERROR_INTERRUPTED && connection->strays) {
        connection->strays--;
        entry->hit = true;
        return true;
    }
    if (number == MY_ERROR_WRONG_VALUE_OF_VARIABLE && current(entry)->kind == MY_STEP_GUARD)
        return entry->hit;
    bool first_time = stale && !entry->repeated;
    entry->repeated |= stale;
    return first_time;
}

/* What a guard says when something between the operations was stopped by somebody. */
static void tell_interrupted(toasty_error *err)
{
    toasty__fail(err, TOASTY_CANCELLED, "the server was told to stop the statements; nothing was changed");
    toasty__error_set(err, server_code, "1317");
}

static void tell(const my_entry *entry, const my_step *step, const my_complaint *complaint, bool stale)
{
    toasty_job *job = entry->job;
    if (complaint->number == MY_ERROR_WRONG_VALUE_OF_VARIABLE && step->kind == MY_STEP_GUARD)
        tell_interrupted(&job->error);
    else if (stale && !entry->outside)
        toasty__fail(&job->error, TOASTY_SERIALIZATION_FAILURE,
                     "a prepared statement was lost in a transaction; run the transaction again");
    else
        toasty__my_error_of_complaint(complaint, &job->operations[step->operation], &job->error);
}

void toasty__my_entry_refuse(my_connection *connection, my_entry *entry, const my_complaint *complaint)
{
    const my_step *step = current(entry);
    bool stale = is_stale(connection, step, complaint->number);
    bool not_its_own = is_not_its_own(connection, entry, complaint->number, stale);
    bool is_counted = step->kind == MY_STEP_EXTRA || (step->kind == MY_STEP_HEAD && entry->counts);
    if (entry->failed || is_counted) /* the guard has the last word */
        return;
    bool may_repeat =
        entry->outside && !entry->stored && (entry->resumes || entry->guarded || entry->operations == 1);
    entry->failed = true;
    if (!entry->job)
        return;
    entry->again = not_its_own && may_repeat;
    toasty__my_entry_fail(entry);
    tell(entry, step, complaint, stale);
}

/* --- loss --- */

/* Whether what the job changes may be there, though its answer never came. `connection_lost` promises that
 * it is not, and this is the one place that tells the two apart:
 *
 * - What was not sent has not happened, and what has no way of making a change permanent (a read, or any
 *   statement in a transaction whose end was not sent) leaves no change.
 * - Otherwise it may have happened, since a connection can break at any moment;
 * - unless the server itself says goodbye. It works in order and so do its answers: what would have been
 * answered later has not begun, and what is answered so did not happen, as long as nothing of its answer had
 * come. A statement of the user's may be a procedure, which has committed and gone on. */
static bool may_have_happened(const my_entry *entry, bool reported)
{
    if (!entry->sent || entry->commits_at == MY_NEVER || entry->commits_at >= entry->written)
        return false;
    const my_step *step = &entry->steps[entry->commits_at];
    return !reported || entry->at > entry->commits_at ||
           (entry->at == entry->commits_at && (entry->foreign || entry->place != step->begins));
}

/* What the server has refused has not happened, and its complaint is the answer, whatever becomes of the
 * connection; unless it would have been sent again, or what refused it was not the last word. */
void toasty__my_entry_lose(my_entry *entry, const toasty_error *reason, bool reported)
{
    if (!entry->job)
        return;
    bool unknown = may_have_happened(entry, reported);
    if (entry->sent && entry->failed && !entry->again && !unknown)
        return;
    if (entry->sent && entry->failed && entry->at > entry->commits_at && entry->operations == 1)
        return;
    entry->job->error = *reason;
    if (!unknown)
        return;
    toasty__fail(&entry->job->error, TOASTY_OUTCOME_UNKNOWN, "%s; whether the change was made is not known",
                 reason->message);
    toasty__error_set(&entry->job->error, server_code, reason->server_code);
}

/* --- the end --- */

void toasty__my_entry_end(my_connection *connection, my_entry *entry)
{
    if (!entry->job || !entry->again) {
        toasty__my_entry_done(connection, entry);
        return;
    }
    toasty__error_clear(&entry->job->error);
    toasty__my_entry_release(connection, entry);
    entry->sent = false;
    add_first(&connection->waiting, entry);
    toasty__my_send_soon(connection);
}
