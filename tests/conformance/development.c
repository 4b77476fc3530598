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
