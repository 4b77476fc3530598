/* Groups in one round trip: all of it happens or nothing, whatever happens in the middle of it. */
#include "client.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

/* A text that is sent as it is: nothing has to be prepared first. */
#define AT_ONCE(sql_)                                                                                        \
    {                                                                                                        \
        .sql = (sql_), .operation = "SQL", .writes = true, .text_results = true                              \
    }
#define INSERT(value) WRITE("INSERT INTO numbers (value) VALUES (" #value ")")

static int64_t count_rows(client *client)
{
    return client_number(client, "SELECT count(*) FROM numbers");
}

static void start(client *client, const char *option)
{
    client_start_url(client, *option ? url_with(option) : getenv(SERVER), true);
    client_make_table(client);
}

/* Three inserts as one group; the second may be another. */
static void run_group(call *call, client *client, const toasty_statement *second)
{
    call_init(call, client);
    call->job.atomic = true;
    call_add_sql(call, INSERT(1), NULL);
    call_add_sql(call, second, NULL);
    call_add_sql(call, INSERT(3), NULL);
    call_run(call);
}

static void check_group(const char *option)
{
    client client;
    call call;
    start(&client, option);
    run_group(&call, &client, INSERT(2));
    call_check(&call, TOASTY_OK);
    check_int(1, call.operations[1].count);
    check_int(3, count_rows(&client));
    client_raw(&client, "DELETE FROM numbers");
    run_group(&call, &client, INSERT(1)); /* a duplicate in the middle */
    call_check(&call, TOASTY_UNIQUE_VIOLATION);
    check_uint(1, call.job.failed);
    check_int(0, client.connection->session & ~TOASTY_SESSION_TOUCHED);
    check_int(0, count_rows(&client));
    client_run(&client, "INSERT INTO numbers (value) VALUES (9)", TOASTY_OK); /* commits by itself again */
    client_disconnect(&client);
    client_try(&client, 10000);
    check_int(1, count_rows(&client));
    client_stop(&client);
}

ON_BOTH(a_group_happens_as_a_whole_or_not_at_all)
{
    check_group("");
}

ON_BOTH(a_group_happens_as_a_whole_or_not_at_all_where_its_end_is_awaited)
{
    check_group("group=awaited");
}

ON_BOTH(a_group_happens_as_a_whole_or_not_at_all_without_a_pipeline)
{
    check_group("pipeline=off");
}

ON_BOTH(a_group_happens_as_a_whole_or_not_at_all_without_kept_statements)
{
    check_group("prepare=off");
}

ON_BOTH(what_a_group_reads_is_told_once_it_has_happened)
{
    client client;
    call call;
    start(&client, "");
    call_init(&call, &client);
    call.job.atomic = true;
    call_add_sql(&call, INSERT(5), NULL);
    call_add_sql(&call, TEXT("SELECT value FROM numbers"), NULL);
    call_want(&call, &number_model, number_columns, 1);
    call_run(&call);
    call_check(&call, TOASTY_OK);
    check_uint(1, call.rows.count);
    check_int(5, ((Number *)call.rows.items)->value);
    call_finish(&call);
    client_stop(&client);
}

/* --- transactions --- */

ON_BOTH(a_statement_that_fails_keeps_the_commit_behind_it_from_running)
{
    client client;
    call call;
    start(&client, "");
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_BEGIN));
    check_that(client.connection->session & TOASTY_SESSION_IN_TRANSACTION);
    call_init(&call, &client);
    call_add_sql(&call, INSERT(1), NULL);
    call_add_sql(&call, INSERT(1), NULL);
    call_add(&call, TOASTY_OPERATION_COMMIT);
    call_run(&call);
    call_check(&call, TOASTY_UNIQUE_VIOLATION);
    check_uint(1, call.job.failed);
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_ROLLBACK));
    check_that(!(client.connection->session & TOASTY_SESSION_IN_TRANSACTION));
    check_int(0, count_rows(&client));
    client_stop(&client);
}

ON_BOTH(begin_and_commit_travel_with_the_statements_beside_them)
{
    client client;
    call call;
    start(&client, "");
    call_init(&call, &client);
    call_add(&call, TOASTY_OPERATION_BEGIN);
    call_add_sql(&call, INSERT(1), NULL);
    call_run(&call);
    call_check(&call, TOASTY_OK);
    check_that(client.connection->session & TOASTY_SESSION_IN_TRANSACTION);
    uint64_t bursts = client.connection->bursts;
    call_init(&call, &client);
    call_add_sql(&call, RAW("INSERT INTO numbers (value) VALUES (2)"), NULL);
    call_add(&call, TOASTY_OPERATION_COMMIT);
    call_run(&call);
    call_check(&call, TOASTY_OK);
    check_uint(bursts + 1, client.connection->bursts);
    check_that(!(client.connection->session & TOASTY_SESSION_IN_TRANSACTION));
    check_int(2, count_rows(&client));
    client_stop(&client);
}

/* --- a deadlock in the middle: the server rolls back, and runs on --- */

static void lock_row(client *client, const char *sql)
{
    check_int(TOASTY_OK, client_control(client, TOASTY_OPERATION_BEGIN));
    client_run(client, sql, TOASTY_OK);
}

