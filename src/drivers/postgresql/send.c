/* Jobs into messages: which of them share a group, and as few writes as libpq lets us do.
 *
 * A group ends with a Sync and is one implicit transaction: all of it happens or nothing. libpq (before 17)
 * writes to its socket at each Sync, so a Sync for each of a hundred small reads would be a hundred writes.
 * Therefore:
 *
 * - What writes, holds a transaction or is the user's own has a group of its own, whatever stands beside it.
 * - Reads that wait together share a group. They change nothing, so sharing can only show when one of them
 *   fails: then none of those behind it has run (the server says so), and they are sent again, each alone.
 * The failed one too: only what it answers alone is its answer.
 *
 * Between the reads of a group stands a Flush, with which the server sends the answers that it has, so that
 * nobody waits for a slower one behind him. */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdio.h>

/* Reads of one group: bounds what a failure makes us send again. */
enum { MAX_GROUP = 64 };

/* libpq writes when so much is in its buffer. */
enum { LIBPQ_WRITES_AT = 8192 };

/* --- what goes to libpq
 * -------------------------------------------------------------------------------------------------- */

static void count_bytes(pg_connection *connection, size_t bytes)
{
    connection->unwritten += bytes;
    if (connection->unwritten >= LIBPQ_WRITES_AT) {
        connection->unwritten %= LIBPQ_WRITES_AT;
        connection->base.bursts++;
    }
}

static int reserve_commands(pg_connection *connection, size_t extra)
{
    size_t needed = connection->command_count + extra;
    if (needed <= connection->command_capacity)
        return 0;
    size_t capacity = connection->command_capacity ? connection->command_capacity : 32;
    while (capacity < needed)
        capacity *= 2;
    pg_command *commands = toasty__calloc(capacity, sizeof *commands);
    if (!commands)
        return -1;
    for (size_t i = 0; i < connection->command_count; i++)
        commands[i] = *toasty__pg_command(connection, i);
    toasty__free(connection->commands);
    connection->commands = commands;
    connection->command_capacity = capacity;
    connection->first_command = 0;
    return 0;
}

/* There is room: reserved before. */
static pg_command *add_command(pg_connection *connection, pg_command_kind kind, pg_entry *entry,
                               pg_statement *statement)
{
    pg_command *command = toasty__pg_command(connection, connection->command_count++);
    *command = (pg_command){.kind = (uint8_t)kind, .entry = entry, .statement = statement};
    if (statement)
        statement->in_flight++;
    return command;
}

/* libpq did not take it: it has no memory, or has lost the server. What it took of it, nobody knows. */
static int refused(const pg_connection *connection, toasty_error *err)
{
    if (PQstatus(connection->pg) == CONNECTION_OK)
        return toasty__fail_memory(err);
    toasty__pg_error_of_connection(connection->pg, TOASTY_CONNECTION_LOST, "the connection was lost", err);
    return -1;
}

static int end_group(pg_connection *connection, pg_entry *entry, toasty_error *err)
{
    if (reserve_commands(connection, 1) < 0)
        return toasty__fail_memory(err);
    pg_command *command = add_command(connection, PG_SYNC, entry, NULL);
    command->last = true;
    command->operation = entry ? entry->count - 1 : 0;
    connection->group++;
    connection->group_size = 0;
    connection->unwritten = 0;
    connection->base.bursts++;
    return PQpipelineSync(connection->pg) ? 0 : refused(connection, err);
}

/* --- operations
 * ---------------------------------------------------------------------------------------------------------
 */

/* The lengths of what Parse, Bind, Describe and Execute carry besides names, text and values. */
enum { PARSE_BYTES = 8, BIND_BYTES = 12, DESCRIBE_AND_EXECUTE_BYTES = 17 };

static int send_prepare(pg_connection *connection, pg_statement *statement, const char *sql,
                        const pg_parameters *parameters, size_t first, size_t count)
{
    count_bytes(connection, PARSE_BYTES + strlen(statement->name) + strlen(sql) + 4 * count);
    return PQsendPrepare(connection->pg, statement->name, sql, (int)count, parameters->types + first);
}

