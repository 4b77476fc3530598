/* Jobs that are given up: at once, without a trace in their neighbours, and stopped on the server. */
#include "client.h"
#include "tcp_proxy.h"

static const toasty_parameter integer_parameter[] = {{.type = TOASTY_TYPE_I64}};

static const toasty_statement slow = {.sql = "SELECT 1 FROM pg_sleep(30)", .operation = "SELECT"};

static void cancel(call *call)
{
    DRIVER->cancel(call->client->connection, &call->job);
    check_that(call->done);
    call_check(call, TOASTY_CANCELLED);
}

static void send_out(client *client)
{
    if (client->on_loop)
        uv_run(&client->loop, UV_RUN_NOWAIT);
    else
        toasty__reactor_turn(client->reactor);
}

TOASTY_TEST(postgresql, a_job_that_was_not_sent_leaves_the_queue, NEEDS(SERVER))
{
    client client;
    call call;
    client_start(&client, true);
    call_init(&call, &client);
    call_add_sql(&call, &slow, NULL);
    call_submit(&call);
    cancel(&call);
    check_int(1, client_number(&client, "SELECT 1::bigint"));
    client_stop(&client);
}

static void check_long_query_ends(bool on_loop, const toasty_statement *statement)
{
    client client, observer;
    call call;
    char sql[128];
    client_start(&client, on_loop);
    client_start(&observer, false);
    sprintf(sql, "SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND wait_event = 'PgSleep'",
            (int)client_number(&client, "SELECT pg_backend_pid()"));
    call_init(&call, &client);
    call_add_sql(&call, statement, NULL);
    call_submit(&call);
    send_out(&client);
    cancel(&call);
    uint64_t start = toasty__now_ms();
    check_int(1, client_number(&client, "SELECT 1::bigint"));
    check_that(toasty__now_ms() - start < 5000);
    check_int(0, client_number(&observer, sql));
    check_that(!client.connection->broken);
    client_stop(&observer);
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_read_that_is_given_up_is_stopped_on_the_server, NEEDS(SERVER))
{
    check_long_query_ends(true, &slow);
    check_long_query_ends(false, &slow);
}

TOASTY_TEST(postgresql, a_write_that_is_given_up_is_stopped_on_the_server, NEEDS(SERVER))
{
    check_long_query_ends(true, WRITE("SELECT 1 FROM pg_sleep(30)"));
}

TOASTY_TEST(postgresql, neighbours_of_a_job_that_is_given_up_have_their_answers, NEEDS(SERVER))
{
    enum { NEIGHBOURS = 20 };
    static const toasty_statement one[] = {{.sql = "SELECT 1"}, {.sql = "SELECT 1", .writes = true}};
    client client;
    call before, call, after[NEIGHBOURS];
    client_start(&client, true);
    call_init(&before, &client);
    call_init(&call, &client);
    call_add_sql(&before, TEXT("SELECT 1"), NULL);
    call_add_sql(&call, &slow, NULL);
    call_submit(&before);
    call_submit(&call);
    for (int i = 0; i < NEIGHBOURS; i++) {
        call_init(&after[i], &client);
        call_add_sql(&after[i], &one[i % 3 == 0], NULL);
        call_submit(&after[i]);
    }
    send_out(&client);
    cancel(&call);
    call_wait(&before);
    call_check(&before, TOASTY_OK);
    for (int i = 0; i < NEIGHBOURS; i++) {
        call_wait(&after[i]);
        call_check(&after[i], TOASTY_OK);
    }
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_transaction_ends_after_a_statement_of_it_was_given_up, NEEDS(SERVER))
{
    client client;
    call call;
    client_start(&client, true);
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_BEGIN));
    call_init(&call, &client);
    call_add_sql(&call, &slow, NULL);
    call_submit(&call);
    send_out(&client);
    cancel(&call);
    uint64_t start = toasty__now_ms();
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_ROLLBACK));
    check_that(toasty__now_ms() - start < 5000);
    check_int(0, client.connection->session);
    check_int(1, client_number(&client, "SELECT 1::bigint"));
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_connection_may_leave_its_loop_while_it_still_has_an_answer_to_forget, NEEDS(SERVER))
{
    client client;
    call call;
    toasty_error error;
    client_start(&client, true);
    toasty__reactor *loop = client.reactor;
    call_init(&call, &client);
    call_add_sql(&call, &slow, NULL);
    call_submit(&call);
    send_out(&client);
    cancel(&call);
    DRIVER->detach(client.connection);
    client.on_loop = false;
    client.reactor = toasty__reactor_of_thread(&error);
    check_int(0, DRIVER->attach(client.connection, client.reactor, &error));
    check_int(1, client_number(&client, "SELECT 1::bigint"));
    toasty__reactor_release(loop);
    client_stop(&client);
    uv_run(&client.loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&client.loop));
}

