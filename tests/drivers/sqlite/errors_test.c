/* SQLite's errors as codes, with the names of what was violated. */
#include "drivers/sqlite/fixture.h"

TOASTY_TEST(sqlite, a_duplicate_names_index_table_and_field)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_OK, insert_person(&f, "Ann", "a@b"));
    check_int(TOASTY_UNIQUE_VIOLATION, insert_person(&f, "Bob", "a@b"));
    check_text("persons_email_key", f.error.constraint);
    check_text("persons", f.error.table);
    check_text("email", f.error.field);
    check_text("2067", f.error.server_code);
    close_fixture(&f);
}

TOASTY_TEST(sqlite, a_duplicate_of_a_primary_key_names_it)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_OK, insert_person(&f, "Ann", "a@b"));
    toasty_uuid id = {{1}};
    toasty_value values[] = {toasty__uuid(id), toasty__int(1), toasty__text("t")};
    toasty_statement insert = insert_statement(&f, &task_model, 1, false);
    toasty_operation operation = {
        .kind = TOASTY_OPERATION_SQL, .statement = &insert, .values = values, .value_count = 3};
    check_int(TOASTY_OK, run_job(&f, &operation, 1, false));
    check_int(TOASTY_UNIQUE_VIOLATION, run_job(&f, &operation, 1, false));
    check_text("tasks_pkey", f.error.constraint);
    check_text("id", f.error.field);
    close_fixture(&f);
}

TOASTY_TEST(sqlite, a_missing_value_names_its_field)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_NOT_NULL_VIOLATION, insert_person(&f, NULL, "a@b"));
    check_text("persons", f.error.table);
    check_text("name", f.error.field);
    close_fixture(&f);
}

TOASTY_TEST(sqlite, a_check_names_itself)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_CHECK_VIOLATION,
              run_text(&f, "INSERT INTO persons (name, email, mood) VALUES ('x', 'y', 'unheard')"));
    check_text("persons_mood_check", f.error.constraint);
    close_fixture(&f);
}

TOASTY_TEST(sqlite, a_reference_to_nothing_names_its_constraint)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    toasty_value values[] = {toasty__uuid((toasty_uuid){{1}}), toasty__int(77), toasty__text("t")};
    toasty_statement insert = insert_statement(&f, &task_model, 1, false);
    toasty_operation operation = {
        .kind = TOASTY_OPERATION_SQL, .statement = &insert, .values = values, .value_count = 3};
    check_int(TOASTY_FOREIGN_KEY_VIOLATION, run_job(&f, &operation, 1, false));
    check_text("tasks_person_id_fkey", f.error.constraint);
    check_text("tasks", f.error.table);
    check_text("person_id", f.error.field);
    check_text("787", f.error.server_code);
    close_fixture(&f);
}

TOASTY_TEST(sqlite, the_row_of_many_that_refers_to_nothing_is_found)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_OK, insert_person(&f, "Ann", "a@b"));
    toasty_value values[10];
    person_values(values, "B", "b");
    person_values(values + 5, "C", "c");
    values[4] = toasty__int(1);
    values[9] = toasty__int(99);
    toasty_statement insert = insert_statement(&f, &person_model, 2, false);
    toasty_operation operation = {.kind = TOASTY_OPERATION_SQL,
                                  .statement = &insert,
                                  .values = values,
                                  .value_count = 10,
                                  .row_count = 2};
    check_int(TOASTY_FOREIGN_KEY_VIOLATION, run_job(&f, &operation, 1, false));
    check_text("persons_boss_id_fkey", f.error.constraint);
    check_text("boss_id", f.error.field);
    check_int(1, count_rows(&f, "persons"));
    close_fixture(&f);
}

TOASTY_TEST(sqlite, a_delete_that_a_rule_forbids_names_the_reference)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_OK, insert_person(&f, "Ann", "a@b"));
    check_int(TOASTY_OK, run_text(&f, "INSERT INTO tasks VALUES (x'00', 1, 't')"));
    toasty__stmt stmt = {.tag = TOASTY__STMT_DELETE, .model = &person_model};
    toasty_statement delete;
    check_int(0, toasty__sql_prepare(&toasty__dialect_sqlite, &stmt, "", &f.arena, &delete, &f.error));
    toasty_operation operation = {.kind = TOASTY_OPERATION_SQL, .statement = &delete};
    check_int(TOASTY_FOREIGN_KEY_VIOLATION, run_job(&f, &operation, 1, false));
    check_text("tasks_person_id_fkey", f.error.constraint);
    check_text("tasks", f.error.table);
    check_text("person_id", f.error.field);
    check_int(TOASTY_FOREIGN_KEY_VIOLATION, run_text(&f, "DELETE FROM persons"));
    check_int(1, count_rows(&f, "persons"));
    close_fixture(&f);
}

