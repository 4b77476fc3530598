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

/* Until a statement of the client waits for a row. */
static void wait_for_lock(rival *rival, client *client, int64_t session)
{
    char waits[160]; /* this one, and not what another test has running on the same server */
    snprintf(waits, sizeof waits,
             "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND "
             "trx_mysql_thread_id = %lld",
             (long long)session);
    do {
        uv_run(&client->loop, UV_RUN_NOWAIT);
        usleep(150000); /* the server makes this table anew once nobody has read it for 100 ms */
    } while (client_number(&rival->client, waits) == 0);
}

/* Whoever loses: the group is undone when it is the group. The other one has changed more rows, so that it
 * wins. */
static void start_deadlock(rival *rival, client *client, call *group, bool in_transaction)
{
    static const toasty_statement statements[] = {/* the group outlives this function */
                                                  AT_ONCE("UPDATE numbers SET what = 5 WHERE value = 1"),
                                                  AT_ONCE("UPDATE numbers SET what = 5 WHERE value = 10"),
                                                  AT_ONCE("INSERT INTO numbers (value) VALUES (1000)")};
    int64_t session = client_number(client, "SELECT CONNECTION_ID()");
    client_start(&rival->client, true);
    lock_row(&rival->client, "UPDATE numbers SET what = 1 WHERE value BETWEEN 10 AND 99");
    call_init(group, client);
    group->job.atomic = !in_transaction;
    if (in_transaction)
        call_add(group, TOASTY_OPERATION_BEGIN);
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        call_add_sql(group, &statements[i], NULL);
    if (in_transaction)
        call_add(group, TOASTY_OPERATION_COMMIT);
    call_submit(group);
    wait_for_lock(rival, client, session);
}

static void check_deadlock(bool in_transaction)
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
    start_deadlock(&rival, &client, &group, in_transaction);
    client_run(&rival.client, "UPDATE numbers SET what = 2 WHERE value = 1", TOASTY_OK);
    check_int(TOASTY_OK, client_control(&rival.client, TOASTY_OPERATION_COMMIT));
    call_wait(&group);
    call_check(&group, TOASTY_SERIALIZATION_FAILURE);
    if (in_transaction)
        check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_ROLLBACK));
    check_int(0, client_number(&client, "SELECT count(*) FROM numbers WHERE what = 5 OR value = 1000"));
    check_int(0, client.connection->session & TOASTY_SESSION_IN_TRANSACTION);
    client_stop(&rival.client);
    client_stop(&client);
}

ON_BOTH(a_deadlock_in_the_middle_of_a_group_leaves_nothing_of_it)
{
    check_deadlock(false);
}

ON_BOTH(a_deadlock_in_the_middle_of_a_transaction_sent_at_once_leaves_nothing_of_it)
{
    check_deadlock(true);
}

/* --- stopped in each of its statements --- */

ON_BOTH(a_group_that_somebody_stops_in_any_of_its_statements_leaves_nothing)
{
    static const toasty_statement changes[] = {AT_ONCE("UPDATE numbers SET what = 5 WHERE value = 1"),
                                               AT_ONCE("UPDATE numbers SET what = 5 WHERE value = 2"),
                                               AT_ONCE("UPDATE numbers SET what = 5 WHERE value = 3")};
    static const char *const locks[] = {"UPDATE numbers SET what = 1 WHERE value = 1",
                                        "UPDATE numbers SET what = 1 WHERE value = 2",
                                        "UPDATE numbers SET what = 1 WHERE value = 3"};
    client client;
    rival rival;
    start(&client, "");
    client_start(&rival.client, true);
    client_raw(&client, "INSERT INTO numbers (value) VALUES (1), (2), (3)");
    int64_t session = client_number(&client, "SELECT CONNECTION_ID()");
    for (uint32_t place = 0; place < 3; place++) {
        call group;
        char stop[64];
        lock_row(&rival.client, locks[place]);
        call_init(&group, &client);
        group.job.atomic = true;
        for (size_t i = 0; i < 3; i++)
            call_add_sql(&group, &changes[i], NULL);
        call_submit(&group);
        wait_for_lock(&rival, &client, session);
        snprintf(stop, sizeof stop, "KILL QUERY %lld", (long long)session);
        client_run(&rival.client, stop, TOASTY_OK);
        call_wait(&group);
        call_check(&group, TOASTY_CANCELLED);
        check_uint(place, group.job.failed);
        check_int(TOASTY_OK, client_control(&rival.client, TOASTY_OPERATION_ROLLBACK));
        check_int(0, client_number(&client, "SELECT count(*) FROM numbers WHERE what <> 0"));
    }
    client_run(&client, "INSERT INTO numbers (value) VALUES (9)", TOASTY_OK); /* commits by itself again */
    check_int(4, client_number(&rival.client, "SELECT count(*) FROM numbers"));
    client_stop(&rival.client);
    client_stop(&client);
}

