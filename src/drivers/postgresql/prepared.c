/* Prepared statements of a connection: a bounded set by least recent use.
 *
 * A statement is known by the id of its text; its name on the server never comes twice, so a name that the
 * server has lost or must forget is simply left. A name is used by others once the server has acknowledged
 * it and has described its columns, which are kept here, or behind its Parse in the same group, where a
 * failure sweeps away all that follow. What falls out of the set is closed on the server with a later write.
 * Without memory a statement is not kept: it runs by its text. */
#include "postgresql.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <stdio.h>

void toasty__pg_statement_free(pg_statement *statement)
{
    toasty__pg_columns_done(&statement->columns);
    toasty__free(statement);
}

void toasty__pg_statements_done(pg_statements *statements)
{
    for (pg_statement *statement = statements->oldest, *next; statement; statement = next) {
        next = statement->newer;
        toasty__pg_statement_free(statement);
    }
    for (pg_statement *statement; (statement = toasty__pg_statement_to_close(statements));)
        toasty__pg_statement_free(statement);
}

/* --- by id --- */

static pg_statement **bucket_of(pg_statements *statements, uint64_t id)
{
    return &statements->buckets[id % PG_STATEMENTS];
}

static pg_statement *find(pg_statements *statements, uint64_t id)
{
    pg_statement *statement = *bucket_of(statements, id);
    while (statement && statement->id != id)
        statement = statement->next;
    return statement;
}

static void unlink_id(pg_statements *statements, pg_statement *statement)
{
    pg_statement **place = bucket_of(statements, statement->id);
    while (*place != statement)
        place = &(*place)->next;
    *place = statement->next;
    statements->count--;
}

static void link_id(pg_statements *statements, pg_statement *statement)
{
    pg_statement **place = bucket_of(statements, statement->id);
    statement->next = *place;
    *place = statement;
    statements->count++;
}

/* --- by use --- */

static void unlink_use(pg_statements *statements, pg_statement *statement)
{
    *(statement->older ? &statement->older->newer : &statements->oldest) = statement->newer;
    *(statement->newer ? &statement->newer->older : &statements->newest) = statement->older;
    statement->older = statement->newer = NULL;
}

static void link_newest(pg_statements *statements, pg_statement *statement)
{
    statement->older = statements->newest;
    *(statements->newest ? &statements->newest->newer : &statements->oldest) = statement;
    statements->newest = statement;
}

/* Out of the set; to be closed on the server when it is there. */
static void drop(pg_statements *statements, pg_statement *statement, bool server_has_it)
{
    unlink_id(statements, statement);
    unlink_use(statements, statement);
    statement->forgotten = true;
    statement->acknowledged = server_has_it;
}

/* A forgotten statement that nobody speaks of. */
static void bury(pg_statements *statements, pg_statement *statement)
{
    if (statement->acknowledged) {
        statement->next = statements->closing;
        statements->closing = statement;
    } else
        toasty__pg_statement_free(statement);
}

static void make_room(pg_statements *statements)
{
    if (statements->count < PG_STATEMENTS)
        return;
    pg_statement *statement = statements->oldest;
    while (statement && statement->in_flight)
        statement = statement->newer;
    if (!statement)
        return;
    drop(statements, statement, true);
    bury(statements, statement);
}

static pg_statement *add(pg_statements *statements, uint64_t id)
{
    make_room(statements);
    pg_statement *statement = toasty__calloc(1, sizeof *statement);
    if (!statement)
        return NULL;
    statement->id = id;
    int length =
        snprintf(statement->name, sizeof statement->name, "t%" PRIx64 "_%" PRIx32, id, statements->made++);
    statement->name_size = (uint32_t)length + 1;
    link_id(statements, statement);
    link_newest(statements, statement);
    return statement;
}

/* --- use --- */

pg_statement *toasty__pg_statement_use(pg_connection *connection, const toasty_statement *text, bool *parse)
{
    pg_statements *statements = &connection->statements;
    if (!text->id || !connection->database->prepares)
        return NULL;
    pg_statement *statement = find(statements, text->id);
    *parse = !statement;
    if (!statement) {
        statement = add(statements, text->id);
        if (!statement) {
            *parse = false;
            return NULL;
        }
        statement->group = connection->group;
    } else if (!statement->acknowledged && statement->group != connection->group)
        return NULL;
    statement->in_flight++;
    if (statement != statements->newest) {
        unlink_use(statements, statement);
        link_newest(statements, statement);
    }
    return statement;
}

void toasty__pg_statement_acknowledge(pg_connection *connection, pg_statement *statement)
{
    statement->acknowledged = true;
    connection->base.prepared++;
}

void toasty__pg_statement_forget(pg_connection *connection, pg_statement *statement, bool server_has_it)
{
    if (!statement->forgotten)
        drop(&connection->statements, statement, server_has_it);
}

void toasty__pg_statement_release(pg_connection *connection, pg_statement *statement)
{
    if (--statement->in_flight == 0 && statement->forgotten)
        bury(&connection->statements, statement);
}

pg_statement *toasty__pg_statement_to_close(pg_statements *statements)
{
    pg_statement *statement = statements->closing;
    if (statement)
        statements->closing = statement->next;
    return statement;
}
