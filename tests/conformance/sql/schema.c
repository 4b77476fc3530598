/* Tables: created when they are missing, compared when they are there, dropped on request. */
#include "suite.h"
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TOASTY_TEST(schema, a_second_push_is_quiet)
{
    toasty_auto(toasty_db) db = suite_open();
    check_done(toasty_push_schema(db));
    check_that(!strstr(suite_log(), "CREATE"));
}

TOASTY_TEST(schema, a_push_keeps_the_rows)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_done(toasty_push_schema(db));
    check_int(1, topic_count(db));
}

TOASTY_TEST(schema, a_reset_drops_the_tables_and_a_push_makes_them_again)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_some(topic);
    check_done(toasty_reset_schema(db));
    check_int(-1, (int)topic_count(db));
    check_last_error(TOASTY_DATABASE_ERROR);
    check_done(toasty_reset_schema(db));
    check_done(toasty_push_schema(db));
    check_int(0, topic_count(db));
}

/* An index has a name in its schema, or in its table alone. */
static void drop_index(toasty_db *db, const char *table, const char *index)
{
    char sql[128];
    if (toasty_sql(db, (snprintf(sql, sizeof sql, "DROP INDEX %s", index), sql)) < 0)
        check_done(
            (int)toasty_sql(db, (snprintf(sql, sizeof sql, "DROP INDEX %s ON %s", index, table), sql)));
}

TOASTY_TEST(schema, a_missing_index_is_made_again)
{
    toasty_auto(toasty_db) db = suite_open();
    drop_index(db, "people", "people_address_city_idx");
    check_done(toasty_push_schema(db));
    drop_index(db, "people", "people_address_city_idx");
    check_done(toasty_push_schema(db));
}

TOASTY_TEST(schema, a_table_without_a_column_of_the_model_is_an_error_that_names_it)
{
    toasty_auto(toasty_db) db = suite_open();
    check_done(toasty_reset_schema(db));
    check_done((int)toasty_sql(db, "CREATE TABLE topics (label varchar(9) PRIMARY KEY NOT NULL)"));
    check_int(-1, toasty_push_schema(db));
    check_last_error(TOASTY_INVALID_SCHEMA);
    check_contains(toasty_last_error()->message, "topics");
    check_contains(toasty_last_error()->message, "weight");
    check_done((int)toasty_sql(db, "DROP TABLE topics"));
    check_done(toasty_push_schema(db));
}

TOASTY_TEST(schema, a_column_of_another_type_is_an_error_that_names_it)
{
    toasty_auto(toasty_db) db = suite_open();
    check_done(toasty_reset_schema(db));
    check_done((int)toasty_sql(
        db, "CREATE TABLE topics (label varchar(9) PRIMARY KEY NOT NULL, weight text NOT NULL)"));
    check_int(-1, toasty_push_schema(db));
    check_last_error(TOASTY_INVALID_SCHEMA);
    check_contains(toasty_last_error()->message, "weight");
    check_done((int)toasty_sql(db, "DROP TABLE topics"));
}

TOASTY_TEST(schema, a_prefix_stands_before_the_name_of_every_table)
{
    toasty_auto(toasty_db) plain = suite_open();
    toasty_auto(toasty_db) db = toasty_open(test_url(), &models_schema, .table_prefix = "pre_");
    check_some(db);
    check_done(toasty_push_schema(db));
    check_done((int)topic_delete_all(db, .everything = true));
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_some(topic);
    check_int(0, topic_count(plain));
    toasty_auto(toasty_rows) rows = toasty_sql_rows(plain, "SELECT label FROM pre_topics");
    check_some(rows);
    check_uint(1, rows->len);
    check_done(toasty_reset_schema(db));
    check_int(0, topic_count(plain));
}

/* Opens with a prefix, pushes twice over rows, and drops the tables. */
static void check_prefix(const char *prefix)
{
    toasty_auto(toasty_db) plain = suite_open();
    toasty_auto(toasty_db) db =
        toasty_open(test_url(), &models_schema, .table_prefix = prefix, .max_pool_size = 1);
    check_some(db);
    suite_watch(db);
    check_done(toasty_reset_schema(db));
    check_done(toasty_push_schema(db));
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    suite_clear_log();
    check_done(toasty_push_schema(db));
    check_that(!strstr(suite_log(), "CREATE") && !strstr(suite_log(), "ALTER"));
    check_int(3, task_count(db));
    check_done(toasty_reset_schema(db));
}