/* --- a rain of requests to stop whatever runs --- */

enum { CLOUDS = 4 /* so dense that two in a row hit what begins a group on MariaDB, now and then */ };

typedef struct rain {
    pthread_t clouds[CLOUDS];
    const char *url;
    int64_t target;
    atomic_bool over;
    atomic_uint drops;
} rain;

static void *pour(void *arg)
{
    rain *rain = arg;
    client client;
    char sql[64];
    client_start_url(&client, rain->url, false);
    snprintf(sql, sizeof sql, "KILL QUERY %lld", (long long)rain->target);
    for (; !atomic_load(&rain->over); atomic_fetch_add(&rain->drops, 1)) {
        call call;
        call_init(&call, &client);
        call_add_sql(&call, RAW(sql), NULL);
        call_run(&call);
    }
    client_stop(&client);
    return NULL;
}

typedef enum outcome { ABSENT, WHOLE, UNKNOWN } outcome;
typedef enum shape { GROUP, TRANSACTION, GIVEN_UP_TRANSACTION } shape;

static outcome outcome_of(const call *call, int number)
{
    toasty_code code = call->job.error.code;
    ck_assert_msg(code == TOASTY_OK || code == TOASTY_CANCELLED || code == TOASTY_UNIQUE_VIOLATION ||
                      code == TOASTY_OUTCOME_UNKNOWN,
                  "group %d: %s", number, call->job.error.message);
    return code == TOASTY_OK ? WHOLE : code == TOASTY_OUTCOME_UNKNOWN ? UNKNOWN : ABSENT;
}

/* Each group is three rows of its own; every fifth has a duplicate in it. */
static outcome run_in_the_rain(client *client, shape shape, int number)
{
    char sql[3][80];
    toasty_statement statements[3];
    call call;
    call_init(&call, client);
    call.job.atomic = shape == GROUP;
    if (shape != GROUP)
        call_add(&call, TOASTY_OPERATION_BEGIN);
    for (int i = 0; i < 3; i++) {
        int value = number % 5 == 4 && i == 2 ? number * 3 : number * 3 + i;
        snprintf(sql[i], sizeof sql[i], "INSERT INTO numbers (value) VALUES (%d)", value);
        statements[i] =
            (toasty_statement){.sql = sql[i], .operation = "INSERT", .writes = true, .text_results = true};
        call_add_sql(&call, &statements[i], NULL);
    }
    if (shape == TRANSACTION)
        call_add(&call, TOASTY_OPERATION_COMMIT);
    call_run(&call);
    outcome outcome = outcome_of(&call, number);
    if (shape == GROUP || (shape == TRANSACTION && outcome == WHOLE))
        return outcome;
    check_int(TOASTY_OK, client_control(client, TOASTY_OPERATION_ROLLBACK));
    return outcome == UNKNOWN ? UNKNOWN : ABSENT;
}

static void check_in_the_rain(shape shape, int groups)
{
    outcome *told = calloc((size_t)groups, sizeof *told);
    int unknown = 0;
    client client;
    rain rain = {.url = strdup(getenv(SERVER))};
    start(&client, "");
    rain.target = client_number(&client, "SELECT CONNECTION_ID()");
    for (int i = 0; i < CLOUDS; i++)
        check_int(0, pthread_create(&rain.clouds[i], NULL, pour, &rain));
    for (int i = 0; i < groups; i++)
        told[i] = run_in_the_rain(&client, shape, i);
    atomic_store(&rain.over, true);
    for (int i = 0; i < CLOUDS; i++)
        pthread_join(rain.clouds[i], NULL);
    check_that(atomic_load(&rain.drops) > 100);
    client_disconnect(&client);
    client_try(&client, 10000);
    for (int i = 0; i < groups; i++) {
        char sql[100];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM numbers WHERE value BETWEEN %d AND %d", i * 3,
                 i * 3 + 2);
        int64_t there = client_number(&client, sql);
        unknown += told[i] == UNKNOWN;
        check_that(told[i] == UNKNOWN || there == (told[i] == WHOLE ? 3 : 0));
    }
    check_that(unknown < groups / 10); /* both statements that begin it were hit */
    client_stop(&client);
    free((char *)rain.url);
    free(told);
}

ON_BOTH(groups_in_a_rain_of_requests_to_stop_them_are_whole_or_absent_and_told_so, SLOW, TIMEOUT(120))
{
    check_in_the_rain(GROUP, 10000);
}

ON_BOTH(transactions_sent_at_once_in_a_rain_of_requests_to_stop_them_are_whole_or_absent_and_told_so, SLOW,
        TIMEOUT(120))
{
    check_in_the_rain(TRANSACTION, 3000);
}

ON_BOTH(transactions_rolled_back_in_a_rain_of_requests_to_stop_them_leave_nothing_or_tell, SLOW, TIMEOUT(120))
{
    check_in_the_rain(GIVEN_UP_TRANSACTION, 3000);
}
