/* The life of a job in flight: its answers, its error, its second chance.
 *
 * What failed outside a transaction did not happen, so it may be tried again when the reason was not its own:
 * a prepared statement that the server has lost or that a changed table made stale (once), a cancel request
 * that was meant for another, or the company in its group. Reads keep the answers that they have. A write of
 * several operations keeps its results undecoded until its group has ended, so that no row is stored twice.
 */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"

pg_entry *toasty__pg_entry_new(toasty_job *job)
{
    pg_entry *entry = toasty__calloc(1, sizeof *entry);
    if (!entry)
        return NULL;
    *entry = (pg_entry){.job = job, .count = job->count};
    if (job->atomic && job->count > 1) {
        entry->held = toasty__calloc(job->count, sizeof *entry->held);
        if (!entry->held) {
            toasty__free(entry);
            return NULL;
        }
    }
    job->driver_data[0] = entry;
    return entry;
}

static void drop_held(pg_entry *entry)
{
    for (uint32_t i = 0; entry->held && i < entry->count; i++) {
        PQclear(entry->held[i]);
        entry->held[i] = NULL;
    }
}

void toasty__pg_entry_free(pg_entry *entry)
{
    drop_held(entry);
    toasty__free(entry->held);
    toasty__free(entry);
}

void toasty__pg_entry_done(pg_entry *entry)
{
    toasty_job *job = entry->job;
    toasty__pg_entry_free(entry);
    if (job)
        job->done(job);
}

/* --- answers
 * ------------------------------------------------------------------------------------------------------------
 */

static void fail(pg_entry *entry, uint32_t operation)
{
    entry->failed = true;
    entry->job->failed = operation;
}

static void decode(pg_connection *connection, pg_entry *entry, uint32_t i, const PGresult *result)
{
    toasty_error *err = &entry->job->error;
    if (toasty__pg_decode(result, &entry->job->operations[i], connection->checks_text, err) < 0)
        fail(entry, i);
    else if (entry->shares)
        entry->first = i + 1;
}

/* The server answers a COMMIT of a failed transaction with ROLLBACK, and calls it success. */
static bool has_committed(const toasty_operation *operation, PGresult *result)
{
    return operation->kind != TOASTY_OPERATION_COMMIT || !strcmp(PQcmdStatus(result), "COMMIT");
}

static void succeed(pg_connection *connection, const pg_command *command, PGresult *result)
{
    pg_entry *entry = command->entry;
    if (command->kind != PG_EXECUTE || !entry || !entry->job || entry->failed)
        return;
    if (!has_committed(&entry->job->operations[command->operation], result)) {
        toasty__fail(&entry->job->error, TOASTY_TRANSACTION_FAILED,
                     "an earlier statement had failed: the transaction was rolled back");
        fail(entry, command->operation);
    } else if (entry->held) {
        entry->held[command->operation] = result;
        return;
    } else
        decode(connection, entry, command->operation, result);
}

/* Whether the failure has nothing to do with what the statement does. */
static bool is_not_its_own(pg_connection *connection, const pg_command *command, const char *state)
{
    if (!strcmp(state, "57014") && connection->strays) {
        connection->strays--;
        return true;
    }
    if (command->kind != PG_EXECUTE || !command->statement || !toasty__pg_is_stale(state))
        return command->in_company;
    toasty__pg_statement_forget(connection, command->statement, strcmp(state, "26000") != 0);
    bool first_time = !command->entry->repeated;
    command->entry->repeated = true;
    return first_time;
}

static void fail_with(pg_connection *connection, const pg_command *command, const PGresult *result)
{
    pg_entry *entry = command->entry;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (command->kind == PG_PARSE && command->statement)
        toasty__pg_statement_parsed(connection, command->statement, false);
    if (!entry || entry->failed)
        return;
    bool stale = command->kind == PG_EXECUTE && command->statement && toasty__pg_is_stale(state);
    bool stores_once = entry->shares || entry->held || entry->count == 1;
    entry->again = is_not_its_own(connection, command, state) && entry->outside && stores_once;
    entry->failed = true;
    if (!entry->job)
        return;
    fail(entry, command->operation);
    if (stale && !entry->outside)
        toasty__fail(&entry->job->error, TOASTY_SERIALIZATION_FAILURE,
                     "a table has changed under a prepared statement; run the transaction again");
    else
        toasty__pg_error_of_result(result, &entry->job->operations[command->operation], &entry->job->error);
}

void toasty__pg_entry_answer(pg_connection *connection, const pg_command *command, PGresult *result)
{
    pg_entry *entry = command->entry;
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
        if (command->kind == PG_PARSE && command->statement)
            toasty__pg_statement_parsed(connection, command->statement, true);
        succeed(connection, command, result);
        break;
    case PGRES_PIPELINE_ABORTED:
        if (command->kind == PG_PARSE && command->statement)
            toasty__pg_statement_parsed(connection, command->statement, false);
        if (entry && !entry->failed)
            entry->swept = true;
        break;
    default:
        fail_with(connection, command, result);
    }
    if (!entry || !entry->held || entry->held[command->operation] != result)
        PQclear(result);
}

/* --- the end
 * -------------------------------------------------------------------------------------------------------------
 */

/* Back to the front of those that wait. */
static void send_again(pg_connection *connection, pg_entry *entry)
{
    drop_held(entry);
    toasty__error_clear(&entry->job->error);
    entry->failed = entry->swept = entry->again = entry->sent = false;
    entry->alone = true;
    pg_entry **place = &connection->waiting;
    while (*place && (*place)->alone)
        place = &(*place)->next;
    entry->next = *place;
    *place = entry;
    if (!entry->next)
        connection->waiting_end = &entry->next;
    toasty__pg_send_soon(connection);
}

void toasty__pg_entry_end(pg_connection *connection, pg_entry *entry)
{
    if (entry->job && (entry->again || (entry->swept && !entry->failed))) {
        send_again(connection, entry);
        return;
    }
    for (uint32_t i = 0; entry->held && entry->job && !entry->failed && i < entry->count; i++)
        decode(connection, entry, i, entry->held[i]);
    toasty__pg_entry_done(entry);
}
