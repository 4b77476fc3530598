/* Prepared statements of a connection (driver/kept.h).
 *
 * Whoever waits with one speaks of it from the moment on at which the server is asked to prepare it. One that
 * is not to be kept, and every one where the database keeps none, is closed after its first use. */
#include "mysql.h"

#include "base/alloc.h"

static void free_statement(toasty__kept *kept)
{
    my_statement *statement = (my_statement *)kept;
    toasty__my_columns_done(&statement->columns);
    toasty__free(statement->refusal);
    toasty__free(statement);
}

void toasty__my_statements_init(toasty__kept_set *statements)
{
    statements->most = MY_STATEMENTS;
    statements->free = free_statement;
}

my_statement *toasty__my_statement_use(my_connection *connection, const toasty_statement *text)
{
    toasty__kept_set *statements = &connection->statements;
    bool kept = text->id && connection->database->prepares;
    my_statement *statement = kept ? (my_statement *)toasty__kept_find(statements, text->id) : NULL;
    if (!statement) {
        statement = toasty__calloc(1, sizeof *statement);
        if (!statement)
            return NULL;
        toasty__kept_add(statements, &statement->kept, text->id);
    }
    toasty__kept_use(statements, &statement->kept);
    if (!kept) /* closed by who uses it, once the server has it */
        toasty__kept_forget(statements, &statement->kept, false);
    return statement;
}
