/* What commands a job becomes.
 *
 * The server runs what stands in one write one after the other, and an error stops nothing: what should end a
 * transaction has to ask itself whether all of it went well. So autocommit is off while a transaction is
 * open, and between the operations of a group their successes are counted; it ends with
 *
 *     SET autocommit=IF(all of them went well, 1, 2)
 *
 * where 1 commits, and 2 is no value of it, fails, and commits nothing. Off, and not only begun: after a
 * deadlock the server has rolled back, and what follows would each commit by itself. Successes, and not
 * failures: a count that a request to cancel has hit is then one too few. And each group counts from a number
 * of its own: when what sets it was hit, no count that an earlier group has left can be the right one. */
#include "mysql.h"

#include <stdio.h>
#include <string.h>
#include <toasty/toasty.h>

#define COUNTER "@`toasty n`"

static const char count_success[] = "SET " COUNTER "=" COUNTER "+(@@error_count=0)";
static const char repeatable_read[] = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
static const char start_transaction[] = "START TRANSACTION", start_reading[] = "START TRANSACTION READ ONLY";
static const char commit[] = "SET autocommit=1";
const char toasty__my_rollback[] = "ROLLBACK", toasty__my_restore[] = "SET autocommit=1";

static const char *const isolations[] = {
    [TOASTY_DEFAULT_ISOLATION] = NULL,
    [TOASTY_READ_COMMITTED] = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    [TOASTY_REPEATABLE_READ] = repeatable_read,
    [TOASTY_SERIALIZABLE] = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
};

enum { MOST_BEFORE = 5 /* what begins a group, and may be counted */ };

uint32_t toasty__my_step_room(uint32_t operations)
{
    return 2 * operations + MOST_BEFORE;
}

bool toasty__my_is_prepared(const toasty_operation *operation)
{
    const toasty_statement *statement = operation->statement;
    return operation->kind == TOASTY_OPERATION_SQL &&
           (!statement->text_results || statement->parameter_count || strchr(statement->sql, '?'));
}

/* --- one step --- */

static void add(my_entry *entry, my_step_kind kind, uint32_t operation, my_place begins, const char *text)
{
    entry->steps[entry->step_count++] = (my_step){.text = text,
                                                  .operation = operation,
                                                  .kind = (uint8_t)kind,
                                                  .begins = (uint8_t)begins,
                                                  .sequence = 1};
}

static void add_sql(my_entry *entry, uint32_t i)
{
    const toasty_operation *operation = &entry->job->operations[i];
    add(entry, MY_STEP_OPERATION, i, MY_RESULT, NULL);
    if (toasty__my_is_prepared(operation))
        entry->steps[entry->step_count - 1].statement = entry->statements[i];
}

static void add_begin(my_entry *entry, uint32_t i)
{
    const toasty_operation *operation = &entry->job->operations[i];
    if (isolations[operation->isolation])
        add(entry, MY_STEP_HEAD, i, MY_DONE, isolations[operation->isolation]);
    add(entry, MY_STEP_HEAD, i, MY_DONE, entry->head);
    add(entry, MY_STEP_OPERATION, i, MY_DONE, operation->read_only ? start_reading : start_transaction);
}

/* What ends a transaction with all that went before it. Where that is awaited nothing has to be counted: it
 * is not sent when anything failed. */
static void add_guard(const my_connection *connection, my_entry *entry, uint32_t i, uint32_t successes)
{
    snprintf(entry->guard, sizeof entry->guard, "SET autocommit=IF(" COUNTER "+(@@error_count=0)=%llu,1,2)",
             (unsigned long long)connection->counted + successes);
    entry->commits_at = entry->step_count;
    add(entry, MY_STEP_GUARD, i, MY_DONE, connection->database->awaits_groups ? commit : entry->guard);
}

/* successes: of the operations before it in the job. */
static void add_commit(const my_connection *connection, my_entry *entry, uint32_t i, uint32_t successes)
{
    if (successes) {
        add_guard(connection, entry, i, successes);
        return;
    }
    entry->commits_at = entry->step_count;
    add(entry, MY_STEP_OPERATION, i, MY_DONE, commit);
}

/* --- operations --- */

static void add_operation(my_connection *connection, my_entry *entry, uint32_t i, uint32_t successes)
{
    switch ((toasty_operation_kind)entry->job->operations[i].kind) {
    case TOASTY_OPERATION_SQL:
        add_sql(entry, i);
        break;
    case TOASTY_OPERATION_BEGIN:
        connection->transaction_expected = true;
        entry->outside = false;
        add_begin(entry, i);
        break;
    case TOASTY_OPERATION_COMMIT:
        connection->transaction_expected = false;
        add_commit(connection, entry, i, successes);
        break;
    case TOASTY_OPERATION_ROLLBACK:
        connection->transaction_expected = false;
        add(entry, MY_STEP_UNDO, i, MY_DONE, toasty__my_rollback);
        break;
    default:
        add(entry, MY_STEP_OPERATION, i, MY_DONE, NULL);
    }
}

