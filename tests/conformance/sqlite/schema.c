/* Tables that others have made anew: a push names what differs. */
#include "suite.h"
#include <stdio.h>
#include <string.h>

/* The statement of a table, with names in double quotes whatever the dialect made of them. */
static const char *statement_of(toasty_db *db, const char *table)
{
    static char text[8192];
    char query[128];
    snprintf(query, sizeof query, "SELECT sql FROM sqlite_schema WHERE name = '%s'", table);
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, query);
    check_some(rows);
    snprintf(text, sizeof text, "%s", toasty_cell(rows, 0, 0));
    for (char *at = text; *at; at++)
        *at = *at == '`' ? '"' : *at;
    return text;
}

/* The table's own statement with a part of it replaced. */
static void make_anew(toasty_db *db, const char *table, const char *part, const char *with)
{
    char sql[8192], query[128];
    const char *text = statement_of(db, table), *at = strstr(text, part);
    check_that(at != NULL);
    snprintf(sql, sizeof sql, "%.*s%s%s", (int)(at - text), text, with, at + strlen(part));
    snprintf(query, sizeof query, "DROP TABLE %s", table);
    check_done((int)toasty_sql(db, query));
    check_done((int)toasty_sql(db, sql));
}

/* With a table like that, a push is an error that names the part. */
static void check_differs(const char *table, const char *replaced, const char *with, const char *part)
{
    toasty_auto(toasty_db) db = suite_open();
    make_anew(db, table, replaced, with);
    check_int(-1, toasty_push_schema(db));
    check_last_error(TOASTY_INVALID_SCHEMA);
    check_contains(toasty_last_error()->details, part);
    check_done(toasty_reset_schema(db));
    check_done(toasty_push_schema(db));
}

/* Folders, each in the one before it, and the first one in the last, under that rule. */
static void check_reset_with_rows(const char *rule)
{
    enum { LONG = 1500 }; /* longer than SQLite follows cascades */
    toasty_auto(toasty_db) db = suite_open();
    make_anew(db, "folders", "ON DELETE SET NULL", rule);
    toasty_db *transaction = toasty_begin(db);
    check_some(transaction);
    toasty_auto(Folder) first = folder_create(transaction, .name = "0");
    check_some(first);
    toasty_uuid parent = first->id;
    for (int i = 1; i < LONG; i++) {
        toasty_auto(Folder) folder =
            folder_create(transaction, .name = "n", .parent_id = toasty_some(parent));
        check_some(folder);
        parent = folder->id;
    }
    check_done(folder_update(transaction, first, folder_parent_id_set(parent)));
    check_done(toasty_commit(transaction));
    toasty_free(transaction);
    check_done(toasty_reset_schema(db));
    check_done(toasty_push_schema(db));
    check_int(0, folder_count(db));
    /* References are looked at as before. */
    check_null(folder_create(db, .name = "n", .parent_id = toasty_some(parent)));
    check_last_error(TOASTY_FOREIGN_KEY_VIOLATION);
}

TOASTY_TEST(schema, rows_that_refer_to_each_other_go_with_their_tables)
{
    check_reset_with_rows("ON DELETE RESTRICT");
    check_reset_with_rows("ON DELETE CASCADE");
    check_reset_with_rows("ON DELETE SET NULL");
}

TOASTY_TEST(schema, a_column_that_may_be_null_or_may_not_is_a_difference)
{
    check_differs("topics", "\"weight\" INTEGER NOT NULL", "\"weight\" INTEGER", "topics.weight");
    check_differs("people", "\"bio\" TEXT", "\"bio\" TEXT NOT NULL", "people.bio");
}

TOASTY_TEST(schema, a_column_that_the_model_has_not_is_a_difference)
{
    check_differs("topics", "\"weight\" INTEGER", "\"extra\" TEXT, \"weight\" INTEGER", "extra");
}

TOASTY_TEST(schema, another_primary_key_is_a_difference)
{
    check_differs("remarks", "PRIMARY KEY (\"id\")", "PRIMARY KEY (\"id\", \"text\")", "primary key");
}

TOASTY_TEST(schema, an_index_on_other_columns_is_a_difference)
{
    toasty_auto(toasty_db) db = suite_open();
    check_done((int)toasty_sql(db, "DROP INDEX seats_hall_price_idx"));
    check_done((int)toasty_sql(db, "CREATE INDEX seats_hall_price_idx ON seats (price)"));
    check_int(-1, toasty_push_schema(db));
    check_last_error(TOASTY_INVALID_SCHEMA);
    check_contains(toasty_last_error()->message, "seats_hall_price_idx");
    check_done(toasty_reset_schema(db));
}

#define FOREIGN_KEY                                                                                          \
    "CONSTRAINT \"passports_person_id_fkey\" FOREIGN KEY (\"person_id\") REFERENCES \"people\" (\"id\") "    \
    "ON DELETE CASCADE"
#define CHECK "CONSTRAINT \"blanks_u16_check\" CHECK (\"u16\" BETWEEN 0 AND 65535)"

TOASTY_TEST(schema, an_index_that_can_stands_in_its_tables_statement, LACKS(returning))
{
    toasty_auto(toasty_db) db = suite_open();
    check_contains(statement_of(db, "people"), "CONSTRAINT \"people_email_key\" UNIQUE (\"email\")");
    suite_clear_log();
    check_done(toasty_push_schema(db));
    check_that(!strstr(suite_log(), "CREATE"));
}

