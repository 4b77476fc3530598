/* Jobs that are given up: at once, without a trace in their neighbours, and stopped on the server. */
#include "client.h"
#include "tcp_proxy.h"

static const toasty_parameter integer_parameter[] = {{.type = TOASTY_TYPE_I64}};
/* A text that is sent as it is: nothing has to be prepared first. */
#define AT_ONCE(sql_)                                                                                        \
    (&(const toasty_statement){.sql = (sql_), .operation = "SQL", .writes = true, .text_results = true})

static const toasty_statement slow = {.sql = "SELECT SLEEP(30)", .operation = "SELECT"};

static void cancel(call *call)
{
    DRIVER->cancel(call->client->connection, &call->job);
    check_that(call->done);
    call_check(call, TOASTY_CANCELLED);
}

typedef struct pair {
    client client, observer;
    char runs[160]; /* how many statements of the client sleep on the server */
} pair;

static void pair_start(pair *pair, bool on_loop)
{
    client_start(&pair->client, on_loop);
    client_start(&pair->observer, false);
    client_make_table(&pair->client);
    snprintf(pair->runs, sizeof pair->runs,
             "SELECT count(*) FROM information_schema.processlist WHERE id = %lld AND state = 'User sleep'",
             (long long)client_number(&pair->client, "SELECT CONNECTION_ID()"));
}

static void pair_stop(pair *pair)
{
    client_stop(&pair->observer);
    client_stop(&pair->client);
}

/* Something of the client runs on the server now. */
static void wait_until_it_runs(pair *pair)
{
    while (!client_number(&pair->observer, pair->runs))
        if (pair->client.on_loop)
            uv_run(&pair->client.loop, UV_RUN_NOWAIT);
        else
            toasty__reactor_turn(pair->client.reactor);
}

ON_BOTH(a_job_that_was_not_sent_leaves_the_queue)
{
    client client;
    call call;
    client_start(&client, true);
    call_init(&call, &client);
    call_add_sql(&call, &slow, NULL);
    call_submit(&call);
    cancel(&call);
    check_int(1, client_number(&client, "SELECT 1"));
    client_stop(&client);
}

static void check_long_query_ends(bool on_loop, const toasty_statement *statement)
{
    pair pair;
    call call;
    pair_start(&pair, on_loop);
    call_init(&call, &pair.client);
    call_add_sql(&call, statement, NULL);
    call_submit(&call);
    wait_until_it_runs(&pair);
    cancel(&call);
    uint64_t start = toasty__now_ms();
    check_int(1, client_number(&pair.client, "SELECT 1"));
    check_that(toasty__now_ms() - start < 10000);
    check_int(0, client_number(&pair.observer, pair.runs));
    check_that(!pair.client.connection->broken);
    pair_stop(&pair);
}

ON_BOTH(a_read_that_is_given_up_is_stopped_on_the_server)
{
    check_long_query_ends(true, &slow);
}

ON_BOTH(a_write_that_is_given_up_is_stopped_on_the_server)
{
    check_long_query_ends(true, WRITE("INSERT INTO numbers (value, what) VALUES (1, SLEEP(30))"));
}

ON_BOTH(neighbours_of_a_job_that_is_given_up_have_their_answers)
{
    enum { NEIGHBOURS = 20 };
    static const toasty_statement one[] = {{.id = 901, .sql = "SELECT 1"},
                                           {.id = 902, .sql = "UPDATE numbers SET what = 1", .writes = true}};
    pair pair;
    call before, call, after[NEIGHBOURS];
    pair_start(&pair, true);
    call_init(&before, &pair.client);
    call_init(&call, &pair.client);
    call_add_sql(&before, &one[0], NULL);
    call_add_sql(&call, &slow, NULL);
    call_submit(&before);
    call_submit(&call);
    for (int i = 0; i < NEIGHBOURS; i++) {
        call_init(&after[i], &pair.client);
        call_add_sql(&after[i], &one[i % 3 == 0], NULL);
        call_submit(&after[i]);
    }
    wait_until_it_runs(&pair);
    cancel(&call);
    call_wait(&before);
    call_check(&before, TOASTY_OK);
    for (int i = 0; i < NEIGHBOURS; i++) {
        call_wait(&after[i]);
        call_check(&after[i], TOASTY_OK);
    }
    pair_stop(&pair);
}