/* A write that no transaction is around commits itself; the user's text may commit what it likes. */
static void look_at(my_connection *connection, my_entry *entry, const toasty_operation *operation)
{
    if (operation->kind != TOASTY_OPERATION_SQL) {
        entry->resumes = false;
        return;
    }
    const toasty_statement *statement = operation->statement;
    if (!statement->writes && !statement->text_results)
        return;
    entry->resumes = false;
    entry->foreign |= statement->foreign;
    bool commits = statement->foreign || (statement->writes && !connection->transaction_expected);
    if (commits && !entry->guarded && entry->commits_at == MY_NEVER)
        entry->commits_at = entry->step_count - 1;
}

static bool reads_and_writes(const toasty_job *job)
{
    bool reads = false, writes = false;
    for (uint32_t i = 0; i < job->count; i++) {
        const toasty_operation *operation = &job->operations[i];
        bool is_sql = operation->kind == TOASTY_OPERATION_SQL;
        reads |= is_sql && operation->statement->returns_rows;
        writes |= is_sql && operation->statement->writes;
    }
    return reads && writes;
}

bool toasty__my_depends_on_session(const toasty_job *job)
{
    for (uint32_t i = 0; i < job->count; i++)
        if (job->operations[i].row_count > 1)
            return true;
    return job->atomic && job->count > 1 && reads_and_writes(job);
}

/* What the rows of a group were when they were read, and when they were changed, is one state. *successes: of
 * what is counted. */
static void add_head(const my_connection *connection, my_entry *entry, uint32_t *successes)
{
    add(entry, MY_STEP_HEAD, 0, MY_DONE, entry->head);
    if (!connection->session.repeatable && reads_and_writes(entry->job)) {
        add(entry, MY_STEP_EXTRA, 0, MY_DONE, repeatable_read);
        add(entry, MY_STEP_EXTRA, 0, MY_DONE, count_success);
        ++*successes;
    }
    add(entry, MY_STEP_HEAD, 0, MY_DONE, start_transaction);
}

/* Whether the job ends a transaction together with what stands before that. */
static bool ends_with_commit(const my_entry *entry)
{
    const toasty_job *job = entry->job;
    return job->count - entry->first > 1 && job->operations[job->count - 1].kind == TOASTY_OPERATION_COMMIT;
}

/* counts_only: within a transaction that has begun. */
static void write_head(my_connection *connection, my_entry *entry, bool counts_only)
{
    connection->counted += 2 * (uint64_t)entry->operations + MOST_BEFORE;
    snprintf(entry->head, sizeof entry->head, "SET %s" COUNTER "=%llu", counts_only ? "" : "autocommit=0, ",
             (unsigned long long)connection->counted);
}

static void begin_layout(const my_connection *connection, my_entry *entry)
{
    const toasty_job *job = entry->job;
    entry->step_count = 0;
    entry->commits_at = MY_NEVER;
    entry->outside = !connection->transaction_expected;
    entry->guarded = job->atomic && job->count > 1;
    entry->begins = entry->guarded || job->operations[entry->first].kind == TOASTY_OPERATION_BEGIN;
    entry->resumes = !job->atomic;
    entry->foreign = false;
}

void toasty__my_lay_out(my_connection *connection, my_entry *entry)
{
    const toasty_job *job = entry->job;
    uint32_t successes = 0;
    begin_layout(connection, entry);
    bool commits = ends_with_commit(entry), counts = entry->guarded || commits;
    uint32_t last = job->count - 1 - commits; /* whose success the guard itself sees */
    entry->counts = counts && !connection->database->awaits_groups;
    if (counts || entry->begins)
        write_head(connection, entry, !entry->begins);
    if (entry->guarded)
        add_head(connection, entry, &successes);
    else if (commits && !entry->begins)
        add(entry, MY_STEP_EXTRA, entry->first, MY_DONE, entry->head);
    for (uint32_t i = entry->first; i < job->count; i++) {
        add_operation(connection, entry, i, commits ? successes : 0);
        look_at(connection, entry, &job->operations[i]);
        successes++;
        if (counts && i < last)
            add(entry, MY_STEP_EXTRA, i, MY_DONE, count_success);
    }
    if (entry->guarded)
        add_guard(connection, entry, job->count - 1, successes);
}
