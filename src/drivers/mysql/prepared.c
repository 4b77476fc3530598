/* Prepared statements of a connection: a bounded set by least recent use.
 *
 * A statement is known by the id of its text. Whoever waits with one speaks of it from the moment on at which
 * the server is asked to prepare it, so that it stays until it was executed. What falls out of the set is
 * closed on the server with a later write. One that is not to be kept, and every one where the database keeps
 * none, is closed after its first use. */
#include "mysql.h"

#include "base/alloc.h"

void toasty__my_statement_free(my_statement *statement)
{
    toasty__my_columns_done(&statement->columns);
    toasty__free(statement->refusal);
    toasty__free(statement);
}

void toasty__my_statements_done(my_statements *statements)
{
    for (my_statement *statement = statements->oldest, *next; statement; statement = next) {
        next = statement->newer;
        toasty__my_statement_free(statement);
    }
    for (my_statement *statement; (statement = toasty__my_statement_to_close(statements));)
        toasty__my_statement_free(statement);
}

/* --- by id --- */

static my_statement **bucket_of(my_statements *statements, uint64_t id)
{
    return &statements->buckets[id % MY_STATEMENTS];
}

static my_statement *find(my_statements *statements, uint64_t id)
{
    my_statement *statement = *bucket_of(statements, id);
    while (statement && statement->id != id)
        statement = statement->next;
    return statement;
}

static void unlink_id(my_statements *statements, my_statement *statement)
{
    my_statement **place = bucket_of(statements, statement->id);
    while (*place != statement)
        place = &(*place)->next;
    *place = statement->next;
    statements->count--;
}

static void link_id(my_statements *statements, my_statement *statement)
{
    my_statement **place = bucket_of(statements, statement->id);
    statement->next = *place;
    *place = statement;
    statements->count++;
}

/* --- by use --- */

static void unlink_use(my_statements *statements, my_statement *statement)
{
    *(statement->older ? &statement->older->newer : &statements->oldest) = statement->newer;
    *(statement->newer ? &statement->newer->older : &statements->newest) = statement->older;
    statement->older = statement->newer = NULL;
}

static void link_newest(my_statements *statements, my_statement *statement)
{
    statement->older = statements->newest;
    *(statements->newest ? &statements->newest->newer : &statements->oldest) = statement;
    statements->newest = statement;
}

/* Out of the set; to be closed on the server when it is there. */
static void drop(my_statements *statements, my_statement *statement, bool server_has_it)
{
    unlink_id(statements, statement);
    unlink_use(statements, statement);
    statement->forgotten = true;
    statement->acknowledged = server_has_it;
}

/* A forgotten statement that nobody speaks of. */
static void bury(my_statements *statements, my_statement *statement)
{
    if (statement->acknowledged) {
        statement->next = statements->closing;
        statements->closing = statement;
    } else
        toasty__my_statement_free(statement);
}

static void make_room(my_statements *statements)
{
    if (statements->count < MY_STATEMENTS)
        return;
    my_statement *statement = statements->oldest;
    while (statement && statement->in_flight)
        statement = statement->newer;
    if (!statement)
        return;
    drop(statements, statement, true);
    bury(statements, statement);
}

static my_statement *add(my_statements *statements, uint64_t id)
{
    make_room(statements);
    my_statement *statement = toasty__calloc(1, sizeof *statement);
    if (!statement)
        return NULL;
    statement->id = id;
    link_id(statements, statement);
    link_newest(statements, statement);
    return statement;
}

/* --- use --- */

my_statement *toasty__my_statement_use(my_connection *connection, const toasty_statement *text)
{
    my_statements *statements = &connection->statements;
    bool kept = text->id && connection->database->prepares;
    my_statement *statement = kept ? find(statements, text->id) : NULL;
    if (!statement)
        statement = add(statements, text->id);
    if (!statement)
        return NULL;
    statement->in_flight++;
    if (statement != statements->newest) {
        unlink_use(statements, statement);
        link_newest(statements, statement);
    }
    if (!kept)
        drop(statements, statement, false); /* closed by who uses it, once the server has it */
    return statement;
}

void toasty__my_statement_forget(my_connection *connection, my_statement *statement, bool server_has_it)
{
    if (!statement->forgotten)
        drop(&connection->statements, statement, server_has_it);
}

void toasty__my_statements_lost(my_connection *connection)
{
    my_statements *statements = &connection->statements;
    for (my_statement *statement; (statement = statements->oldest);) {
        drop(statements, statement, false);
        if (!statement->in_flight)
            bury(statements, statement);
    }
    for (my_statement *statement; (statement = toasty__my_statement_to_close(statements));)
        toasty__my_statement_free(statement);
}

bool toasty__my_statements_halve(my_connection *connection)
{
    my_statements *statements = &connection->statements;
    uint32_t before = statements->count, least = before / 2;
    for (my_statement *statement = statements->oldest, *next; statement && statements->count > least;
         statement = next) {
        next = statement->newer;
        if (statement->in_flight)
            continue;
        drop(statements, statement, statement->acknowledged);
        bury(statements, statement);
    }
    return statements->count < before;
}

void toasty__my_statement_release(my_connection *connection, my_statement *statement)
{
    if (--statement->in_flight == 0 && statement->forgotten)
        bury(&connection->statements, statement);
}

my_statement *toasty__my_statement_to_close(my_statements *statements)
{
    my_statement *statement = statements->closing;
    if (statement)
        statements->closing = statement->next;
    return statement;
}
