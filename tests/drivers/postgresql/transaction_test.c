/* Transactions on a connection: what the driver says of them is what the server says. */
#include "client.h"

#define INSERT(id)                                                                                           \
    WRITE("INSERT INTO persons (id, name, email, mood) VALUES (" #id ", 'p', 'p" #id "', 'low')")

static void check_begun(client *client)
{
    check_int(TOASTY_OK, client_control(client, TOASTY_OPERATION_BEGIN));
    check_int(TOASTY_SESSION_IN_TRANSACTION, client->connection->session);
}

TOASTY_TEST(postgresql, begin_and_commit_travel_with_the_statements_beside_them, NEEDS(SERVER))
{
    client client;
    call call;
    client_start(&client, true);
    client_push(&client);
    call_init(&call, &client);
    call_add(&call, TOASTY_OPERATION_BEGIN)->isolation = 3;
    call_add_sql(&call, INSERT(1), NULL);
    call_run(&call);
    call_check(&call, TOASTY_OK);
    check_int(TOASTY_SESSION_IN_TRANSACTION, client.connection->session);
    check_int(1, client_number(&client, "SELECT count(*) FROM persons WHERE "
                                        "current_setting('transaction_isolation') = 'serializable'"));
    call_init(&call, &client);
    call_add_sql(&call, INSERT(2), NULL);
    call_add(&call, TOASTY_OPERATION_COMMIT);
    call_run(&call);
    call_check(&call, TOASTY_OK);
    check_int(0, client.connection->session);
    check_int(2, client_number(&client, "SELECT count(*) FROM persons"));
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_statement_that_fails_keeps_the_commit_behind_it_from_running, NEEDS(SERVER))
{
    client client;
    call call;
    client_start(&client, true);
    client_push(&client);
    check_begun(&client);
    call_init(&call, &client);
    call_add_sql(&call, INSERT(1), NULL);
    call_add_sql(&call, INSERT(1), NULL);
    call_add(&call, TOASTY_OPERATION_COMMIT);
    call_run(&call);
    call_check(&call, TOASTY_UNIQUE_VIOLATION);
    check_uint(1, call.job.failed);
    check_int(TOASTY_SESSION_IN_TRANSACTION, client.connection->session);
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_ROLLBACK));
    check_int(0, client.connection->session);
    check_int(0, client_number(&client, "SELECT count(*) FROM persons"));
    client_stop(&client);
}

TOASTY_TEST(postgresql, committing_a_failed_transaction_is_an_error, NEEDS(SERVER))
{
    client client;
    client_start(&client, false);
    check_begun(&client);
    client_run(&client, "SELECT 1 / 0", TOASTY_INVALID_VALUE);
    client_run(&client, "SELECT 1", TOASTY_TRANSACTION_FAILED);
    check_int(TOASTY_TRANSACTION_FAILED, client_control(&client, TOASTY_OPERATION_COMMIT));
    check_int(0, client.connection->session);
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_savepoint_takes_back_what_came_after_it, NEEDS(SERVER))
{
    client client;
    client_start(&client, true);
    client_push(&client);
    check_begun(&client);
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_SAVEPOINT));
    client_run(&client, "SELECT 1 / 0", TOASTY_INVALID_VALUE);
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_ROLLBACK_TO));
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_RELEASE));
    client_run(&client, "INSERT INTO persons (id, name, email, mood) VALUES (1, 'p', 'p', 'low')", TOASTY_OK);
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_COMMIT));
    check_int(1, client_number(&client, "SELECT count(*) FROM persons"));
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_read_only_transaction_refuses_to_write, NEEDS(SERVER))
{
    client client;
    call call;
    client_start(&client, true);
    client_push(&client);
    call_init(&call, &client);
    call_add(&call, TOASTY_OPERATION_BEGIN)->read_only = true;
    call_run(&call);
    client_run(&client, "DELETE FROM persons", TOASTY_DATABASE_ERROR);
    check_int(TOASTY_OK, client_control(&client, TOASTY_OPERATION_ROLLBACK));
    client_stop(&client);
}

TOASTY_TEST(postgresql, of_two_serializable_transactions_that_cross_one_fails, NEEDS(SERVER))
{
    client one, other;
    call call;
    client_start(&one, true);
    client_push(&one);
    client_run(&one,
               "INSERT INTO persons (id, name, email, mood) VALUES (1, 'a', 'a', 'low'), "
               "(2, 'b', 'b', 'low')",
               TOASTY_OK);
    client_start(&other, true);
    client_run(&other, "SET search_path = driver", TOASTY_OK);
    for (client *at = &one; at; at = at == &one ? &other : NULL) {
        call_init(&call, at);
        call_add(&call, TOASTY_OPERATION_BEGIN)->isolation = 3;
        call_add_sql(&call, TEXT("SELECT count(*) FROM persons"), NULL);
        call_run(&call);
        call_check(&call, TOASTY_OK);
    }
    client_run(&one, "UPDATE persons SET age = 1 WHERE id = 1", TOASTY_OK);
    client_run(&other, "UPDATE persons SET age = 2 WHERE id = 2", TOASTY_OK);
    check_int(TOASTY_OK, client_control(&one, TOASTY_OPERATION_COMMIT));
    check_int(TOASTY_SERIALIZATION_FAILURE, client_control(&other, TOASTY_OPERATION_COMMIT));
    check_int(0, other.connection->session);
    client_stop(&one);
    client_stop(&other);
}

TOASTY_TEST(postgresql, a_constraint_that_is_checked_at_the_end_fails_the_write, NEEDS(SERVER))
{
    client client;
    client_start(&client, true);
    client_push(&client);
    client_run(&client, "CREATE TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)", TOASTY_OK);
    client_run(&client, "INSERT INTO late VALUES (1), (1)", TOASTY_UNIQUE_VIOLATION);
    check_int(0, client_number(&client, "SELECT count(*) FROM late"));
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_transaction_that_the_user_began_is_seen, NEEDS(SERVER))
{
    client client;
    client_start(&client, true);
    client_run(&client, "BEGIN", TOASTY_OK);
    check_int(TOASTY_SESSION_IN_TRANSACTION, client.connection->session);
    client_run(&client, "ROLLBACK", TOASTY_OK);
    check_int(0, client.connection->session);
    client_stop(&client);
}
