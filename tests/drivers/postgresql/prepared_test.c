/* Prepared statements: made once, shared, lost, stale, too many, not wanted. */
#include "client.h"

static const toasty_parameter integer_parameter[] = {{.type = TOASTY_TYPE_I64}};
static const toasty_value seven = {.kind = TOASTY_VALUE_INT, .as.integer = 7};

static toasty_code run_prepared(client *client, uint64_t id, const char *sql, bool parameter)
{
    call call;
    toasty_statement statement = {
        .id = id, .sql = sql, .parameters = integer_parameter, .parameter_count = parameter};
    call_init(&call, client);
    call_add_sql(&call, &statement, &seven);
    call_run(&call);
    return call.job.error.code;
}

static int64_t prepared_on_server(client *client)
{
    return client_number(client, "SELECT count(*) FROM pg_prepared_statements");
}

TOASTY_TEST(postgresql, a_statement_is_prepared_once, NEEDS(SERVER))
{
    client client;
    client_start(&client, true);
    for (int i = 0; i < 10; i++)
        check_int(TOASTY_OK, run_prepared(&client, 1, "SELECT $1::bigint", true));
    check_uint(1, client.connection->prepared);
    check_int(1, prepared_on_server(&client));
    client_stop(&client);
}

TOASTY_TEST(postgresql, writes_of_one_turn_do_not_rely_on_a_name_that_may_not_exist, NEEDS(SERVER))
{
    client client;
    call calls[20];
    static const toasty_statement statement = {.id = 2,
                                               .sql = "SELECT $1::bigint",
                                               .parameters = integer_parameter,
                                               .parameter_count = 1,
                                               .writes = true};
    client_start(&client, true);
    for (int i = 0; i < 20; i++) {
        call_init(&calls[i], &client);
        call_add_sql(&calls[i], &statement, &seven);
        call_submit(&calls[i]);
    }
    for (int i = 0; i < 20; i++) {
        call_wait(&calls[i]);
        call_check(&calls[i], TOASTY_OK);
    }
    check_uint(1, client.connection->prepared);
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_statement_that_cannot_be_prepared_is_tried_anew_each_time, NEEDS(SERVER))
{
    client client;
    client_start(&client, true);
    check_int(TOASTY_DATABASE_ERROR, run_prepared(&client, 3, "SELECT x FROM nowhere", false));
    client_run(&client, "CREATE TEMP TABLE nowhere (x int)", TOASTY_OK);
    check_int(TOASTY_OK, run_prepared(&client, 3, "SELECT x FROM nowhere", false));
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_statement_that_the_server_has_forgotten_is_prepared_again, NEEDS(SERVER))
{
    client client;
    client_start(&client, true);
    check_int(TOASTY_OK, run_prepared(&client, 4, "SELECT $1::bigint", true));
    client_run(&client, "DEALLOCATE ALL", TOASTY_OK);
    check_int(TOASTY_OK, run_prepared(&client, 4, "SELECT $1::bigint", true));
    check_int(TOASTY_OK, run_prepared(&client, 4, "SELECT $1::bigint", true));
    check_uint(2, client.connection->prepared);
    client_stop(&client);
}

TOASTY_TEST(postgresql, an_atomic_group_with_a_forgotten_statement_happens_once, NEEDS(SERVER))
{
    client client;
    call call;
    static const toasty_statement insert = {
        .id = 5, .sql = "INSERT INTO t VALUES (1) RETURNING x::bigint", .writes = true};
    client_start(&client, true);
    client_run(&client, "CREATE TEMP TABLE t (x int)", TOASTY_OK);
    for (int i = 0; i < 2; i++) {
        call_init(&call, &client);
        call.job.atomic = true;
        call_add_sql(&call, WRITE("INSERT INTO t VALUES (2) RETURNING x::bigint"), NULL);
        call_want(&call, &number_model, number_columns, 1);
        call_add_sql(&call, &insert, NULL);
        call_run(&call);
        call_check(&call, TOASTY_OK);
        check_uint(1, call.rows.count);
        call_finish(&call);
        if (!i)
            client_run(&client, "DEALLOCATE ALL", TOASTY_OK);
    }
    check_int(4, client_number(&client, "SELECT count(*) FROM t"));
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_table_may_change_under_a_cached_plan, NEEDS(SERVER))
{
    client client;
    client_start(&client, true);
    client_run(&client, "CREATE TEMP TABLE t (x bigint)", TOASTY_OK);
    client_run(&client, "INSERT INTO t VALUES (1)", TOASTY_OK);
    for (int i = 0; i < 3; i++)
        check_int(TOASTY_OK, run_prepared(&client, 6, "SELECT * FROM t", false));
    client_run(&client, "ALTER TABLE t ADD COLUMN y int", TOASTY_OK);
    check_int(TOASTY_OK, run_prepared(&client, 6, "SELECT * FROM t", false));
    check_int(TOASTY_OK, run_prepared(&client, 6, "SELECT * FROM t", false));
    check_uint(2, client.connection->prepared);
    check_int(1, prepared_on_server(&client));
    client_stop(&client);
}

TOASTY_TEST(postgresql, in_a_transaction_a_stale_plan_asks_for_another_run, NEEDS(SERVER))
{
    client client;
    client_start(&client, true);
    client_run(&client, "CREATE TEMP TABLE t (x bigint)", TOASTY_OK);
    check_int(TOASTY_OK, run_prepared(&client, 7, "SELECT * FROM t", false));
    client_run(&client, "ALTER TABLE t ADD COLUMN y int", TOASTY_OK);
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_BEGIN));
    check_int(TOASTY_SERIALIZATION_FAILURE, run_prepared(&client, 7, "SELECT * FROM t", false));
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_ROLLBACK));
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_BEGIN));
    check_int(TOASTY_OK, run_prepared(&client, 7, "SELECT * FROM t", false));
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_COMMIT));
    client_stop(&client);
}

TOASTY_TEST(postgresql, the_server_keeps_a_bounded_number_of_statements, NEEDS(SERVER))
{
    client client;
    client_start(&client, true);
    for (uint64_t id = 100; id < 500; id++)
        check_int(TOASTY_OK, run_prepared(&client, id, "SELECT $1::bigint", true));
    check_uint(400, client.connection->prepared);
    check_that(prepared_on_server(&client) <= 256);
    check_int(TOASTY_OK, run_prepared(&client, 499, "SELECT $1::bigint", true));
    check_uint(400, client.connection->prepared);
    check_int(TOASTY_OK, run_prepared(&client, 100, "SELECT $1::bigint", true));
    check_uint(401, client.connection->prepared);
    client_stop(&client);
}

TOASTY_TEST(postgresql, nothing_is_prepared_when_the_url_says_so, NEEDS(SERVER))
{
    char url[512];
    client client;
    snprintf(url, sizeof url, "%s%cprepare=off", getenv(SERVER), strchr(getenv(SERVER), '?') ? '&' : '?');
    client_start_url(&client, url, true);
    check_int(TOASTY_OK, run_prepared(&client, 1, "SELECT $1::bigint", true));
    check_uint(0, client.connection->prepared);
    check_int(0, prepared_on_server(&client));
    client_stop(&client);
}
