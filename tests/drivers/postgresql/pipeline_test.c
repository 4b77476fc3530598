/* Jobs on one connection: in order, in few writes, each with its own answer. */
#include "client.h"
#include "tcp_proxy.h"

static const toasty_parameter integer_parameter[] = {{.type = TOASTY_TYPE_I64}};

enum { CALLS = 100 };

static const toasty_statement echo = {
    .id = 1, .sql = "SELECT $1::bigint", .parameters = integer_parameter, .parameter_count = 1};

static toasty_value integer(int64_t value)
{
    return (toasty_value){.kind = TOASTY_VALUE_INT, .as.integer = value};
}

/* A hundred jobs in one turn of the reactor. */
static void submit_echoes(client *client, call *calls, toasty_value *values)
{
    for (int i = 0; i < CALLS; i++) {
        values[i] = integer(i);
        call_init(&calls[i], client);
        call_add_sql(&calls[i], &echo, &values[i]);
        call_want(&calls[i], &number_model, number_columns, 1);
        call_submit(&calls[i]);
    }
}

static void check_echoes(call *calls)
{
    for (int i = 0; i < CALLS; i++) {
        call_wait(&calls[i]);
        call_check(&calls[i], TOASTY_OK);
        check_uint(1, calls[i].rows.count);
        check_int(i, ((Number *)calls[i].rows.items)->value);
        call_finish(&calls[i]);
    }
}

static void check_bursts(bool on_loop)
{
    char url[512];
    client client;
    static call calls[CALLS];
    toasty_value values[CALLS];
    tcp_proxy *proxy = tcp_proxy_for(getenv(SERVER), url, sizeof url);
    check_that(proxy);
    client_start_url(&client, url, on_loop);
    uint64_t before = client.connection->bursts;
    tcp_proxy_reset_counts(proxy);
    submit_echoes(&client, calls, values);
    call_wait(&calls[0]);
    check_that(client.connection->bursts - before <= 5);
    check_that(tcp_proxy_count(proxy).bursts_before_answer <= 5);
    check_echoes(calls);
    check_uint(1, client.connection->prepared);
    client_stop(&client);
    tcp_proxy_stop(proxy);
}

TOASTY_TEST(postgresql, a_hundred_reads_of_one_turn_go_out_in_few_writes_on_a_loop, NEEDS(SERVER), THREADS)
{
    check_bursts(true);
}

TOASTY_TEST(postgresql, a_hundred_reads_of_one_turn_go_out_in_few_writes_on_a_thread, NEEDS(SERVER))
{
    check_bursts(false);
}

TOASTY_TEST(postgresql, a_read_that_fails_in_company_fails_alone, NEEDS(SERVER))
{
    client client;
    static call calls[CALLS];
    toasty_value values[CALLS];
    static const toasty_statement divide = {
        .id = 2, .sql = "SELECT 100 / $1::bigint", .parameters = integer_parameter, .parameter_count = 1};
    client_start(&client, true);
    for (int i = 0; i < CALLS; i++) {
        values[i] = integer(i % 10);
        call_init(&calls[i], &client);
        call_add_sql(&calls[i], &divide, &values[i]);
        call_want(&calls[i], &number_model, number_columns, 1);
        call_submit(&calls[i]);
    }
    for (int i = 0; i < CALLS; i++) {
        call_wait(&calls[i]);
        call_check(&calls[i], i % 10 ? TOASTY_OK : TOASTY_INVALID_VALUE);
        if (i % 10)
            check_int(100 / (i % 10), ((Number *)calls[i].rows.items)->value);
        else
            check_text("22012", calls[i].job.error.server_code);
        call_finish(&calls[i]);
    }
    client_stop(&client);
}