TOASTY_TEST(schema, a_second_push_is_quiet_with_any_prefix)
{
    check_prefix("pre_");
    check_prefix("So \"called\" 'ones' ");
    check_prefix("a_prefix_with_which_most_names_of_indexes_are_cut_");
}

TOASTY_TEST(schema, a_prefix_that_makes_a_table_too_long_is_refused)
{
    toasty_auto(toasty_db) db =
        toasty_open(test_url(), &models_schema,
                    .table_prefix = "a_prefix_with_which_the_name_of_a_table_is_longer_than_they_are_");
    check_some(db);
    check_int(-1, toasty_push_schema(db));
    check_last_error(TOASTY_INVALID_SCHEMA);
    check_contains(toasty_last_error()->message, "63 bytes");
}

/* --- several at once --- */

/* In a process of its own: pushes when the pipe is closed. */
static pid_t push_beside(const int start[2])
{
    pid_t child = fork();
    if (child)
        return child;
    char byte;
    close(start[1]);
    toasty_auto(toasty_db) db = suite_open_again();
    if (!db || read(start[0], &byte, 1) != 0)
        _exit(2);
    _exit(toasty_push_schema(db) < 0);
}

TOASTY_TEST(schema, processes_that_push_at_once_wait_for_each_other, ALONE)
{
    enum { PROCESSES = 8 };
    pid_t children[PROCESSES];
    int start[2], status;
    toasty_db *db = suite_open();
    check_done(toasty_reset_schema(db));
    check_done(toasty_close(db));
    toasty_free(db);
    check_int(0, pipe(start));
    for (int i = 0; i < PROCESSES; i++)
        children[i] = push_beside(start);
    close(start[0]);
    close(start[1]);
    for (int i = 0; i < PROCESSES; i++) {
        check_int(children[i], waitpid(children[i], &status, 0));
        check_that(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    db = suite_open_again();
    suite_watch(db);
    check_that(!strstr(suite_log(), "CREATE"));
    toasty_free(db);
}

/* --- differences --- */

TOASTY_TEST(schema, a_unique_index_where_the_model_has_none_is_a_difference)
{
    toasty_auto(toasty_db) db = suite_open();
    check_done((int)toasty_sql(db, "CREATE UNIQUE INDEX topics_weight_key ON topics (weight)"));
    check_int(-1, toasty_push_schema(db));
    check_last_error(TOASTY_INVALID_SCHEMA);
    check_contains(toasty_last_error()->message, "unique index topics_weight_key on topics");
    check_contains(toasty_last_error()->message, "drop it, or make the fields unique");
    check_text("topics_weight_key", toasty_last_error()->constraint);
    drop_index(db, "topics", "topics_weight_key");
    check_done(toasty_push_schema(db));
}

TOASTY_TEST(schema, all_differences_are_told_at_once_with_what_to_do)
{
    toasty_auto(toasty_db) db = suite_open();
    check_done(toasty_reset_schema(db));
    check_done((int)toasty_sql(db, "CREATE TABLE topics (label text NOT NULL, extra text)"));
    check_int(-1, toasty_push_schema(db));
    check_last_error(TOASTY_INVALID_SCHEMA);
    check_text("topics", toasty_last_error()->table);
    check_contains(toasty_last_error()->message,
                   "does not have the column weight of its model: add the column (");
    check_contains(toasty_last_error()->details,
                   "has a column extra that its model does not have: drop the column, or add a field");
    check_contains(toasty_last_error()->details,
                   "the primary key of table topics is (), its model says (label)");
    check_int(-1, (int)person_count(db));
    check_done((int)toasty_sql(db, "DROP TABLE topics"));
    check_done(toasty_push_schema(db));
}

/* The advice is what the next push is content with, also where there are rows. */
TOASTY_TEST(schema, a_column_is_added_as_the_difference_says)
{
    char sql[256];
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    check_some(ann);
    check_done((int)toasty_sql(db, "ALTER TABLE tasks DROP COLUMN title"));
    check_int(-1, toasty_push_schema(db));
    const char *advice = strstr(toasty_last_error()->message, "add the column (");
    check_some(advice);
    advice += strlen("add the column (");
    const char *end = strstr(advice, ", with a default where there are rows)");
    check_some(end);
    snprintf(sql, sizeof sql, "ALTER TABLE tasks ADD COLUMN title %.*s DEFAULT ('')", (int)(end - advice),
             advice);
    check_done((int)toasty_sql(db, sql));
    check_done(toasty_push_schema(db));
    toasty_auto(Task) task = task_get_by_id(db, ann->tasks.items[0].id);
    check_some(task);
    check_text("", task->title);
    check_done(toasty_reset_schema(db));
    check_done(toasty_push_schema(db));
}

TOASTY_TEST(schema, more_differences_than_a_message_holds_are_counted)
{
    toasty_auto(toasty_db) db = suite_open();
    check_done(toasty_reset_schema(db));
    check_done((int)toasty_sql(db, "CREATE TABLE blanks (id text NOT NULL)"));
    check_done((int)toasty_sql(db, "CREATE TABLE samples (id text NOT NULL)"));
    check_int(-1, toasty_push_schema(db));
    check_contains(toasty_last_error()->message, "; and ");
    check_contains(toasty_last_error()->message, " more");
    const char *details = toasty_last_error()->details;
    check_that(strncmp(details, "[\"", 2) == 0 && strcmp(details + strlen(details) - 2, "}]") == 0);
    check_contains(details, ",{\"more\":");
    check_done((int)toasty_sql(db, "DROP TABLE blanks"));
    check_done((int)toasty_sql(db, "DROP TABLE samples"));
    check_done(toasty_push_schema(db));
}

TOASTY_TEST(schema, a_column_has_the_name_that_its_model_gives_it)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Shop) shop = shop_create(db, .name = "near", .address = {"A St", "Rome", NULL, {0}},
                                         .postal = toasty_some({.street = "B St", .city = "Oslo"}));
    check_some(shop);
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, "SELECT title, address_city, post_city FROM shops");
    check_some(rows);
    check_text("near", toasty_cell(rows, 0, 0));
    check_text("Rome", toasty_cell(rows, 0, 1));
    check_text("Oslo", toasty_cell(rows, 0, 2));
}

