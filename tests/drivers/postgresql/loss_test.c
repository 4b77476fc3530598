/* A server that goes away: in a query, a transaction, a COMMIT, a group; and what callers are told. */
#include "client.h"
#include "tcp_proxy.h"

#include <unistd.h>

/* Ends the other's server process, once it runs something and is waiting in it. */
static void kill_server_of(client *killer, int64_t pid)
{
    char sql[256];
    sprintf(sql,
            "SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND state = 'active' AND wait_event = "
            "'PgSleep'",
            (int)pid);
    while (!client_number(killer, sql))
        usleep(1000);
    sprintf(sql, "SELECT pg_terminate_backend(%d)", (int)pid);
    check_int(1, client_number(killer, sql));
}

typedef struct pair {
    client victim, killer;
    int64_t pid;
} pair;

static void pair_start(pair *pair)
{
    client_start(&pair->victim, true);
    client_start(&pair->killer, false);
    client_push(&pair->victim);
    client_run(&pair->killer, "SET search_path = driver", TOASTY_OK);
    pair->pid = client_number(&pair->victim, "SELECT pg_backend_pid()");
}

static void pair_stop(pair *pair)
{
    client_stop(&pair->victim);
    client_stop(&pair->killer);
}

TOASTY_TEST(postgresql, a_server_killed_in_a_query_is_a_lost_connection, NEEDS(SERVER))
{
    pair pair;
    call call, behind;
    pair_start(&pair);
    call_init(&call, &pair.victim);
    call_init(&behind, &pair.victim);
    call_add_sql(&call, TEXT("SELECT 1 FROM pg_sleep(30)"), NULL);
    call_add_sql(&behind, WRITE("DELETE FROM persons"), NULL);
    call_submit(&call);
    call_submit(&behind);
    uv_run(&pair.victim.loop, UV_RUN_NOWAIT);
    kill_server_of(&pair.killer, pair.pid);
    call_wait(&call);
    call_wait(&behind);
    call_check(&call, TOASTY_CONNECTION_LOST);
    check_text("57P01", call.job.error.server_code);
    call_check(&behind, TOASTY_CONNECTION_LOST);
    check_that(pair.victim.connection->broken);
    client_run(&pair.victim, "SELECT 1", TOASTY_CONNECTION_LOST);
    pair_stop(&pair);
}

TOASTY_TEST(postgresql, a_server_killed_in_a_transaction_leaves_nothing, NEEDS(SERVER))
{
    pair pair;
    call call;
    pair_start(&pair);
    check_int(TOASTY_OK, client_control(&pair.victim, TOASTY_OPERATION_BEGIN));
    client_run(&pair.victim, "INSERT INTO persons (id, name, email, mood) VALUES (1, 'a', 'a', 'low')",
               TOASTY_OK);
    call_init(&call, &pair.victim);
    call_add_sql(&call, WRITE("UPDATE persons SET age = 1 FROM pg_sleep(30)"), NULL);
    call_add(&call, TOASTY_OPERATION_COMMIT);
    call_submit(&call);
    uv_run(&pair.victim.loop, UV_RUN_NOWAIT);
    kill_server_of(&pair.killer, pair.pid);
    call_wait(&call);
    call_check(&call, TOASTY_CONNECTION_LOST);
    check_int(0, client_number(&pair.killer, "SELECT count(*) FROM persons"));
    pair_stop(&pair);
}

/* A trigger that sleeps when the transaction commits. */
static void make_commits_slow(client *client)
{
    client_run(client,
               "CREATE FUNCTION dream() RETURNS trigger LANGUAGE plpgsql AS "
               "$$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$",
               TOASTY_OK);
    client_run(client,
               "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON persons DEFERRABLE INITIALLY DEFERRED "
               "FOR EACH ROW EXECUTE FUNCTION dream()",
               TOASTY_OK);
}