TOASTY_TEST(postgresql, what_neighbours_write_is_theirs_alone, NEEDS(SERVER))
{
    client client;
    call first, failing, last;
    client_start(&client, false);
    client_push(&client);
    call_init(&first, &client);
    call_init(&failing, &client);
    call_init(&last, &client);
    call_add_sql(&first, WRITE("INSERT INTO persons (id, name, email, mood) VALUES (1, 'a', 'a', 'low')"),
                 NULL);
    call_add_sql(&failing, WRITE("INSERT INTO persons (id, name, email, mood) VALUES (1, 'b', 'b', 'low')"),
                 NULL);
    call_add_sql(&last, WRITE("INSERT INTO persons (id, name, email, mood) VALUES (2, 'c', 'c', 'low')"),
                 NULL);
    call_submit(&first);
    call_submit(&failing);
    call_submit(&last);
    call_wait(&first);
    call_wait(&failing);
    call_wait(&last);
    call_check(&first, TOASTY_OK);
    check_int(1, first.operations[0].count);
    call_check(&failing, TOASTY_UNIQUE_VIOLATION);
    call_check(&last, TOASTY_OK);
    check_int(2, client_number(&client, "SELECT count(*) FROM persons"));
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_group_happens_as_a_whole_or_not_at_all, NEEDS(SERVER))
{
    client client;
    call call;
    client_start(&client, true);
    client_push(&client);
    call_init(&call, &client);
    call.job.atomic = true;
    call_add_sql(&call, WRITE("INSERT INTO persons (id, name, email, mood) VALUES (1, 'a', 'a', 'low')"),
                 NULL);
    call_add_sql(&call, WRITE("INSERT INTO persons (id, name, email, mood) VALUES (1, 'b', 'b', 'low')"),
                 NULL);
    call_add_sql(&call, WRITE("INSERT INTO persons (id, name, email, mood) VALUES (2, 'c', 'c', 'low')"),
                 NULL);
    call_run(&call);
    call_check(&call, TOASTY_UNIQUE_VIOLATION);
    check_uint(1, call.job.failed);
    check_int(0, client_number(&client, "SELECT count(*) FROM persons"));
    call_init(&call, &client);
    call.job.atomic = true;
    call_add_sql(&call, WRITE("INSERT INTO persons (id, name, email, mood) VALUES (7, 'a', 'a', 'low')"),
                 NULL);
    call_add_sql(&call, WRITE("UPDATE persons SET name = 'x' WHERE id = 7 RETURNING id"), NULL);
    call_want(&call, &number_model, number_columns, 1);
    call_run(&call);
    call_check(&call, TOASTY_OK);
    check_int(1, call.operations[1].count);
    check_int(7, ((Number *)call.rows.items)->value);
    call_finish(&call);
    client_stop(&client);
}

TOASTY_TEST(postgresql, several_reads_of_one_job_each_have_their_answer, NEEDS(SERVER))
{
    client client;
    call call;
    rows second;
    client_start(&client, true);
    call_init(&call, &client);
    call_add_sql(&call, TEXT("SELECT generate_series(1, 3)"), NULL);
    call_want(&call, &number_model, number_columns, 1);
    call_add_sql(&call, TEXT("SELECT 'x'::text"), NULL);
    rows_init(&second, &line_model, line_columns, 1);
    call.operations[1].sink = &second.sink;
    call_run(&call);
    call_check(&call, TOASTY_OK);
    check_int(3, call.operations[0].count);
    check_uint(3, call.rows.count);
    check_text("x", ((Line *)second.items)->text);
    rows_done(&second);
    call_finish(&call);
    client_stop(&client);
}

/* Both sockets fill up: the server answers while it is still being written to. */
static void check_large(bool on_loop, const char *sslmode)
{
    enum { LARGE = 8 << 20, TIMES = 3 };
    static const toasty_parameter text_parameter[] = {{.field = &line_field, .type = TOASTY_TYPE_TEXT}};
    static const toasty_statement send_back = {
        .id = 3, .sql = "SELECT $1 || 'end'", .parameters = text_parameter, .parameter_count = 1};
    char url[512];
    client client;
    call calls[TIMES];
    char *text = malloc(LARGE + 1);
    snprintf(url, sizeof url, "%s%csslmode=%s", getenv(SERVER), strchr(getenv(SERVER), '?') ? '&' : '?',
             sslmode);
    memset(text, 'x', LARGE);
    text[LARGE] = '\0';
    toasty_value value = {.kind = TOASTY_VALUE_TEXT, .len = LARGE, .as.text = text};
    client_start_url(&client, url, on_loop);
    for (int i = 0; i < TIMES; i++) {
        call_init(&calls[i], &client);
        call_add_sql(&calls[i], &send_back, &value);
        call_want(&calls[i], &line_model, line_columns, 1);
        call_submit(&calls[i]);
    }
    for (int i = 0; i < TIMES; i++) {
        call_wait(&calls[i]);
        call_check(&calls[i], TOASTY_OK);
        const char *answer = ((Line *)calls[i].rows.items)->text;
        check_uint(LARGE + 3, strlen(answer));
        check_text("end", answer + LARGE);
        call_finish(&calls[i]);
    }
    client_stop(&client);
    free(text);
}

TOASTY_TEST(postgresql, statements_larger_than_any_socket_buffer_pass_on_a_loop, NEEDS(SERVER), TIMEOUT(60))
{
    check_large(true, "disable");
}

TOASTY_TEST(postgresql, statements_larger_than_any_socket_buffer_pass_on_a_thread, NEEDS(SERVER), TIMEOUT(60))
{
    check_large(false, "disable");
}

TOASTY_TEST(postgresql, statements_larger_than_any_socket_buffer_pass_through_tls,
            NEEDS("TOASTY_TEST_POSTGRESQL_FOLDER"), TIMEOUT(60))
{
    check_large(true, "require");
    check_large(false, "require");
}

