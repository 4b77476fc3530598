/* A job from its first operation to its last, all or nothing when it says so.
 *
 * A lock stops it between two steps of `stage` and `next`; called again, it goes on from there. */
#include "drivers/sqlite/connection.h"

#include "base/error.h"

static bool writes(const toasty_operation *operation)
{
    return operation->kind == TOASTY_OPERATION_SQL && operation->statement->writes;
}

/* Without a write-ahead log a commit can meet a lock. One that ends a statement would take back rows that
 * were delivered already; one that stands alone can be tried again. */
static bool commit_apart(const toasty__sqlite_connection *connection, const toasty_operation *operation)
{
    return !connection->wal && !connection->database->in_memory && writes(operation) && operation->sink &&
           sqlite3_get_autocommit(connection->db);
}

void toasty__sqlite_begin_job(toasty__sqlite_connection *connection)
{
    const toasty_job *job = connection->job;
    connection->grouped =
        (job->atomic && job->count > 1) || (job->count == 1 && commit_apart(connection, &job->operations[0]));
    connection->stage = connection->grouped ? STAGE_BEGIN : STAGE_OPERATIONS;
}

/* Takes back the job's own transaction. */
static void undo(toasty__sqlite_connection *connection)
{
    toasty_error ignored;
    /* An interrupt that came too late for the statement may hit the rollback instead. */
    for (int tries = 0; connection->grouped && !sqlite3_get_autocommit(connection->db) && tries < 3; tries++)
        toasty__sqlite_control(connection, CONTROL_ROLLBACK, &ignored);
    if (connection->grouped && !sqlite3_get_autocommit(connection->db))
        *(connection->database->in_memory ? &connection->base.unclean : &connection->base.broken) = true;
}

static sqlite_outcome begin(toasty__sqlite_connection *connection, toasty_error *err)
{
    const toasty_job *job = connection->job;
    bool any = false;
    for (uint32_t i = 0; i < job->count; i++)
        any |= writes(&job->operations[i]);
    return toasty__sqlite_control(connection, any ? CONTROL_BEGIN_IMMEDIATE : CONTROL_BEGIN, err);
}

static sqlite_outcome run_operations(toasty__sqlite_connection *connection)
{
    toasty_job *job = connection->job;
    for (; connection->next < job->count; connection->next++) {
        if (atomic_load_explicit(&connection->cancelled, memory_order_relaxed))
            return (sqlite_outcome)toasty__fail(&job->error, TOASTY_CANCELLED, "the operation was cancelled");
        sqlite_outcome outcome =
            toasty__sqlite_operate(connection, &job->operations[connection->next], &job->error);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    return OUTCOME_DONE;
}

static sqlite_outcome run_stages(toasty__sqlite_connection *connection)
{
    toasty_error *err = &connection->job->error;
    sqlite_outcome outcome = OUTCOME_DONE;
    if (connection->stage == STAGE_BEGIN && (outcome = begin(connection, err)) == OUTCOME_DONE)
        connection->stage = STAGE_OPERATIONS;
    if (connection->stage == STAGE_OPERATIONS && outcome == OUTCOME_DONE &&
        (outcome = run_operations(connection)) == OUTCOME_DONE)
        connection->stage = STAGE_COMMIT;
    if (connection->stage == STAGE_COMMIT && outcome == OUTCOME_DONE && connection->grouped)
        outcome = toasty__sqlite_control(connection, CONTROL_COMMIT, err);
    return outcome;
}

static void fail_here(toasty__sqlite_connection *connection)
{
    toasty_job *job = connection->job;
    job->failed = connection->next < job->count ? connection->next : job->count - 1;
    undo(connection);
}

sqlite_outcome toasty__sqlite_run_job(toasty__sqlite_connection *connection)
{
    sqlite_outcome outcome = OUTCOME_FAILED;
    if (!connection->base.unclean || toasty__sqlite_clean(connection, &connection->job->error) == 0)
        outcome = run_stages(connection);
    if (outcome == OUTCOME_FAILED)
        fail_here(connection);
    else if (outcome == OUTCOME_DONE)
        toasty__error_clear(&connection->job->error);
    return outcome;
}

void toasty__sqlite_give_up(toasty__sqlite_connection *connection, toasty_code code)
{
    toasty_error *err = &connection->job->error;
    if (code == TOASTY_CANCELLED)
        toasty__fail(err, code, "the operation was cancelled");
    else if (code == TOASTY_LOCK_TIMEOUT) {
        toasty__fail(err, code, "the database was locked by another connection for %u ms",
                     connection->database->busy_timeout_ms);
        toasty__error_set(err, server_code, "5");
    }
    fail_here(connection);
}
