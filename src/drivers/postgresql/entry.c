/* The life of a job in flight: its place in a queue, its error, its second chance.
 *
 * What failed outside a transaction did not happen, so it may be tried again when the reason was not its own:
 * a prepared statement that the server has lost or that a changed table made stale (once), or a cancel
 * request that was meant for another. Reads keep the answers that they have. No row is stored twice: an
 * answer of which rows are in the sink is not asked for again, and where that could happen (answer.c) it is
 * held back until its group has ended. */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"

/* --- queues --- */

void toasty__pg_queue_init(pg_queue *queue)
{
    *queue = (pg_queue){.end = &queue->first};
}

void toasty__pg_queue_add(pg_queue *queue, pg_entry *entry)
{
    entry->next = NULL;
    *queue->end = entry;
    queue->end = &entry->next;
}

pg_entry *toasty__pg_queue_take(pg_queue *queue)
{
    pg_entry *entry = queue->first;
    if (entry)
        toasty__pg_queue_remove(queue, entry);
    return entry;
}

void toasty__pg_queue_remove(pg_queue *queue, pg_entry *entry)
{
    pg_entry **place = &queue->first;
    while (*place != entry)
        place = &(*place)->next;
    *place = entry->next;
    if (!*place)
        queue->end = place;
    entry->next = NULL;
}

/* To the front, behind others that had to come back. */
static void add_first(pg_queue *queue, pg_entry *entry)
{
    pg_entry **place = &queue->first;
    while (*place && (*place)->again)
        place = &(*place)->next;
    entry->next = *place;
    *place = entry;
    if (!entry->next)
        queue->end = &entry->next;
}

/* --- beginning --- */

/* Most jobs have one operation and come one after the other: the last one's entry serves the next. */
static pg_entry *take_spare(pg_connection *connection, uint32_t count)
{
    pg_entry *entry = count == 1 ? connection->spare : NULL;
    if (entry)
        connection->spare = NULL;
    return entry;
}

pg_entry *toasty__pg_entry_new(pg_connection *connection, toasty_job *job)
{
    size_t steps = job->count * sizeof(pg_step);
    pg_entry *entry = take_spare(connection, job->count);
    if (!entry)
        entry = toasty__malloc(sizeof *entry + steps);
    if (!entry)
        return NULL;
    *entry = (pg_entry){.job = job, .count = job->count};
    memset(entry->steps, 0, steps);
    toasty__buffer_init(&entry->held);
    job->driver_data[0] = entry;
    return entry;
}

void toasty__pg_entry_free(pg_connection *connection, pg_entry *entry)
{
    toasty__buffer_done(&entry->held);
    if (entry->count == 1 && !connection->spare)
        connection->spare = entry;
    else
        toasty__free(entry);
}

void toasty__pg_entry_begin(pg_entry *entry)
{
    entry->at = entry->first;
    entry->rows = 0;
    entry->sent = true;
    entry->place = entry->steps[entry->at].begins;
    entry->failed = entry->again = entry->stored = false;
    entry->holds = entry->job->atomic && entry->count > 1;
    toasty__buffer_clear(&entry->held);
}

void toasty__pg_entry_done(pg_connection *connection, pg_entry *entry)
{
    toasty_job *job = entry->job;
    toasty__pg_entry_free(connection, entry);
    if (job)
        job->done(job);
}

void toasty__pg_entry_release(pg_connection *connection, pg_entry *entry)
{
    for (uint32_t i = 0; i < entry->count; i++) {
        pg_step *step = &entry->steps[i];
        pg_statement *statement = step->statement;
        if (!statement)
            continue;
        if (step->begins == PG_KEEP && !statement->kept.acknowledged)
            toasty__kept_forget(&connection->statements, &statement->kept, step->parsed);
        toasty__kept_release(&connection->statements, &statement->kept);
        *step = (pg_step){NULL, PG_NOWHERE, false};
    }
}

/* --- failure --- */

static uint32_t current(const pg_entry *entry)
{
    return entry->at < entry->count ? entry->at : entry->count - 1;
}

void toasty__pg_entry_fail(pg_entry *entry)
{
    entry->failed = true;
    entry->job->failed = current(entry);
}