TOASTY_TEST(postgresql, a_server_killed_in_a_commit_leaves_the_outcome_unknown, NEEDS(SERVER))
{
    pair pair;
    call call;
    pair_start(&pair);
    make_commits_slow(&pair.victim);
    check_int(TOASTY_OK, client_control(&pair.victim, TOASTY_OPERATION_BEGIN));
    client_run(&pair.victim, "INSERT INTO persons (id, name, email, mood) VALUES (1, 'a', 'a', 'low')",
               TOASTY_OK);
    call_init(&call, &pair.victim);
    call_add(&call, TOASTY_OPERATION_COMMIT);
    call_submit(&call);
    uv_run(&pair.victim.loop, UV_RUN_NOWAIT);
    kill_server_of(&pair.killer, pair.pid);
    call_wait(&call);
    call_check(&call, TOASTY_OUTCOME_UNKNOWN);
    check_int(0, client_number(&pair.killer, "SELECT count(*) FROM persons"));
    pair_stop(&pair);
}

TOASTY_TEST(postgresql, a_server_killed_while_a_single_write_commits_leaves_the_outcome_unknown,
            NEEDS(SERVER))
{
    pair pair;
    call call;
    pair_start(&pair);
    make_commits_slow(&pair.victim);
    call_init(&call, &pair.victim);
    call_add_sql(&call, WRITE("INSERT INTO persons (id, name, email, mood) VALUES (1, 'a', 'a', 'low')"),
                 NULL);
    call_submit(&call);
    uv_run(&pair.victim.loop, UV_RUN_NOWAIT);
    kill_server_of(&pair.killer, pair.pid);
    call_wait(&call);
    call_check(&call, TOASTY_OUTCOME_UNKNOWN);
    pair_stop(&pair);
}

TOASTY_TEST(postgresql, a_server_killed_in_a_group_leaves_nothing_half_done, NEEDS(SERVER))
{
    pair pair;
    call call;
    pair_start(&pair);
    call_init(&call, &pair.victim);
    call.job.atomic = true;
    call_add_sql(&call, WRITE("INSERT INTO persons (id, name, email, mood) VALUES (1, 'a', 'a', 'low')"),
                 NULL);
    call_add_sql(&call, WRITE("UPDATE persons SET age = 1 FROM pg_sleep(30)"), NULL);
    call_submit(&call);
    uv_run(&pair.victim.loop, UV_RUN_NOWAIT);
    kill_server_of(&pair.killer, pair.pid);
    call_wait(&call);
    call_check(&call, TOASTY_CONNECTION_LOST);
    check_int(0, client_number(&pair.killer, "SELECT count(*) FROM persons"));
    pair_stop(&pair);
}

/* Runs a statement that ends its own server. */
static void check_suicide(const toasty_statement *statement, bool inside, toasty_code code, int64_t left)
{
    pair pair;
    call call;
    pair_start(&pair);
    client_run(&pair.killer,
               "CREATE PROCEDURE halfway() LANGUAGE plpgsql AS $$ BEGIN "
               "INSERT INTO persons (id, name, email, mood) VALUES (1, 'a', 'a', 'low'); COMMIT; "
               "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(30); END $$",
               TOASTY_OK);
    if (inside)
        check_int(TOASTY_OK, client_control(&pair.victim, TOASTY_OPERATION_BEGIN));
    call_init(&call, &pair.victim);
    call_add_sql(&call, statement, NULL);
    call_run(&call);
    call_check(&call, code);
    check_text("57P01", call.job.error.server_code);
    check_int(left, client_number(&pair.killer, "SELECT count(*) FROM persons"));
    pair_stop(&pair);
}

TOASTY_TEST(postgresql, a_server_killed_in_a_procedure_that_has_committed_leaves_the_outcome_unknown,
            NEEDS(SERVER))
{
    check_suicide(RAW("CALL halfway()"), false, TOASTY_OUTCOME_UNKNOWN, 1);
    check_suicide(RAW("DO $$ BEGIN CALL halfway(); END $$"), false, TOASTY_OUTCOME_UNKNOWN, 1);
}