TOASTY_TEST(schema, enums_are_stored_as_their_labels)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = person_create(db, .name = "Ann", .email = "a@x", .mood = MOOD_VERY_GRUMPY);
    check_some(ann);
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, "SELECT mood FROM people");
    check_some(rows);
    check_text("very_grumpy", toasty_cell(rows, 0, 0));
    check_int(-1, toasty_sql(db, "UPDATE people SET mood = 'unheard of'"));
    check_that(toasty_failed());
}

TOASTY_TEST(schema, a_required_column_refuses_null_from_others_too)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_int(-1, toasty_sql(db, "UPDATE people SET name = NULL"));
    check_last_error(TOASTY_NOT_NULL_VIOLATION);
}

TOASTY_TEST(schema, foreign_keys_hold_against_statements_of_others)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    check_int(1, toasty_sql(db, "DELETE FROM people"));
    check_int(0, task_count(db));
}

TOASTY_TEST(schema, a_table_altered_under_a_cached_plan_is_read_all_the_same)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    toasty_auto(Topic) topic = topic_create(db, .label = "a", .weight = 1);
    for (int i = 0; i < 8; i++) {
        toasty_auto(Topic) read = topic_get_by_label(db, "a");
        check_some(read);
    }
    check_done((int)toasty_sql(db, "ALTER TABLE topics ADD COLUMN extra integer DEFAULT 5"));
    toasty_auto(Topic) read = topic_get_by_label(db, "a");
    check_some(read);
    check_int(1, read->weight);
    toasty_auto(Topic) more = topic_create(db, .label = "b", .weight = 2);
    check_some(more);
    check_int(2, topic_count(db));
    check_done(toasty_reset_schema(db));
}