/* The pool closes a connection whose session nobody knows, and others wait on this one. */
ON_BOTH(a_group_that_is_given_up_says_nothing_of_a_session_that_others_share)
{
    pair pair;
    call before, group, after;
    pair_start(&pair, true);
    call_init(&before, &pair.client);
    call_add_sql(&before, TEXT("SELECT SLEEP(0.2)"), NULL);
    call_submit(&before);
    wait_until_it_runs(&pair);
    call_init(&group, &pair.client);
    group.job.atomic = true;
    call_add_sql(&group, AT_ONCE("INSERT INTO numbers (value) VALUES (1)"), NULL);
    call_add_sql(&group, AT_ONCE("INSERT INTO numbers (value) VALUES (2)"), NULL);
    call_submit(&group);
    uv_run(&pair.client.loop, UV_RUN_NOWAIT);
    cancel(&group);
    check_that(!(pair.client.connection->session & TOASTY_SESSION_UNKNOWN));
    call_wait(&before);
    call_check(&before, TOASTY_OK);
    call_init(&after, &pair.client);
    call_add_sql(&after, TEXT("SELECT count(*) FROM numbers"), NULL);
    call_want(&after, &number_model, number_columns, 1);
    call_run(&after);
    call_check(&after, TOASTY_OK);
    int64_t left = ((Number *)after.rows.items)->value;
    check_that(left == 0 || left == 2);
    call_finish(&after);
    pair_stop(&pair);
}

ON_BOTH(a_transaction_ends_after_a_statement_of_it_was_given_up)
{
    pair pair;
    call call;
    pair_start(&pair, true);
    check_int(TOASTY_OK, client_control(&pair.client, TOASTY_OPERATION_BEGIN));
    call_init(&call, &pair.client);
    call_add_sql(&call, &slow, NULL);
    call_submit(&call);
    wait_until_it_runs(&pair);
    cancel(&call);
    check_that(pair.client.connection->session & TOASTY_SESSION_UNKNOWN);
    check_int(TOASTY_OK, client_control(&pair.client, TOASTY_OPERATION_ROLLBACK));
    check_int(0, pair.client.connection->session & ~TOASTY_SESSION_TOUCHED);
    check_int(1, client_number(&pair.client, "SELECT 1"));
    pair_stop(&pair);
}

/* --- at random --- */

enum { CALLS = 200, CANCELS = 1000 };

/* A SLEEP that is interrupted at its very end is 1, and no error: it counts for nothing. */
static const toasty_statement echoes[] = {
    {.id = 911, .sql = "SELECT CAST(? AS SIGNED)", .parameters = integer_parameter, .parameter_count = 1},
    {.id = 912,
     .sql = "SELECT CAST(? AS SIGNED) + 0 * SLEEP(0.0005)",
     .parameters = integer_parameter,
     .parameter_count = 1},
    {.id = 913,
     .sql = "SELECT CAST(? AS SIGNED) FROM DUAL",
     .parameters = integer_parameter,
     .parameter_count = 1,
     .writes = true},
    {.id = 914,
     .sql = "SELECT CAST(? AS SIGNED) + 0 * SLEEP(0.03)",
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

ON_BOTH(after_a_thousand_random_cancels_every_answer_is_the_one_asked_for, TIMEOUT(60), THREADS)
{
    client client;
    static call calls[CALLS];
    static toasty_value values[CALLS];
    int64_t next = 0;
    int cancelled = 0;
    client_start(&client, true);
    srand(7);
    for (int i = 0; i < CALLS; i++)
        start_echo(&client, &calls[i], &values[i], ++next);
    while (cancelled < CANCELS) {
        if (rand() % 4 == 0)
            uv_run(&client.loop, UV_RUN_NOWAIT);
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
    check_int(1, client_number(&client, "SELECT 1"));
    client_stop(&client);
}

/* --- a server that does not answer --- */

ON_BOTH(a_server_that_does_not_answer_a_cancel_loses_the_connection, TIMEOUT(30), SLOW)
{
    char url[512];
    client client;
    call call, next;
    tcp_proxy *proxy = tcp_proxy_for(getenv(SERVER), url, sizeof url - 40);
    client_start_url(&client, strcat(url, "&allow_public_key_retrieval=1"), true);
    tcp_proxy_stall(proxy, true);
    call_init(&call, &client);
    call_add_sql(&call, RAW("SELECT 1"), NULL);
    call_submit(&call);
    uv_run(&client.loop, UV_RUN_NOWAIT);
    cancel(&call);
    call_init(&next, &client);
    call_add_sql(&next, TEXT("SELECT 1"), NULL);
    call_run(&next);
    call_check(&next, TOASTY_CONNECTION_LOST);
    check_that(client.connection->broken);
    client_stop(&client);
    tcp_proxy_stop(proxy);
}