TOASTY_TEST(postgresql, twenty_thousand_rows_come_in_order, NEEDS(SERVER))
{
    client client;
    call call;
    client_start(&client, true);
    call_init(&call, &client);
    call_add_sql(&call, TEXT("SELECT generate_series(1, 20000)::bigint"), NULL);
    call_want(&call, &number_model, number_columns, 1);
    call_run(&call);
    call_check(&call, TOASTY_OK);
    check_uint(20000, call.rows.count);
    for (int i = 0; i < 20000; i++)
        check_int(i + 1, ((Number *)call.rows.items)[i].value);
    call_finish(&call);
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_value_that_cannot_be_sent_fails_its_own_job, NEEDS(SERVER))
{
    client client;
    call good, bad, next;
    toasty_value one = integer(1), text = {.kind = TOASTY_VALUE_TEXT, .len = 1, .as.text = "x"};
    client_start(&client, true);
    call_init(&good, &client);
    call_init(&bad, &client);
    call_init(&next, &client);
    call_add_sql(&good, &echo, &one);
    call_add_sql(&bad, &echo, &text);
    call_add_sql(&next, &echo, &one);
    call_submit(&good);
    call_submit(&bad);
    call_submit(&next);
    call_wait(&good);
    call_wait(&bad);
    call_wait(&next);
    call_check(&good, TOASTY_OK);
    call_check(&bad, TOASTY_INVALID_VALUE);
    call_check(&next, TOASTY_OK);
    client_stop(&client);
}

TOASTY_TEST(postgresql, of_a_job_with_a_value_that_cannot_be_sent_nothing_is_sent, NEEDS(SERVER))
{
    static const toasty_statement begin = {
        .id = 4, .sql = "SELECT $1::bigint + 1", .parameters = integer_parameter, .parameter_count = 1};
    client client;
    call good, bad;
    toasty_value one = integer(1), text = {.kind = TOASTY_VALUE_TEXT, .len = 1, .as.text = "x"};
    client_start(&client, true);
    call_init(&bad, &client);
    call_add_sql(&bad, &begin, &one);
    call_add_sql(&bad, &echo, &text);
    call_init(&good, &client);
    call_add_sql(&good, &begin, &one);
    call_want(&good, &number_model, number_columns, 1);
    call_submit(&bad);
    call_submit(&good);
    call_wait(&bad);
    call_wait(&good);
    call_check(&bad, TOASTY_INVALID_VALUE);
    check_uint(1, bad.job.failed);
    call_check(&good, TOASTY_OK);
    check_int(2, ((Number *)good.rows.items)->value);
    check_uint(1,
               client.connection->prepared); /* by the second job: the first one's Parse has gone with it */
    call_finish(&good);
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_read_that_fails_behind_its_first_rows_fails, NEEDS(SERVER))
{
    client client;
    call call;
    client_start(&client, true);
    call_init(&call, &client);
    call_add_sql(&call, TEXT("SELECT (100 / (500 - x))::bigint FROM generate_series(1, 1000) x"), NULL);
    call_want(&call, &number_model, number_columns, 1);
    call_run(&call);
    call_check(&call, TOASTY_INVALID_VALUE);
    check_text("22012", call.job.error.server_code);
    call_finish(&call);
    check_int(1, client_number(&client, "SELECT 1::bigint"));
    client_stop(&client);
}

TOASTY_TEST(postgresql, an_idle_connection_moves_from_a_loop_to_a_thread_and_back, NEEDS(SERVER))
{
    client client;
    toasty_error error;
    client_start(&client, true);
    toasty__reactor *loop = client.reactor, *thread = toasty__reactor_of_thread(&error);
    check_int(1, client_number(&client, "SELECT 1::bigint"));
    for (int i = 0; i < 3; i++) {
        DRIVER->detach(client.connection);
        client.on_loop = !client.on_loop;
        client.reactor = client.on_loop ? loop : thread;
        check_int(0, DRIVER->attach(client.connection, client.reactor, &error));
        check_int(i, client_number(&client, (const char *[]){"SELECT 0::bigint", "SELECT 1::bigint",
                                                             "SELECT 2::bigint"}[i]));
    }
    toasty__reactor_release(loop);
    client_stop(&client);
    client.on_loop = true;
    uv_run(&client.loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&client.loop));
}

TOASTY_TEST(postgresql, a_statement_of_the_user_answers_in_text_with_names, NEEDS(SERVER))
{
    client client;
    call call;
    static const toasty_statement own = {
        .sql = "SELECT 'a'::text AS first", .operation = "SQL", .text_results = true, .foreign = true};
    client_start(&client, true);
    call_init(&call, &client);
    call_add_sql(&call, &own, NULL);
    call_want(&call, &line_model, line_columns, 1);
    call_run(&call);
    call_check(&call, TOASTY_OK);
    check_text("a", ((Line *)call.rows.items)->text);
    call_finish(&call);
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_statement_of_the_user_may_be_empty, NEEDS(SERVER))
{
    client client;
    client_start(&client, true);
    for (int rows = 0; rows < 2; rows++) {
        call call;
        call_init(&call, &client);
        call_add_sql(&call, RAW("-- nothing"), NULL);
        if (rows)
            call_want(&call, &line_model, line_columns, 1);
        call_run(&call);
        call_check(&call, TOASTY_OK);
        check_int(0, call.operations[0].count);
        call_finish(&call);
    }
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_ping_answers, NEEDS(SERVER))
{
    client client;
    client_start(&client, false);
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_PING));
    client_stop(&client);
}
