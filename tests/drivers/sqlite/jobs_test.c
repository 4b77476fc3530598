/* Jobs: counts and keys, all or nothing, transactions, prepared statements, rows that cannot be taken. */
#include "drivers/sqlite/fixture.h"

TOASTY_TEST(sqlite, an_insert_tells_its_key_and_count)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_OK, insert_person(&f, "Ann", "a"));
    check_int(1, f.last_key);
    check_int(1, f.count);
    check_int(TOASTY_OK, insert_person(&f, "Bob", "b"));
    check_int(2, f.last_key);
    check_int(TOASTY_OK, run_text(&f, "UPDATE persons SET age = 3"));
    check_int(2, f.count);
    check_int(TOASTY_OK, run_text(&f, "CREATE TABLE other (a)"));
    check_int(0, f.count);
    check_int(TOASTY_OK, run_text(&f, "SELECT * FROM persons"));
    check_int(2, f.count);
    close_fixture(&f);
}

TOASTY_TEST(sqlite, the_key_of_a_deleted_row_is_not_given_again)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_OK, insert_person(&f, "Ann", "a"));
    check_int(TOASTY_OK, run_text(&f, "DELETE FROM persons"));
    check_int(TOASTY_OK, insert_person(&f, "Bob", "b"));
    check_int(2, f.last_key);
    close_fixture(&f);
}

TOASTY_TEST(sqlite, the_keys_of_one_insert_of_many_rows_follow_each_other)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    toasty_value values[15];
    person_values(values, "A", "a");
    person_values(values + 5, "B", "b");
    person_values(values + 10, "C", "c");
    toasty_statement insert = insert_statement(&f, &person_model, 3, true);
    rows rows;
    rows_of(&f, &rows, &person_model, 3);
    toasty_operation operation = {.kind = TOASTY_OPERATION_SQL,
                                  .statement = &insert,
                                  .values = values,
                                  .value_count = 15,
                                  .row_count = 3,
                                  .sink = &rows.sink};
    check_int(TOASTY_OK, run_job(&f, &operation, 1, false));
    check_int(3, f.count);
    check_int(3, f.last_key);
    const Person *persons = (const Person *)(const void *)rows.bytes;
    for (uint64_t i = 0; i < 3; i++)
        check_uint(i + 1, persons[i].id);
    check_text("C", persons[2].name);
    check_that(persons[0].age.set && persons[0].age.value == 30 && persons[0].mood == MOOD_HIGH);
    check_that(!persons[0].boss_id.set);
    close_fixture(&f);
}

/* Two inserts of which the second fails. */
static toasty_code insert_twice(fixture *f, bool atomic)
{
    toasty_value values[5];
    person_values(values, "Ann", "same");
    toasty_statement insert = insert_statement(f, &person_model, 1, false);
    toasty_operation operations[2];
    for (int i = 0; i < 2; i++)
        operations[i] = (toasty_operation){
            .kind = TOASTY_OPERATION_SQL, .statement = &insert, .values = values, .value_count = 5};
    return run_job(f, operations, 2, atomic);
}

TOASTY_TEST(sqlite, an_atomic_job_is_all_or_nothing)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_UNIQUE_VIOLATION, insert_twice(&f, true));
    check_uint(1, f.failed);
    check_int(0, count_rows(&f, "persons"));
    check_that(!f.connection->session);
    check_int(TOASTY_UNIQUE_VIOLATION, insert_twice(&f, false));
    check_int(1, count_rows(&f, "persons"));
    close_fixture(&f);
}

TOASTY_TEST(sqlite, transactions_and_savepoints_nest)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_OK, run_kind(&f, TOASTY_OPERATION_BEGIN));
    check_int(TOASTY_SESSION_IN_TRANSACTION, f.connection->session);
    check_int(TOASTY_OK, insert_person(&f, "Ann", "a"));
    check_int(TOASTY_OK, run_kind(&f, TOASTY_OPERATION_SAVEPOINT));
    check_int(TOASTY_OK, insert_person(&f, "Bob", "b"));
    check_int(TOASTY_OK, run_kind(&f, TOASTY_OPERATION_ROLLBACK_TO));
    check_int(TOASTY_OK, run_kind(&f, TOASTY_OPERATION_RELEASE));
    check_int(TOASTY_OK, run_kind(&f, TOASTY_OPERATION_COMMIT));
    check_that(!f.connection->session);
    check_int(1, count_rows(&f, "persons"));
    check_int(TOASTY_OK, run_kind(&f, TOASTY_OPERATION_BEGIN));
    check_int(TOASTY_OK, run_text(&f, "DELETE FROM persons"));
    check_int(TOASTY_OK, run_kind(&f, TOASTY_OPERATION_ROLLBACK));
    check_int(1, count_rows(&f, "persons"));
    close_fixture(&f);
}

