/* Prepared statements of a connection (driver/kept.h).
 *
 * A statement's name on the server never comes twice, so a name that the server has lost or must forget is
 * simply left. A name is used by others once the server has acknowledged it and has described its columns,
 * which are kept here, or behind its Parse in the same group, where a failure sweeps away all that follow.
 * Without memory a statement is not kept: it runs by its text. */
#include "postgresql.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <stdio.h>

static void free_statement(toasty__kept *kept)
{
    toasty__pg_columns_done(&((pg_statement *)kept)->columns);
    toasty__free(kept);
}

void toasty__pg_statements_init(toasty__kept_set *statements)
{
    statements->most = TOASTY__MOST_KEPT;
    statements->free = free_statement;
}

static pg_statement *add(pg_connection *connection, uint64_t id)
{
    pg_statement *statement = toasty__calloc(1, sizeof *statement);
    if (!statement)
        return NULL;
    int length = snprintf(statement->name, sizeof statement->name, "t%" PRIx64 "_%" PRIx32, id,
                          connection->statements_made++);
    statement->name_size = (uint32_t)length + 1;
    statement->group = connection->group;
    toasty__kept_add(&connection->statements, &statement->kept, id);
    return statement;
}

pg_statement *toasty__pg_statement_use(pg_connection *connection, const toasty_statement *text, bool *parse)
{
    if (!text->id || !connection->database->prepares)
        return NULL;
    pg_statement *statement = (pg_statement *)toasty__kept_find(&connection->statements, text->id);
    bool is_new = !statement;
    if (is_new)
        statement = add(connection, text->id);
    *parse = is_new && statement;
    if (!statement || (!is_new && !statement->kept.acknowledged && statement->group != connection->group))
        return NULL;
    toasty__kept_use(&connection->statements, &statement->kept);
    return statement;
}

void toasty__pg_statement_acknowledge(pg_connection *connection, pg_statement *statement)
{
    statement->kept.acknowledged = true;
    connection->base.prepared++;
}
