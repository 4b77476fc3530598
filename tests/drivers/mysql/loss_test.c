/* A server that goes away: in a query, a transaction, a group, a procedure; and what callers are told. */
#include "client.h"
#include "tcp_proxy.h"

#include <unistd.h>

typedef struct pair {
    client victim, killer;
    int64_t session; /* of the victim */
} pair;

static void pair_start(pair *pair)
{
    client_start(&pair->victim, true);
    client_start(&pair->killer, false);
    client_make_table(&pair->victim);
    pair->session = client_number(&pair->victim, "SELECT CONNECTION_ID()");
}

static void pair_stop(pair *pair)
{
    client_stop(&pair->victim);
    client_stop(&pair->killer);
}

/* Ends the victim's session, once it sleeps in a statement. */
static void kill_sleeper(pair *pair)
{
    char sql[160];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM information_schema.processlist WHERE id = %lld AND state = 'User sleep'",
             (long long)pair->session);
    while (!client_number(&pair->killer, sql))
        uv_run(&pair->victim.loop, UV_RUN_NOWAIT); /* what waits is prepared first */
    snprintf(sql, sizeof sql, "KILL CONNECTION %lld", (long long)pair->session);
    client_raw(&pair->killer, sql);
}

static int64_t rows_left(pair *pair)
{
    return client_number(&pair->killer, "SELECT count(*) FROM numbers");
}

ON_BOTH(a_session_killed_in_a_query_is_a_lost_connection)
{
    pair pair;
    call call, behind;
    pair_start(&pair);
    call_init(&call, &pair.victim);
    call_init(&behind, &pair.victim);
    call_add_sql(&call, TEXT("SELECT SLEEP(30)"), NULL);
    call_add_sql(&behind, WRITE("DELETE FROM numbers"), NULL);
    call_submit(&call);
    call_submit(&behind);
    kill_sleeper(&pair);
    call_wait(&call);
    call_wait(&behind);
    call_check(&call, TOASTY_CONNECTION_LOST);
    /* It may have been sent, and the server says goodbye to what is answered first. */
    check_that(behind.job.error.code == TOASTY_CONNECTION_LOST ||
               behind.job.error.code == TOASTY_OUTCOME_UNKNOWN);
    check_that(pair.victim.connection->broken);
    client_run(&pair.victim, "SELECT 1", TOASTY_CONNECTION_LOST);
    pair_stop(&pair);
}

ON_BOTH(a_session_killed_in_a_transaction_leaves_nothing)
{
    pair pair;
    call call;
    pair_start(&pair);
    check_int(TOASTY_OK, client_control(&pair.victim, TOASTY_OPERATION_BEGIN));
    client_run(&pair.victim, "INSERT INTO numbers (value) VALUES (1)", TOASTY_OK);
    call_init(&call, &pair.victim);
    call_add_sql(&call, WRITE("UPDATE numbers SET what = SLEEP(30)"), NULL);
    call_submit(&call);
    kill_sleeper(&pair);
    call_wait(&call);
    call_check(&call, TOASTY_CONNECTION_LOST);
    check_int(0, rows_left(&pair));
    pair_stop(&pair);
}

/* MySQL ends the sleep, and commits what was written; MariaDB does not. */
ON_BOTH(a_session_killed_in_a_write_leaves_the_outcome_unknown)
{
    pair pair;
    call call;
    pair_start(&pair);
    call_init(&call, &pair.victim);
    call_add_sql(&call, WRITE("INSERT INTO numbers (value, what) VALUES (1, SLEEP(30))"), NULL);
    call_submit(&call);
    kill_sleeper(&pair);
    call_wait(&call);
    call_check(&call, TOASTY_OUTCOME_UNKNOWN);
    pair_stop(&pair);
}

ON_BOTH(a_session_killed_in_a_group_leaves_nothing_half_done)
{
    pair pair;
    call call;
    pair_start(&pair);
    call_init(&call, &pair.victim);
    call.job.atomic = true;
    call_add_sql(&call, WRITE("INSERT INTO numbers (value) VALUES (1)"), NULL);
    call_add_sql(&call, WRITE("UPDATE numbers SET what = SLEEP(30)"), NULL);
    call_submit(&call);
    kill_sleeper(&pair);
    call_wait(&call);
    check_that(call.job.error.code == TOASTY_CONNECTION_LOST ||
               call.job.error.code == TOASTY_OUTCOME_UNKNOWN);
    check_int(0, rows_left(&pair));
    pair_stop(&pair);
}