TOASTY_TEST(schema, a_unique_constraint_of_an_earlier_model_is_a_difference)
{
    check_differs("topics", "CONSTRAINT \"topics_pkey\"",
                  "CONSTRAINT \"topics_weight_key\" UNIQUE (\"weight\"), CONSTRAINT \"topics_pkey\"",
                  "unique index topics_weight_key on topics (weight) refuses what the model allows");
}

TOASTY_TEST(schema, a_missing_foreign_key_is_a_difference)
{
    check_differs("passports", ",\n    " FOREIGN_KEY, "", "foreign key passports_person_id_fkey");
}

TOASTY_TEST(schema, a_missing_check_is_a_difference)
{
    check_differs("blanks", ",\n    " CHECK, "", "check blanks_u16_check");
}

/* With a table like that, a push has nothing to say. */
static void check_same(const char *table, const char *replaced, const char *with)
{
    toasty_auto(toasty_db) db = suite_open();
    make_anew(db, table, replaced, with);
    check_done(toasty_push_schema(db)); /* the indexes went with the table */
    suite_clear_log();
    check_done(toasty_push_schema(db));
    check_that(!strstr(suite_log(), "CREATE"));
    check_done(toasty_reset_schema(db));
    check_done(toasty_push_schema(db));
}

TOASTY_TEST(schema, a_constraint_without_a_name_is_known_by_what_it_says)
{
    check_same("passports", FOREIGN_KEY, "FOREIGN KEY (person_id) REFERENCES people ON DELETE CASCADE");
    check_same("passports", FOREIGN_KEY,
               "FOREIGN KEY ([person_id]) REFERENCES `people` (id) on delete cascade");
    check_same("blanks", CHECK, "CHECK ((u16 >= 0) AND u16 <= 65535)");
}

TOASTY_TEST(schema, what_stands_in_comments_and_texts_is_no_constraint)
{
    check_differs("blanks", CHECK, "CHECK (\"text\" <> 'CONSTRAINT \"blanks_u16_check\"')",
                  "check blanks_u16_check");
    check_differs("blanks", CHECK, "CHECK (1) /* CONSTRAINT \"blanks_u16_check\" CHECK (1) */",
                  "check blanks_u16_check");
}

TOASTY_TEST(schema, what_a_table_does_with_its_values_is_a_difference)
{
    check_differs("topics", ") STRICT", ")", "STRICT");
    check_differs("authors", " AUTOINCREMENT", "", "authors.id");
    check_differs("topics", "\"label\" TEXT", "\"label\" TEXT COLLATE NOCASE", "topics.label");
    check_differs("topics", "\"weight\" INTEGER NOT NULL",
                  "\"weight\" INTEGER NOT NULL GENERATED ALWAYS AS (length(\"label\")) STORED",
                  "topics.weight");
}

TOASTY_TEST(schema, labels_values_and_widths_are_differences)
{
    check_differs("people", "'calm', 'happy', 'very_grumpy'", "'calm', 'happy'", "people_mood_check");
    check_differs("people", "'happy'", "'glad'", "people_mood_check");
    check_differs("speakers", "\"volume\" IN (0, 10, 11, 12)", "\"volume\" IN (0, 10)",
                  "speakers_volume_check");
    check_differs("blanks", "BETWEEN 0 AND 65535", "BETWEEN 0 AND 255", "blanks_u16_check");
    check_differs("blanks", "\"i64\" INTEGER", "\"i64\" INTEGER CONSTRAINT blanks_i64_check CHECK (i64 < 9)",
                  "blanks_i64_check");
}

TOASTY_TEST(schema, the_field_of_a_check_that_differs_is_told)
{
    toasty_auto(toasty_db) db = suite_open();
    make_anew(db, "people", "'happy'", "'glad'");
    check_int(-1, toasty_push_schema(db));
    check_text("people", toasty_last_error()->table);
    check_text("people_mood_check", toasty_last_error()->constraint);
    check_text("mood", toasty_last_error()->field);
    check_done(toasty_reset_schema(db));
    check_done(toasty_push_schema(db));
}

TOASTY_TEST(schema, what_a_foreign_key_does_is_a_difference)
{
    check_differs("tasks", "ON DELETE CASCADE", "ON DELETE RESTRICT", "tasks_person_id_fkey");
    check_differs("tasks", "ON DELETE CASCADE", "ON DELETE CASCADE ON UPDATE CASCADE", "ON UPDATE CASCADE");
    check_differs("tasks", "REFERENCES \"topics\" (\"label\")", "REFERENCES \"topics\" (\"weight\")",
                  "topics weight");
}

TOASTY_TEST(schema, what_cannot_be_altered_is_told_with_what_to_do_instead)
{
    toasty_auto(toasty_db) db = suite_open();
    check_done(toasty_reset_schema(db));
    check_done((int)toasty_sql(db, "CREATE TABLE topics (label text PRIMARY KEY NOT NULL) STRICT"));
    check_int(-1, toasty_push_schema(db));
    check_contains(toasty_last_error()->message, "add the column (INTEGER NOT NULL, with a default");
    check_contains(toasty_last_error()->message, "copy the rows into a table made anew");
    check_done((int)toasty_sql(db, "DROP TABLE topics"));
    check_done(toasty_push_schema(db));
}