TOASTY_TEST(postgresql, a_server_killed_in_a_write_of_our_own_has_not_done_it, NEEDS(SERVER))
{
    check_suicide(WRITE("INSERT INTO persons (id, name, email, mood) SELECT 1, 'a', 'a', 'low' FROM "
                        "(SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(30)) AS end_of_it"),
                  false, TOASTY_CONNECTION_LOST, 0);
    check_suicide(WRITE("INSERT INTO persons (id, name, email, mood) SELECT 1, 'a', 'a', 'low' FROM "
                        "(SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(30)) AS end_of_it"),
                  true, TOASTY_CONNECTION_LOST, 0);
}

/* What a caller is told when the network goes and the server says nothing. */
static toasty_code cut_in(const toasty_statement *statement, bool on_loop)
{
    char url[512];
    client client;
    call call;
    tcp_proxy *proxy = tcp_proxy_for(getenv(SERVER), url, sizeof url);
    client_start_url(&client, url, on_loop);
    client_run(&client, "CREATE TEMP TABLE t (x int)", TOASTY_OK);
    tcp_proxy_cut_on(proxy, statement->sql, TCP_PROXY_AFTER);
    call_init(&call, &client);
    call_add_sql(&call, statement, NULL);
    call_run(&call);
    check_that(client.connection->broken);
    client_stop(&client);
    tcp_proxy_stop(proxy);
    return call.job.error.code;
}

TOASTY_TEST(postgresql, a_network_lost_in_a_read_is_a_lost_connection, NEEDS(SERVER))
{
    check_int(TOASTY_CONNECTION_LOST, cut_in(TEXT("SELECT 1 FROM t"), true));
    check_int(TOASTY_CONNECTION_LOST, cut_in(TEXT("SELECT 1 FROM t"), false));
}

TOASTY_TEST(postgresql, a_network_lost_in_a_write_leaves_the_outcome_unknown, NEEDS(SERVER))
{
    check_int(TOASTY_OUTCOME_UNKNOWN, cut_in(WRITE("INSERT INTO t VALUES (1)"), true));
    check_int(TOASTY_OUTCOME_UNKNOWN, cut_in(WRITE("INSERT INTO t VALUES (1)"), false));
}

/* It may be the end of the transaction. */
TOASTY_TEST(postgresql, a_network_lost_in_a_commit_of_the_users_own_leaves_the_outcome_unknown, NEEDS(SERVER))
{
    char url[512];
    client client;
    call call;
    tcp_proxy *proxy = tcp_proxy_for(getenv(SERVER), url, sizeof url);
    client_start_url(&client, url, true);
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_BEGIN));
    tcp_proxy_cut_on(proxy, "COMMIT WORK", TCP_PROXY_AFTER);
    call_init(&call, &client);
    call_add_sql(&call, RAW("COMMIT WORK"), NULL);
    call_run(&call);
    call_check(&call, TOASTY_OUTCOME_UNKNOWN);
    client_stop(&client);
    tcp_proxy_stop(proxy);
}

TOASTY_TEST(postgresql, an_idle_connection_whose_server_went_away_is_not_handed_out, NEEDS(SERVER))
{
    pair pair;
    toasty_error error;
    char sql[128];
    pair_start(&pair);
    DRIVER->detach(pair.victim.connection);
    sprintf(sql, "SELECT pg_terminate_backend(%d, 5000)", (int)pair.pid);
    check_int(1, client_number(&pair.killer, sql));
    check_int(-1, DRIVER->attach(pair.victim.connection, pair.victim.reactor, &error));
    check_error(&error, TOASTY_CONNECTION_LOST);
    check_that(pair.victim.connection->broken);
    pair_stop(&pair);
}