TOASTY_TEST(sqlite, the_commit_of_a_transaction_that_is_gone_is_an_error)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_OK, run_kind(&f, TOASTY_OPERATION_BEGIN));
    check_int(TOASTY_OK,
              run_text(&f, "INSERT OR ROLLBACK INTO persons VALUES (1, 'a', 'b', 1, 'low', NULL)"));
    check_int(TOASTY_UNIQUE_VIOLATION,
              run_text(&f, "INSERT OR ROLLBACK INTO persons VALUES (1, 'a', 'b', 1, 'low', NULL)"));
    check_that(!f.connection->session);
    check_int(TOASTY_TRANSACTION_FAILED, run_kind(&f, TOASTY_OPERATION_COMMIT));
    check_int(TOASTY_OK, run_kind(&f, TOASTY_OPERATION_ROLLBACK));
    check_int(0, count_rows(&f, "persons"));
    close_fixture(&f);
}

TOASTY_TEST(sqlite, a_read_only_transaction_does_not_write)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    toasty_operation begin = {.kind = TOASTY_OPERATION_BEGIN, .read_only = true};
    check_int(TOASTY_OK, run_job(&f, &begin, 1, false));
    check_int(0, count_rows(&f, "persons"));
    check_int(TOASTY_DATABASE_ERROR, insert_person(&f, "Ann", "a"));
    check_contains(f.error.message, "read-only");
    check_int(TOASTY_OK, run_kind(&f, TOASTY_OPERATION_COMMIT));
    check_int(TOASTY_OK, insert_person(&f, "Ann", "a"));
    close_fixture(&f);
}

TOASTY_TEST(sqlite, rows_that_cannot_be_taken_undo_their_statement)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    toasty_value values[10];
    person_values(values, "A", "a");
    person_values(values + 5, "B", "b");
    toasty_statement insert = insert_statement(&f, &person_model, 2, true);
    rows rows;
    rows_of(&f, &rows, &person_model, 1); /* the second row finds no room */
    toasty_operation operation = {.kind = TOASTY_OPERATION_SQL,
                                  .statement = &insert,
                                  .values = values,
                                  .value_count = 10,
                                  .row_count = 2,
                                  .sink = &rows.sink};
    check_int(TOASTY_OUT_OF_MEMORY, run_job(&f, &operation, 1, false));
    check_int(0, count_rows(&f, "persons"));
    check_int(TOASTY_OK, insert_person(&f, "Ann", "a"));
    close_fixture(&f);
}

/* --- prepared statements --- */

static void run_statement(fixture *f, const toasty_statement *statement)
{
    toasty_operation operation = {.kind = TOASTY_OPERATION_SQL, .statement = statement};
    check_int(TOASTY_OK, run_job(f, &operation, 1, false));
}

TOASTY_TEST(sqlite, a_statement_is_prepared_once_and_the_one_used_longest_ago_goes)
{
    fixture f = open_fixture("sqlite::memory:?statement_cache=3");
    create_tables(&f);
    toasty_statement statements[4];
    for (int i = 0; i < 4; i++)
        statements[i] = select_statement(&f, &person_model);
    uint64_t before = f.connection->prepared;
    for (int i = 0; i < 30; i++)
        run_statement(&f, &statements[i % 3]);
    check_uint(3, f.connection->prepared - before);
    run_statement(&f, &statements[0]);
    run_statement(&f, &statements[3]); /* in the place of 1 */
    check_uint(4, f.connection->prepared - before);
    run_statement(&f, &statements[0]);
    run_statement(&f, &statements[2]);
    check_uint(4, f.connection->prepared - before);
    run_statement(&f, &statements[1]);
    check_uint(5, f.connection->prepared - before);
    close_fixture(&f);
}

TOASTY_TEST(sqlite, a_statement_without_an_id_is_not_kept)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    uint64_t before = f.connection->prepared;
    for (int i = 0; i < 3; i++)
        check_int(TOASTY_OK, run_text(&f, "SELECT 1"));
    check_uint(3, f.connection->prepared - before);
    close_fixture(&f);
}

TOASTY_TEST(sqlite, no_cache_at_all_works_too)
{
    fixture f = open_fixture("sqlite::memory:?statement_cache=0");
    create_tables(&f);
    check_int(TOASTY_OK, insert_person(&f, "Ann", "a"));
    check_int(TOASTY_OK, insert_person(&f, "Bob", "b"));
    check_int(2, count_rows(&f, "persons"));
    close_fixture(&f);
}

TOASTY_TEST(sqlite, like_knows_case_and_names_in_quotes_are_names)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_OK, insert_person(&f, "Ann", "a"));
    check_int(0, count_rows(&f, "persons WHERE name LIKE 'ann'"));
    check_int(1, count_rows(&f, "persons WHERE name LIKE 'A_n'"));
    close_fixture(&f);
}
