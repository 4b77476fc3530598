/* Sessions that go to somebody else: what foreign statements may have left is undone.
 *
 * It is what DISCARD ALL does, but for the prepared statements of ours, which stay, behind a ROLLBACK of
 * an open transaction; settings go back to those of the start-up packet, where all of ours are. It is one
 * group of messages that nobody waits for: it leaves when the connection does, or in one write with the next
 * statement. When any of it fails the connection is lost, before anybody has seen an answer of what stands
 * behind it. */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"

/* Who the session is comes first, since not everybody may reset every setting; then settings, since a time
 * limit of statements may be one of them. */
static const toasty_statement words[] = {
#define WORD(text, word)                                                                                     \
    {                                                                                                        \
        .sql = (text), .operation = (word), .table = "", .text_results = true                                \
    }
    WORD("RESET SESSION AUTHORIZATION", "RESET"),
    WORD("RESET ALL", "RESET"),
    WORD("CLOSE ALL", "CLOSE"),
    WORD("UNLISTEN *", "UNLISTEN"),
    WORD("SELECT pg_catalog.pg_advisory_unlock_all()", "SELECT"),
    WORD("DISCARD TEMP", "DISCARD"),
    WORD("DISCARD SEQUENCES", "DISCARD"),
    /* Those that a PREPARE made; ours were made by messages. */
    WORD("DO $$ DECLARE name text; BEGIN "
         "FOR name IN SELECT p.name FROM pg_catalog.pg_prepared_statements p WHERE p.from_sql LOOP "
         "EXECUTE pg_catalog.format('DEALLOCATE %I', name); END LOOP; END $$",
         "DO"),
#undef WORD
};
enum { WORDS = sizeof words / sizeof *words };

struct pg_cleaning {
    toasty_job job;
    toasty_operation operations[1 + WORDS];
    bool under_way;
};

static void cleaned(toasty_job *job)
{
    pg_connection *connection = job->session;
    connection->cleaning->under_way = false;
    if (job->error.code == TOASTY_OK)
        return;
    toasty_error error;
    toasty__fail(&error, TOASTY_CONNECTION_LOST,
                 "the connection was closed: what raw statements left in its session could not be undone: %s",
                 job->error.message);
    toasty__pg_lose(connection, &error, false);
}

static void prepare(pg_connection *connection)
{
    struct pg_cleaning *cleaning = connection->cleaning;
    bool open = connection->base.session & TOASTY_SESSION_IN_TRANSACTION;
    cleaning->operations[0] = (toasty_operation){.kind = TOASTY_OPERATION_ROLLBACK};
    for (uint32_t i = 0; i < WORDS; i++)
        cleaning->operations[1 + i] =
            (toasty_operation){.kind = TOASTY_OPERATION_SQL, .statement = &words[i]};
    cleaning->job = (toasty_job){.operations = cleaning->operations + !open,
                                 .count = WORDS + open,
                                 .done = cleaned,
                                 .session = connection};
}

/* A request to stop a statement may still be on its way, and would hit this. */
static bool is_possible(pg_connection *connection)
{
    if (connection->unknown || connection->cancel || connection->strays)
        return false;
    if (!connection->cleaning)
        connection->cleaning = toasty__calloc(1, sizeof *connection->cleaning);
    return connection->cleaning && !connection->cleaning->under_way;
}

void toasty__pg_clean(pg_connection *connection)
{
    toasty_error error;
    connection->base.unclean = false;
    toasty__fail(&error, TOASTY_CONNECTION_LOST,
                 "the connection was closed: what raw statements left in its session is not known");
    if (!is_possible(connection)) {
        toasty__pg_lose(connection, &error, false);
        return;
    }
    prepare(connection);
    connection->cleaning->under_way = true;
    if (toasty__pg_send_first(connection, &connection->cleaning->job, &error) < 0)
        toasty__pg_lose(connection, &error, false);
    else if (!connection->base.broken)
        connection->base.session = 0;
}

void toasty__pg_cleaning_free(pg_connection *connection)
{
    toasty__free(connection->cleaning);
}