static int send_execute(pg_connection *connection, const pg_statement *statement, const char *sql,
                        const pg_parameters *parameters, size_t first, size_t count, bool text_results)
{
    size_t bytes = BIND_BYTES + DESCRIBE_AND_EXECUTE_BYTES;
    for (size_t i = first; i < first + count; i++)
        bytes += 6 + (size_t)parameters->lengths[i];
    count_bytes(connection, bytes);
    if (statement)
        return PQsendQueryPrepared(connection->pg, statement->name, (int)count, parameters->values + first,
                                   parameters->lengths + first, parameters->formats + first, !text_results);
    count_bytes(connection, PARSE_BYTES + strlen(sql) + 4 * count);
    return PQsendQueryParams(connection->pg, sql, (int)count, parameters->types + first,
                             parameters->values + first, parameters->lengths + first,
                             parameters->formats + first, !text_results);
}

/* The text of what is not a statement of the engine. */
static void control_text(const toasty_operation *operation, char *out, size_t size)
{
    static const char *const levels[] = {"", " ISOLATION LEVEL READ COMMITTED",
                                         " ISOLATION LEVEL REPEATABLE READ", " ISOLATION LEVEL SERIALIZABLE"};
    unsigned level = operation->level;
    switch (operation->kind) {
    case TOASTY_OPERATION_BEGIN:
        snprintf(out, size, "BEGIN%s%s", operation->isolation < 4 ? levels[operation->isolation] : "",
                 operation->read_only ? " READ ONLY" : "");
        break;
    case TOASTY_OPERATION_COMMIT:
        snprintf(out, size, "COMMIT");
        break;
    case TOASTY_OPERATION_ROLLBACK:
        snprintf(out, size, "ROLLBACK");
        break;
    case TOASTY_OPERATION_SAVEPOINT:
        snprintf(out, size, "SAVEPOINT s%u", level);
        break;
    case TOASTY_OPERATION_RELEASE:
        snprintf(out, size, "RELEASE SAVEPOINT s%u", level);
        break;
    case TOASTY_OPERATION_ROLLBACK_TO:
        snprintf(out, size, "ROLLBACK TO SAVEPOINT s%u", level);
        break;
    default: /* a ping */
        *out = '\0';
    }
}

static int send_operation(pg_connection *connection, pg_entry *entry, uint32_t i, size_t first,
                          toasty_error *err)
{
    const toasty_operation *operation = &entry->job->operations[i];
    const toasty_statement *text = operation->kind == TOASTY_OPERATION_SQL ? operation->statement : NULL;
    const pg_parameters *parameters = &connection->parameters;
    size_t count = toasty__pg_parameter_count(operation);
    char control[64];
    bool parse = false;
    if (reserve_commands(connection, 2) < 0)
        return toasty__fail_memory(err);
    pg_statement *statement = text ? toasty__pg_statement_use(connection, text, &parse) : NULL;
    if (!text)
        control_text(operation, control, sizeof control);
    if (parse) {
        add_command(connection, PG_PARSE, entry, statement)->operation = i;
        if (!send_prepare(connection, statement, text->sql, parameters, first, count))
            return refused(connection, err);
    }
    pg_command *command = add_command(connection, PG_EXECUTE, entry, statement);
    command->operation = i;
    if (!send_execute(connection, statement, text ? text->sql : control, parameters, first, count,
                      text && text->text_results))
        return refused(connection, err);
    return 0;
}

/* --- jobs
 * ----------------------------------------------------------------------------------------------------------------
 */

/* What the job does to the transaction, and whether there is one around it. */
static void look_at(pg_connection *connection, pg_entry *entry)
{
    const toasty_job *job = entry->job;
    bool writes = false, reads_only = !job->atomic;
    entry->outside = !connection->transaction_expected;
    entry->commits = false;
    for (uint32_t i = 0; i < job->count; i++) {
        const toasty_operation *operation = &job->operations[i];
        bool own = operation->kind == TOASTY_OPERATION_SQL && operation->statement->text_results;
        bool read = operation->kind == TOASTY_OPERATION_SQL && !operation->statement->writes && !own;
        reads_only = reads_only && read;
        writes = writes || (operation->kind == TOASTY_OPERATION_SQL && operation->statement->writes);
        if (operation->kind == TOASTY_OPERATION_BEGIN) {
            entry->outside = false;
            connection->transaction_expected = true;
        } else if (operation->kind == TOASTY_OPERATION_COMMIT ||
                   operation->kind == TOASTY_OPERATION_ROLLBACK) {
            entry->commits = operation->kind == TOASTY_OPERATION_COMMIT;
            connection->transaction_expected = false;
        }
    }
    entry->commits |= entry->outside && writes;
    entry->shares = reads_only && entry->outside;
}

