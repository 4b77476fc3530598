/* Every allocation of the driver and of SQLite fails once: a clean error, nothing half done, and the
 * connection serves on. */
#include "drivers/sqlite/fixture.h"

#include <sqlite3.h>
#include <toasty/memory.h>

/* Allocations until one fails; below zero: none does. */
static int left = -1;
static sqlite3_mem_methods system_methods;

static bool fails(void)
{
    return left >= 0 && left-- == 0;
}

static void *failing_malloc(int size)
{
    return fails() ? NULL : system_methods.xMalloc(size);
}

static void *failing_realloc(void *memory, int size)
{
    return fails() ? NULL : system_methods.xRealloc(memory, size);
}

static void make_sqlite_fail(void)
{
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &system_methods);
    sqlite3_mem_methods methods = system_methods;
    methods.xMalloc = failing_malloc;
    methods.xRealloc = failing_realloc;
    check_int(SQLITE_OK, sqlite3_config(SQLITE_CONFIG_MALLOC, &methods));
}

/* Two persons in one atomic job, and all of them read back. */
static toasty_code insert_and_read(fixture *f, const toasty_statement *insert, const toasty_statement *select)
{
    toasty_value values[10];
    person_values(values, "Ann", "a");
    person_values(values + 5, "Bob", "b");
    rows made, found;
    rows_of(f, &made, &person_model, 2);
    rows_of(f, &found, &person_model, 2);
    toasty_operation operations[] = {
        {.kind = TOASTY_OPERATION_SQL,
         .statement = insert,
         .values = values,
         .value_count = 10,
         .row_count = 2,
         .sink = &made.sink},
        {.kind = TOASTY_OPERATION_SQL, .statement = select, .sink = &found.sink},
    };
    return run_job(f, operations, 2, true);
}

TOASTY_TEST(sqlite, every_allocation_may_fail, TIMEOUT(60), SLOW)
{
    make_sqlite_fail();
    int failures = 0;
    for (int n = 0;; n++) {
        fixture f = open_fixture("sqlite::memory:");
        create_tables(&f);
        toasty_statement insert = insert_statement(&f, &person_model, 2, true),
                         select = select_statement(&f, &person_model);
        left = n;
        toasty_code code = insert_and_read(&f, &insert, &select);
        bool none_failed = left >= 0;
        left = -1;
        if (none_failed) {
            check_int(TOASTY_OK, code);
            close_fixture(&f);
            break;
        }
        failures++;
        /* SQLite does without some of its memory. */
        check_that(code == TOASTY_OK || code == TOASTY_OUT_OF_MEMORY);
        check_int(code == TOASTY_OK ? 2 : 0, count_rows(&f, "persons"));
        check_that(!f.connection->session);
        close_fixture(&f);
    }
    check_that(failures > 20);
}

TOASTY_TEST(sqlite, an_open_without_memory_fails_cleanly, TIMEOUT(60), ALONE)
{
    make_sqlite_fail();
    toasty_error err;
    toasty__reactor *reactor = toasty__reactor_of_thread(&err);
    sqlite3_initialize();
    for (int n = 0;; n++) {
        toasty_database database;
        check_int(TOASTY_OK, open_url("sqlite::memory:", &database, &err));
        left = n;
        toasty_connection *connection = connect_to(&database, reactor, &err);
        bool none_failed = left >= 0;
        left = -1;
        check_that(connection || err.code == TOASTY_OUT_OF_MEMORY);
        if (connection)
            toasty_sqlite_driver.disconnect(connection);
        toasty_sqlite_driver.close(&database);
        if (none_failed)
            break;
    }
    check_int(0, sqlite3_memory_used());
    toasty__reactor_release(reactor);
}