ON_BOTH(a_session_killed_in_a_procedure_that_has_committed_leaves_the_outcome_unknown)
{
    pair pair;
    call call;
    pair_start(&pair);
    client_raw(&pair.killer, "DROP PROCEDURE IF EXISTS halfway");
    client_raw(&pair.killer,
               "CREATE PROCEDURE halfway() BEGIN INSERT INTO numbers (value) VALUES (1); COMMIT; "
               "KILL CONNECTION_ID(); DO SLEEP(30); END");
    call_init(&call, &pair.victim);
    call_add_sql(&call, RAW("CALL halfway()"), NULL);
    call_run(&call);
    /* MySQL says first that the statement was interrupted, which is what became of it. */
    call_check(&call, is_mysql() ? TOASTY_CANCELLED : TOASTY_OUTCOME_UNKNOWN);
    check_int(1, rows_left(&pair));
    pair_stop(&pair);
}

/* --- the network goes, and the server says nothing --- */

static toasty_code cut_in(const toasty_statement *statement, bool on_loop)
{
    char url[512];
    client client;
    call call;
    tcp_proxy *proxy = tcp_proxy_for(getenv(SERVER), url, sizeof url - 40);
    client_start_url(&client, strcat(url, "&allow_public_key_retrieval=1"), on_loop);
    client_make_table(&client);
    tcp_proxy_cut_on(proxy, statement->sql, TCP_PROXY_AFTER);
    call_init(&call, &client);
    call_add_sql(&call, statement, NULL);
    call_run(&call);
    check_that(client.connection->broken);
    client_stop(&client);
    tcp_proxy_stop(proxy);
    return call.job.error.code;
}

ON_BOTH(a_network_lost_in_a_read_is_a_lost_connection)
{
    check_int(TOASTY_CONNECTION_LOST, cut_in(TEXT("SELECT 1 FROM numbers"), true));
    check_int(TOASTY_CONNECTION_LOST, cut_in(TEXT("SELECT 1 FROM numbers"), false));
}

/* It is sent as a text, so that the cut is not in its preparation. */
ON_BOTH(a_network_lost_in_a_write_leaves_the_outcome_unknown)
{
    static const toasty_statement insert = {.sql = "INSERT INTO numbers (value) VALUES (7)",
                                            .operation = "INSERT",
                                            .writes = true,
                                            .text_results = true};
    check_int(TOASTY_OUTCOME_UNKNOWN, cut_in(&insert, true));
    check_int(TOASTY_OUTCOME_UNKNOWN, cut_in(&insert, false));
}

ON_BOTH(a_network_lost_while_a_write_is_prepared_has_changed_nothing)
{
    check_int(TOASTY_CONNECTION_LOST, cut_in(WRITE("INSERT INTO numbers (value) VALUES (8)"), true));
}

ON_BOTH(a_network_lost_in_a_commit_of_the_users_own_leaves_the_outcome_unknown)
{
    check_int(TOASTY_OUTCOME_UNKNOWN, cut_in(RAW("COMMIT WORK"), true));
}

ON_BOTH(an_idle_connection_whose_session_was_killed_is_not_handed_out)
{
    pair pair;
    toasty_error error;
    char stop[64], look[160];
    pair_start(&pair);
    DRIVER->detach(pair.victim.connection);
    snprintf(stop, sizeof stop, "KILL CONNECTION %lld", (long long)pair.session);
    snprintf(look, sizeof look, "SELECT count(*) FROM information_schema.processlist WHERE id = %lld",
             (long long)pair.session);
    do {
        client_hope(&pair.killer, stop); /* again: it is lost on a session that is just being reset */
    } while (client_number(&pair.killer, look));
    check_int(-1, DRIVER->attach(pair.victim.connection, pair.victim.reactor, &error));
    check_error(&error, TOASTY_CONNECTION_LOST);
    check_that(pair.victim.connection->broken);
    pair_stop(&pair);
}
