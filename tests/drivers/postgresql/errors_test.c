/* What the server complains of, as the codes that callers branch on. */
#include "client.h"

static void check_place(const toasty_error *error, const char *constraint, const char *table,
                        const char *field)
{
    check_text(constraint, error->constraint);
    check_text(table, error->table);
    check_text(field, error->field);
}

static toasty_error run_as(client *client, const toasty_model *model, const char *sql, toasty_code code)
{
    call call;
    toasty_statement statement = {.sql = sql, .model = model, .table = model->table, .writes = true};
    call_init(&call, client);
    call_add_sql(&call, &statement, NULL);
    call_run(&call);
    call_check(&call, code);
    return call.job.error;
}

TOASTY_TEST(postgresql, a_violated_constraint_names_itself_its_table_and_its_field, NEEDS(SERVER))
{
    client client;
    toasty_error error;
    client_start(&client, true);
    client_push(&client);
    client_run(&client, "INSERT INTO persons (id, name, email, mood) VALUES (1, 'a', 'secret', 'low')",
               TOASTY_OK);
    client_run(&client, "INSERT INTO tasks VALUES (gen_random_uuid(), 1, 't')", TOASTY_OK);
    client_run(&client, "ALTER TABLE persons ADD CONSTRAINT grown CHECK (age > 17)", TOASTY_OK);
    error = run_as(&client, &person_model,
                   "INSERT INTO persons (id, name, email, mood) VALUES (2, 'a', 'secret', 'low')",
                   TOASTY_UNIQUE_VIOLATION);
    check_place(&error, "persons_email_key", "persons", "email");
    check_text("23505", error.server_code);
    check_that(!strstr(error.message, "secret"));
    error = run_as(&client, &task_model, "INSERT INTO tasks VALUES (gen_random_uuid(), 99, 't')",
                   TOASTY_FOREIGN_KEY_VIOLATION);
    check_place(&error, "tasks_person_id_fkey", "tasks", "person_id");
    error = run_as(&client, &person_model, "DELETE FROM persons", TOASTY_FOREIGN_KEY_VIOLATION);
    check_text("tasks_person_id_fkey", error.constraint);
    error = run_as(&client, &person_model, "INSERT INTO persons (id, email, mood) VALUES (3, 'c', 'low')",
                   TOASTY_NOT_NULL_VIOLATION);
    check_place(&error, "", "persons", "name");
    error = run_as(&client, &person_model, "UPDATE persons SET age = 3", TOASTY_CHECK_VIOLATION);
    check_text("grown", error.constraint);
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_message_never_quotes_a_value, NEEDS(SERVER))
{
    client client;
    toasty_error error;
    client_start(&client, true);
    error = run_as(&client, &person_model, "SELECT 'hush'::int", TOASTY_INVALID_VALUE);
    check_that(!strstr(error.message, "hush"));
    error = run_as(&client, &person_model, "SELECT 1::smallint + 40000::smallint", TOASTY_INVALID_VALUE);
    check_text("22003", error.server_code);
    client_stop(&client);
}

TOASTY_TEST(postgresql, what_is_not_there_comes_with_a_hint, NEEDS(SERVER))
{
    client client;
    toasty_error error;
    client_start(&client, true);
    error = run_as(&client, &person_model, "SELECT 1 FROM nowhere", TOASTY_DATABASE_ERROR);
    check_contains(error.message, "toasty_push_schema");
    client_run(&client, "SELECT FROM FROM", TOASTY_DATABASE_ERROR);
    client_stop(&client);
}

TOASTY_TEST(postgresql, timeouts_of_the_server_are_told_apart, NEEDS(SERVER))
{
    client client, other;
    client_start(&client, true);
    client_start(&other, true);
    client_push(&client);
    client_run(&other, "SET search_path = driver", TOASTY_OK);
    client_run(&client, "SET statement_timeout = 50", TOASTY_OK);
    client_run(&client, "SELECT pg_sleep(10)", TOASTY_TIMEOUT);
    client_run(&client, "SET statement_timeout = 0", TOASTY_OK);
    client_run(&other, "BEGIN", TOASTY_OK);
    client_run(&other, "LOCK TABLE persons", TOASTY_OK);
    client_run(&client, "SET lock_timeout = 50", TOASTY_OK);
    client_run(&client, "SELECT count(*) FROM persons", TOASTY_LOCK_TIMEOUT);
    client_run(&other, "ROLLBACK", TOASTY_OK);
    client_stop(&other);
    client_stop(&client);
}

static void check_copy(const toasty_statement *statement, toasty_code code)
{
    client client;
    call call;
    client_start(&client, true);
    client_push(&client);
    call_init(&call, &client);
    call_add_sql(&call, statement, NULL);
    call_run(&call);
    call_check(&call, code);
    check_contains(call.job.error.message, "COPY");
    check_that(client.connection->broken);
    client_stop(&client);
}

TOASTY_TEST(postgresql, copy_is_refused_and_ends_the_connection, NEEDS(SERVER))
{
    check_copy(RAW("COPY driver.persons FROM STDIN"), TOASTY_UNSUPPORTED);
}

TOASTY_TEST(postgresql, a_copy_that_may_have_deleted_rows_leaves_the_outcome_unknown, NEEDS(SERVER))
{
    check_copy(RAW("COPY (DELETE FROM driver.persons RETURNING id) TO STDOUT"), TOASTY_OUTCOME_UNKNOWN);
}

TOASTY_TEST(postgresql, notices_of_the_server_print_nothing, NEEDS(SERVER))
{
    client client;
    client_start(&client, true);
    client_run(&client, "DO $$ BEGIN RAISE WARNING 'seen'; END $$", TOASTY_OK);
    client_run(&client, "DROP TABLE IF EXISTS absent", TOASTY_OK);
    client_stop(&client);
}