static int send_operations(pg_connection *connection, pg_entry *entry, toasty_error *err)
{
    size_t parameter = 0;
    size_t from = connection->command_count;
    entry->sent = true;
    for (uint32_t i = entry->first; i < entry->count; i++) {
        if (send_operation(connection, entry, i, parameter, err) < 0)
            return -1;
        parameter += toasty__pg_parameter_count(&entry->job->operations[i]);
    }
    bool in_company = entry->shares && !entry->alone;
    for (size_t i = from; i < connection->command_count; i++)
        toasty__pg_command(connection, i)->in_company = in_company;
    return 0;
}

/* Reads end with their own last answer, and what else is waited for by the group is nobody's. */
static int send_read(pg_connection *connection, pg_entry *entry, toasty_error *err)
{
    if (connection->group_size) {
        count_bytes(connection, 5);
        if (!PQsendFlushRequest(connection->pg))
            return refused(connection, err);
    }
    if (send_operations(connection, entry, err) < 0)
        return -1;
    toasty__pg_command(connection, connection->command_count - 1)->last = true;
    connection->group_size++;
    if (entry->alone || connection->group_size >= MAX_GROUP)
        return end_group(connection, NULL, err);
    return 0;
}

static int send_entry(pg_connection *connection, pg_entry *entry, toasty_error *err)
{
    bool expected = connection->transaction_expected;
    look_at(connection, entry);
    if (toasty__pg_encode_job(&connection->parameters, entry->job, entry->first, &entry->job->failed,
                              &entry->job->error) < 0) {
        connection->transaction_expected = expected;
        toasty__pg_entry_done(entry);
        return 0;
    }
    if (connection->group_size && (!entry->shares || entry->alone) && end_group(connection, NULL, err) < 0)
        return -1;
    if (entry->shares)
        return send_read(connection, entry, err);
    if (send_operations(connection, entry, err) < 0)
        return -1;
    return end_group(connection, entry, err);
}

/* Statements that fell out of the set. In a transaction that may have failed they wait. */
static int close_statements(pg_connection *connection, toasty_error *err)
{
    if (connection->transaction_expected || !connection->statements.closing)
        return 0;
    for (pg_statement *statement; (statement = connection->statements.closing);) {
        char sql[64];
        if (reserve_commands(connection, 1) < 0)
            return toasty__fail_memory(err);
        connection->statements.closing = statement->older;
        snprintf(sql, sizeof sql, "DEALLOCATE \"%s\"", statement->name);
        toasty__free(statement);
        add_command(connection, PG_CLOSE, NULL, NULL);
        if (!send_execute(connection, NULL, sql, &connection->parameters, 0, 0, true))
            return refused(connection, err);
    }
    return end_group(connection, NULL, err);
}

static bool is_in_queue(const pg_connection *connection, const pg_entry *entry)
{
    size_t count = connection->command_count;
    return count && toasty__pg_command(connection, count - 1)->entry == entry;
}

int toasty__pg_send_waiting(pg_connection *connection, toasty_error *err)
{
    while (connection->waiting) {
        pg_entry *entry = connection->waiting;
        connection->waiting = entry->next;
        if (!connection->waiting)
            connection->waiting_end = &connection->waiting;
        entry->next = NULL;
        if (send_entry(connection, entry, err) == 0)
            continue;
        if (!is_in_queue(connection, entry)) {
            entry->next = connection->waiting;
            connection->waiting = entry;
        }
        return -1;
    }
    if (connection->group_size && end_group(connection, NULL, err) < 0)
        return -1;
    return close_statements(connection, err);
}
