/* A program that is being developed, as TOASTY_DEVELOPMENT says, is told its misuse on standard error. */
#define TOASTY_DEVELOPMENT
#include "suite.h"
#include <stdio.h>
#include <unistd.h>

/* What the function writes to standard error. */
static const char *said_by(void (*work)(toasty_db *db), toasty_db *db)
{
    static char said[1024];
    int kept = dup(STDERR_FILENO);
    FILE *file = tmpfile();
    check_that(kept >= 0 && file);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    work(db);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(file);
    said[fread(said, 1, sizeof said - 1, file)] = 0;
    fclose(file);
    return said;
}

static void use_what_was_not_included(toasty_db *db)
{
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    toasty_auto(Task) task = task_get_by_id(db, ann->tasks.items[0].id);
    check_null(task_person_of(task));
}

static void close_too_early(toasty_db *db)
{
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_some(ann);
    check_done(toasty_close(db));
}

TOASTY_TEST(development, results_that_live_when_a_database_closes_are_told)
{
    toasty_auto(toasty_db) rows = suite_open();
    toasty_auto(toasty_db) db = toasty_open(test_url(), &models_schema);
    check_some(db);
    check_contains(said_by(close_too_early, rows), "1 result was not freed: of Person");
}

TOASTY_TEST(development, what_was_not_included_is_told_with_file_and_line)
{
    toasty_auto(toasty_db) rows = suite_open();
    toasty_auto(toasty_db) db = toasty_open(test_url(), &models_schema);
    check_some(db);
    const char *said = said_by(use_what_was_not_included, rows);
    check_contains(said, "task->person was not loaded");
    check_contains(said, "development.c:");
}

/* --- handles that were freed --- */

static toasty_db *opened(void)
{
    toasty_db *db = toasty_open(test_url(), &models_schema);
    check_some(db);
    return db;
}

/* Every call that takes a handle refuses one that was freed. */
static void use_what_was_freed(toasty_db *db)
{
    Topic *topic = NULL;
    check_null(topic_get_by_label(db, "a"));
    check_last_error(TOASTY_CLOSED);
    check_contains(toasty_last_error()->message, "was freed");
    check_null(topic_create(db, .label = "a"));
    check_int(-1, toasty_batch(db, topic_create_op(&topic, .label = "a")));
    check_int(-1, toasty_close(db));
    check_last_error(TOASTY_CLOSED);
    check_int(-1, toasty_commit(db));
    check_last_error(TOASTY_CLOSED);
    check_int(-1, toasty_push_schema(db));
    check_int(-1, toasty_reset_schema(db));
    check_null(toasty_begin(db));
    check_null(toasty_with(db, .timeout_ms = 1));
    check_int(-1, toasty_sql(db, "SELECT 1"));
    check_null(toasty_sql_rows(db, "SELECT 1"));
    check_last_error(TOASTY_CLOSED);
    check_uint(0, toasty_count(db).operations);
    check_uint(0, toasty_pool(db).open);
    check_last_error(TOASTY_CLOSED);
}

static void check_told_of(toasty_db *db)
{
    toasty_free(db);
    check_contains(said_by(use_what_was_freed, db), "toasty: the database handle was freed before this call");
}

TOASTY_TEST(development, a_database_that_was_freed_refuses_every_call_and_is_told)
{
    toasty_auto(toasty_db) rows = suite_open();
    check_told_of(opened());
}

TOASTY_TEST(development, a_derived_handle_that_was_freed_refuses_every_call_and_is_told)
{
    toasty_auto(toasty_db) rows = suite_open();
    toasty_auto(toasty_db) db = opened();
    check_told_of(toasty_with(db, .timeout_ms = 1000));
    check_null(topic_get_by_label(db, "nobody")); /* what it was derived from goes on */
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(development, a_transaction_that_was_freed_refuses_every_call_and_is_told, REQUIRES(transactions))
{
    toasty_auto(toasty_db) rows = suite_open();
    toasty_auto(toasty_db) db = opened();
    check_told_of(toasty_begin(db));
    check_told_of(toasty_with(db, .dedicated = true));
}

TOASTY_TEST(development, only_the_last_handles_that_were_freed_are_remembered)
{
    toasty_auto(toasty_db) rows = suite_open();
    toasty_auto(toasty_db) db = opened();
    for (int i = 0; i < 1000; i++)
        toasty_free(toasty_with(db, .timeout_ms = 1000));
    check_told_of(toasty_with(db, .timeout_ms = 1000));
}