/* --- at random --- */

enum { CALLS = 200, CANCELS = 1000 };

static const toasty_statement echoes[] = {
    {.id = 1, .sql = "SELECT $1::bigint", .parameters = integer_parameter, .parameter_count = 1},
    {.id = 2,
     .sql = "SELECT $1::bigint FROM pg_sleep(0.0005)",
     .parameters = integer_parameter,
     .parameter_count = 1},
    {.id = 3,
     .sql = "SELECT $1::bigint",
     .parameters = integer_parameter,
     .parameter_count = 1,
     .writes = true},
    {.id = 4,
     .sql = "SELECT $1::bigint FROM pg_sleep(0.03)",
     .parameters = integer_parameter,
     .parameter_count = 1},
};

static void start_echo(client *client, call *call, toasty_value *value, int64_t id)
{
    call_init(call, client);
    *value = (toasty_value){.kind = TOASTY_VALUE_INT, .as.integer = id};
    call_add_sql(call, &echoes[id % 97 == 0 ? 3 : id % 3], value);
    call_want(call, &number_model, number_columns, 1);
    call_submit(call);
}

static void check_echo(call *call, const toasty_value *value)
{
    if (call->job.error.code != TOASTY_CANCELLED) {
        call_check(call, TOASTY_OK);
        check_uint(1, call->rows.count);
        check_int(value->as.integer, ((Number *)call->rows.items)->value);
    }
    call_finish(call);
}

static void cancel_at_random(bool on_loop, int cancels)
{
    client client;
    static call calls[CALLS];
    static toasty_value values[CALLS];
    int64_t next = 0;
    int cancelled = 0;
    client_start(&client, on_loop);
    srand(7);
    for (int i = 0; i < CALLS; i++)
        start_echo(&client, &calls[i], &values[i], ++next);
    while (cancelled < cancels) {
        if (rand() % 4 == 0)
            send_out(&client);
        int i = rand() % CALLS;
        if (!calls[i].done) {
            DRIVER->cancel(client.connection, &calls[i].job);
            cancelled++;
        }
        for (i = 0; i < CALLS; i++)
            if (calls[i].done) {
                check_echo(&calls[i], &values[i]);
                start_echo(&client, &calls[i], &values[i], ++next);
            }
    }
    for (int i = 0; i < CALLS; i++) {
        call_wait(&calls[i]);
        check_echo(&calls[i], &values[i]);
    }
    check_int(1, client_number(&client, "SELECT 1::bigint"));
    client_stop(&client);
}

TOASTY_TEST(postgresql, after_a_thousand_random_cancels_every_answer_is_the_one_asked_for, NEEDS(SERVER),
            TIMEOUT(60), THREADS)
{
    cancel_at_random(true, CANCELS);
}

TOASTY_TEST(postgresql, random_cancels_on_a_thread_leave_every_answer_right, NEEDS(SERVER), TIMEOUT(60))
{
    cancel_at_random(false, CANCELS / 4);
}

/* --- a server that does not answer --- */

TOASTY_TEST(postgresql, a_server_that_does_not_answer_a_cancel_loses_the_connection, NEEDS(SERVER),
            TIMEOUT(30), SLOW)
{
    char url[512];
    client client;
    call call, next;
    tcp_proxy *proxy = tcp_proxy_for(getenv(SERVER), url, sizeof url);
    client_start_url(&client, url, true);
    tcp_proxy_stall(proxy, true);
    call_init(&call, &client);
    call_add_sql(&call, TEXT("SELECT 1"), NULL);
    call_submit(&call);
    send_out(&client);
    cancel(&call);
    call_init(&next, &client);
    call_add_sql(&next, TEXT("SELECT 1"), NULL);
    call_run(&next);
    call_check(&next, TOASTY_CONNECTION_LOST);
    check_that(client.connection->broken);
    client_stop(&client);
    tcp_proxy_stop(proxy);
}
