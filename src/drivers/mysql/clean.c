/* Sessions that go to somebody else: what foreign statements may have left is undone.
 *
 * The server's own reset does it, a rollback included; it also forgets what was prepared and what the session
 * was told, which is told again; what it is like then is asked. All leave together, when the connection does
 * or in one write with the next statement. When one of them fails the connection is lost, before anybody has
 * seen an answer of what stands behind it. */
#include "mysql.h"

#include "base/alloc.h"
#include "base/error.h"

/* A request to stop a statement may still be on its way, and would hit this. */
static bool is_possible(const my_connection *connection)
{
    bool is_next = connection->database->pipelines || !connection->sent.first;
    return is_next && !connection->unknown && !connection->cancel && !connection->strays;
}

static my_entry *make_entry(my_connection *connection)
{
    my_entry *entry = toasty__my_entry_new(connection, NULL);
    if (!entry)
        return NULL;
    entry->steps[0] = (my_step){.kind = MY_STEP_CLEAN, .begins = MY_DONE, .sequence = 1};
    entry->steps[1] =
        (my_step){.text = connection->database->session_words, .kind = MY_STEP_CLEAN, .begins = MY_DONE};
    entry->steps[2] =
        (my_step){.text = connection->database->session_question, .kind = MY_STEP_ASK, .begins = MY_RESULT};
    entry->step_count = 3;
    return entry;
}

void toasty__my_clean(my_connection *connection)
{
    toasty_error error;
    connection->base.unclean = false;
    toasty__fail(&error, TOASTY_CONNECTION_LOST,
                 "the connection was closed: what raw statements left in its session is not known");
    my_entry *entry = is_possible(connection) ? make_entry(connection) : NULL;
    if (!entry) {
        toasty__my_lose(connection, &error, false);
        return;
    }
    toasty__kept_lost(&connection->statements);
    toasty__my_entry_begin(entry);
    toasty__my_queue_add(&connection->sent, entry);
    connection->transaction_expected = false;
    connection->base.session = 0;
    connection->session_known = MY_ASKED;
    toasty__my_send_rest(connection, entry);
}