TOASTY_TEST(sqlite, a_statement_that_makes_no_sense_says_why)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_DATABASE_ERROR, run_text(&f, "SELEKT"));
    check_text("1", f.error.server_code);
    check_int(TOASTY_DATABASE_ERROR, run_text(&f, "SELECT \"nothing\" FROM persons"));
    check_contains(f.error.message, "no such column");
    check_int(TOASTY_INVALID_STATEMENT, run_text(&f, ""));
    check_int(TOASTY_INVALID_STATEMENT, run_text(&f, "DELETE FROM tasks; DELETE FROM persons"));
    check_int(TOASTY_INVALID_STATEMENT, run_text(&f, "SELECT ?"));
    check_int(TOASTY_OK, run_text(&f, "DELETE FROM tasks; -- and nothing more\n ; "));
    close_fixture(&f);
}

TOASTY_TEST(sqlite, a_table_that_went_away_is_a_clear_error)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    toasty_statement select = select_statement(&f, &task_model);
    toasty_operation operation = {.kind = TOASTY_OPERATION_SQL, .statement = &select};
    check_int(TOASTY_OK, run_job(&f, &operation, 1, false));
    check_int(TOASTY_OK, run_text(&f, "ALTER TABLE tasks DROP COLUMN title"));
    check_int(TOASTY_DATABASE_ERROR, run_job(&f, &operation, 1, false));
    check_contains(f.error.message,
                   "title; does the table match its model? toasty_push_schema reports what differs");
    check_int(TOASTY_OK, run_text(&f, "DROP TABLE tasks"));
    check_int(TOASTY_DATABASE_ERROR, run_job(&f, &operation, 1, false));
    check_contains(f.error.message, "no such table: tasks; toasty_push_schema creates what is missing");
    close_fixture(&f);
}

TOASTY_TEST(sqlite, a_full_disk_leaves_nothing_half_done)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_OK, run_text(&f, "PRAGMA max_page_count = 20"));
    toasty_statement insert = text_statement("INSERT INTO samples (id, BYTES) VALUES (?, zeroblob(20000))");
    toasty_value ids[] = {toasty__int(1), toasty__int(2), toasty__int(3), toasty__int(4), toasty__int(5)};
    toasty_operation operations[5];
    for (int i = 0; i < 5; i++)
        operations[i] = (toasty_operation){
            .kind = TOASTY_OPERATION_SQL, .statement = &insert, .values = &ids[i], .value_count = 1};
    check_int(TOASTY_DISK_FULL, run_job(&f, operations, 5, true));
    check_that(f.failed > 0 && !f.connection->session);
    check_int(0, count_rows(&f, "samples"));
    close_fixture(&f);
}

TOASTY_TEST(sqlite, a_file_that_cannot_be_used_says_why)
{
    toasty_error err;
    toasty_database database;
    toasty__reactor *reactor = toasty__reactor_of_thread(&err);
    check_int(TOASTY_OK, open_url("sqlite:///nonexistent/folder/x.db", &database, &err));
    check_null(connect_to(&database, reactor, &err));
    check_error(&err, TOASTY_CONNECTION_FAILED);
    toasty_sqlite_driver.close(&database);

    file file = new_file("");
    FILE *stream = fopen(file.path, "w");
    for (int i = 0; i < 100; i++)
        fputs("this is no database at all\n", stream);
    fclose(stream);
    check_int(TOASTY_OK, open_url(file.url, &database, &err));
    check_null(connect_to(&database, reactor, &err));
    check_error(&err, TOASTY_DATABASE_ERROR);
    check_contains(err.message, "not a SQLite database");
    toasty_sqlite_driver.close(&database);
    remove_file(&file);
    toasty__reactor_release(reactor);
}

TOASTY_TEST(sqlite, memory_is_no_file_however_the_url_spells_it)
{
    static const char *const urls[] = {"sqlite::memory:", "sqlite:///:memory:"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        toasty_database database;
        toasty_error err;
        check_int(TOASTY_OK, open_url(urls[i], &database, &err));
        check_that(database.data_in_connection && database.max_connections == 1);
        toasty_sqlite_driver.close(&database);
    }
}

TOASTY_TEST(sqlite, a_url_with_a_mistake_is_refused)
{
    static const struct {
        const char *url, *part;
    } cases[] = {
        {"sqlite:", "names no file"},
        {"sqlite://relative.db", "sqlite:///absolute.db"},
        {"sqlite:x.db?mode=rx", "`mode` of the database URL is ro, rw or rwc"},
        {"sqlite:x.db?wal=yes", "on or off"},
        {"sqlite:x.db?busy_timeout_ms=soon", "busy_timeout_ms"},
        {"sqlite:x.db?statement_cache=100000000", "statement_cache"},
        {"sqlite:x.db?bussy_timeout_ms=1", "did you mean `busy_timeout_ms`"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        toasty_database database;
        toasty_error err;
        check_int(TOASTY_INVALID_URL, open_url(cases[i].url, &database, &err));
        check_contains(err.message, cases[i].part);
        check_null(database.data);
    }
}