typedef struct rival {
    client client;
    call call;
} rival;

/* Whoever loses: the group is undone when it is the group. The other one has changed more rows, so that it
 * wins. */
static void start_deadlock(rival *rival, client *client, call *group)
{
    static const toasty_statement statements[] = {/* the group outlives this function */
                                                  AT_ONCE("UPDATE numbers SET what = 5 WHERE value = 1"),
                                                  AT_ONCE("UPDATE numbers SET what = 5 WHERE value = 10"),
                                                  AT_ONCE("INSERT INTO numbers (value) VALUES (1000)")};
    char waits[160]; /* this one, and not what another test has running on the same server */
    snprintf(waits, sizeof waits,
             "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND "
             "trx_mysql_thread_id = %lld",
             (long long)client_number(client, "SELECT CONNECTION_ID()"));
    client_start(&rival->client, true);
    lock_row(&rival->client, "UPDATE numbers SET what = 1 WHERE value BETWEEN 10 AND 99");
    call_init(group, client);
    group->job.atomic = true;
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        call_add_sql(group, &statements[i], NULL);
    call_submit(group);
    client_turn(client);
    while (client_number(&rival->client, waits) == 0)
        usleep(150000); /* the server makes this table anew once nobody has read it for 100 ms */
}

ON_BOTH(a_deadlock_in_the_middle_of_a_group_leaves_nothing_of_it)
{
    client client;
    call group;
    rival rival;
    start(&client, "");
    client_raw(&client, "INSERT INTO numbers (value) VALUES (1)");
    for (int i = 10; i < 100; i++) {
        char sql[80];
        snprintf(sql, sizeof sql, "INSERT INTO numbers (value) VALUES (%d)", i);
        client_raw(&client, sql);
    }
    start_deadlock(&rival, &client, &group);
    client_run(&rival.client, "UPDATE numbers SET what = 2 WHERE value = 1", TOASTY_OK);
    check_int(TOASTY_OK, client_control(&rival.client, TOASTY_OPERATION_COMMIT));
    call_wait(&group);
    call_check(&group, TOASTY_SERIALIZATION_FAILURE);
    check_int(0, client_number(&client, "SELECT count(*) FROM numbers WHERE what = 5 OR value = 1000"));
    check_int(0, client.connection->session & TOASTY_SESSION_IN_TRANSACTION);
    client_stop(&rival.client);
    client_stop(&client);
}

/* --- a rain of requests to stop whatever runs --- */

typedef struct rain {
    pthread_t thread;
    const char *url;
    int64_t target;
    atomic_bool over;
    uint64_t drops;
} rain;

static void *pour(void *arg)
{
    rain *rain = arg;
    client client;
    char sql[64];
    client_start_url(&client, rain->url, false);
    snprintf(sql, sizeof sql, "KILL QUERY %lld", (long long)rain->target);
    for (; !atomic_load(&rain->over); rain->drops++) {
        call call;
        call_init(&call, &client);
        call_add_sql(&call, RAW(sql), NULL);
        call_run(&call);
        usleep(100);
    }
    client_stop(&client);
    return NULL;
}

enum { GROUPS = 1000 };

/* Each group is three rows of its own; every fifth has a duplicate in it. */
static bool run_in_the_rain(client *client, int number)
{
    char sql[3][80];
    toasty_statement statements[3];
    call call;
    call_init(&call, client);
    call.job.atomic = true;
    for (int i = 0; i < 3; i++) {
        int value = number % 5 == 4 && i == 2 ? number * 3 : number * 3 + i;
        snprintf(sql[i], sizeof sql[i], "INSERT INTO numbers (value) VALUES (%d)", value);
        statements[i] =
            (toasty_statement){.sql = sql[i], .operation = "INSERT", .writes = true, .text_results = true};
        call_add_sql(&call, &statements[i], NULL);
    }
    call_run(&call);
    toasty_code code = call.job.error.code;
    ck_assert_msg(code == TOASTY_OK || code == TOASTY_CANCELLED || code == TOASTY_UNIQUE_VIOLATION,
                  "group %d: %s", number, call.job.error.message);
    return code == TOASTY_OK;
}

ON_BOTH(groups_in_a_rain_of_requests_to_stop_them_are_whole_or_absent_and_told_so, SLOW, TIMEOUT(120))
{
    static bool told[GROUPS];
    client client;
    rain rain = {.url = strdup(getenv(SERVER))};
    start(&client, "");
    rain.target = client_number(&client, "SELECT CONNECTION_ID()");
    check_int(0, pthread_create(&rain.thread, NULL, pour, &rain));
    for (int i = 0; i < GROUPS; i++)
        told[i] = run_in_the_rain(&client, i);
    atomic_store(&rain.over, true);
    pthread_join(rain.thread, NULL);
    check_that(rain.drops > 100);
    client_disconnect(&client);
    client_try(&client, 10000);
    for (int i = 0; i < GROUPS; i++) {
        char sql[100];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM numbers WHERE value BETWEEN %d AND %d", i * 3,
                 i * 3 + 2);
        check_int(told[i] ? 3 : 0, client_number(&client, sql));
    }
    client_stop(&client);
    free((char *)rain.url);
}