/* A prepared statement that has become useless, which shows when it is bound: forgotten, and the step tells.
 */
static bool is_stale(pg_connection *connection, pg_entry *entry, const char *state)
{
    const pg_step *step = entry->at < entry->count ? &entry->steps[entry->at] : NULL;
    if (!step || !step->statement || (step->begins == PG_KEEP && !step->parsed) || entry->place >= PG_RUNS ||
        !toasty__pg_is_stale(state))
        return false;
    toasty__kept_forget(&connection->statements, &step->statement->kept, strcmp(state, "26000") != 0);
    return true;
}

/* Whether the failure has nothing to do with what the statement does. */
static bool is_not_its_own(pg_entry *entry, bool stray, bool stale)
{
    if (stray)
        return true;
    bool first_time = stale && !entry->repeated;
    entry->repeated |= stale;
    return first_time;
}

/* A request to cancel an earlier statement has reached this one. */
static bool is_stray(pg_connection *connection, const char *state)
{
    bool stray = !strcmp(state, "57014") && connection->strays;
    connection->strays -= stray;
    return stray;
}

void toasty__pg_entry_refuse(pg_connection *connection, pg_entry *entry, const pg_complaint *complaint)
{
    bool stale = is_stale(connection, entry, complaint->state);
    bool stray = is_stray(connection, complaint->state);
    bool not_its_own = is_not_its_own(entry, stray, stale);
    entry->place = PG_SKIPPED;
    if (entry->failed)
        return;
    bool may_repeat =
        entry->outside && !entry->stored && (entry->resumes || entry->holds || entry->count == 1);
    entry->failed = true;
    if (!entry->job)
        return;
    entry->again = not_its_own && may_repeat;
    toasty__pg_entry_fail(entry);
    if (stale && !entry->outside)
        toasty__fail(&entry->job->error, TOASTY_SERIALIZATION_FAILURE,
                     "a table has changed under a prepared statement; run the transaction again");
    else if (stray)
        toasty__fail(&entry->job->error, TOASTY_SERIALIZATION_FAILURE,
                     "a request to cancel an earlier statement came late and stopped this one; run it again");
    else
        toasty__pg_error_of_complaint(complaint, &entry->job->operations[current(entry)], &entry->job->error);
}

/* --- loss --- */

/* Whether what the job changes may be there, though its answer never came. `connection_lost` promises that
 * it is not, and this is the one place that distinguishes the two:
 *
 * - What was not sent has not happened, and what has no way of making a change permanent (a read, or any
 *   statement in a transaction whose COMMIT was not sent) leaves no change.
 * - Otherwise it may have happened, since a connection can break at any moment;
 * - unless the server itself says goodbye. It works in order and so do its messages: what would have been
 *   answered later has not begun. What is permanent by then is what was committed before that place: by the
 *   Sync, when all operations are answered; by a COMMIT; by any statement of the user, which may be a
 *   procedure that commits, once it runs. */
static bool may_have_happened(const pg_entry *entry, bool reported)
{
    if (!entry->sent || entry->commits_at == PG_NEVER)
        return false;
    return !reported || entry->at > entry->commits_at ||
           (entry->at == entry->commits_at && entry->place >= PG_RUNS);
}

/* What the server has refused has not happened, and its complaint is the answer, whatever becomes of the
 * connection; unless it would have been sent again. */
void toasty__pg_entry_lose(pg_entry *entry, const toasty_error *reason, bool reported)
{
    bool refused = entry->sent && entry->place == PG_SKIPPED;
    if (!entry->job || (refused && !entry->again))
        return;
    entry->job->error = *reason;
    if (refused || !may_have_happened(entry, reported))
        return;
    toasty__fail(&entry->job->error, TOASTY_OUTCOME_UNKNOWN, "%s; whether the change was made is not known",
                 reason->message);
    toasty__error_set(&entry->job->error, server_code, reason->server_code);
}

/* --- the end --- */

void toasty__pg_entry_end(pg_connection *connection, pg_entry *entry)
{
    if (!entry->job || !entry->again) {
        toasty__pg_entry_done(connection, entry);
        return;
    }
    toasty__error_clear(&entry->job->error);
    entry->sent = false;
    add_first(&connection->waiting, entry);
    toasty__pg_send_soon(connection);
}
