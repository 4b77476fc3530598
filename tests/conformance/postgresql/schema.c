/* Tables that others have altered: a push names what differs. */
#include "suite.h"
#include <stdio.h>
#include <string.h>

/* After the statement, a push is an error that names the part. */
static void check_differs(const char *statement, const char *part)
{
    toasty_auto(toasty_db) db = suite_open();
    check_done((int)toasty_sql(db, statement));
    check_int(-1, toasty_push_schema(db));
    check_last_error(TOASTY_INVALID_SCHEMA);
    check_contains(toasty_last_error()->message, part);
    check_done(toasty_reset_schema(db));
    check_done(toasty_push_schema(db));
}

TOASTY_TEST(schema, a_column_that_may_be_null_or_may_not_is_a_difference)
{
    check_differs("ALTER TABLE topics ALTER COLUMN weight DROP NOT NULL", "topics.weight");
    check_differs("ALTER TABLE people ALTER COLUMN bio SET NOT NULL", "people.bio");
}

TOASTY_TEST(schema, a_column_that_the_model_has_not_is_a_difference)
{
    check_differs("ALTER TABLE topics ADD COLUMN extra text", "extra");
}

TOASTY_TEST(schema, another_primary_key_is_a_difference)
{
    check_differs("ALTER TABLE remarks DROP CONSTRAINT remarks_pkey, ADD PRIMARY KEY (id, text)",
                  "primary key");
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

TOASTY_TEST(schema, other_labels_are_a_difference)
{
    check_differs("ALTER TYPE mood ADD VALUE 'furious'", "furious");
}

TOASTY_TEST(schema, a_missing_foreign_key_is_a_difference)
{
    check_differs("ALTER TABLE tasks DROP CONSTRAINT tasks_person_id_fkey",
                  "foreign key tasks_person_id_fkey");
}

TOASTY_TEST(schema, a_missing_check_is_a_difference)
{
    check_differs("ALTER TABLE blanks DROP CONSTRAINT blanks_u16_check", "check blanks_u16_check");
}

TOASTY_TEST(schema, what_a_foreign_key_does_is_a_difference)
{
    check_differs(
        "ALTER TABLE tasks DROP CONSTRAINT tasks_person_id_fkey, ADD CONSTRAINT tasks_person_id_fkey "
        "FOREIGN KEY (person_id) REFERENCES people (id) ON DELETE RESTRICT",
        "person_id -> people id ON DELETE RESTRICT");
    check_differs(
        "ALTER TABLE tasks DROP CONSTRAINT tasks_person_id_fkey, ADD CONSTRAINT tasks_person_id_fkey "
        "FOREIGN KEY (reviewer_id) REFERENCES people (id) ON DELETE CASCADE",
        "reviewer_id -> people id");
    check_differs("ALTER TABLE tasks ADD CONSTRAINT tasks_title_fkey FOREIGN KEY (title) REFERENCES topics "
                  "(label) NOT VALID",
                  "tasks_title_fkey");
}

TOASTY_TEST(schema, what_a_column_does_is_a_difference)
{
    check_differs("ALTER TABLE topics ALTER COLUMN weight TYPE bigint", "topics.weight is bigint");
    check_differs("ALTER TABLE people ALTER COLUMN bio TYPE varchar(40) COLLATE \"C\"",
                  "character varying(40)");
    check_differs("ALTER TABLE people ALTER COLUMN name TYPE text COLLATE \"default\"", "collation");
    check_differs("ALTER TABLE authors ALTER COLUMN id DROP IDENTITY", "authors.id does not count up");
    check_differs("ALTER TABLE topics DROP COLUMN weight, "
                  "ADD COLUMN weight integer NOT NULL GENERATED ALWAYS AS (length(label)) STORED",
                  "topics.weight is generated");
}

TOASTY_TEST(schema, labels_values_and_widths_are_differences)
{
    check_differs("ALTER TYPE mood RENAME VALUE 'calm' TO 'quiet'", "quiet, happy, very_grumpy");
    check_differs("ALTER TABLE speakers DROP CONSTRAINT speakers_volume_check, "
                  "ADD CONSTRAINT speakers_volume_check CHECK (volume IN (0, 10))",
                  "speakers_volume_check");
    check_differs("ALTER TABLE blanks DROP CONSTRAINT blanks_u16_check, "
                  "ADD CONSTRAINT blanks_u16_check CHECK (u16 BETWEEN 0 AND 255)",
                  "blanks_u16_check");
    check_differs("ALTER TABLE blanks ADD CONSTRAINT blanks_i64_check CHECK (i64 < 9)", "blanks_i64_check");
}

#define TWO(first, second) "DO $$ BEGIN " first "; " second "; END $$"

TOASTY_TEST(schema, a_unique_index_and_a_plain_one_are_a_difference)
{
    check_differs("CREATE UNIQUE INDEX people_name_key ON people (name)", "people_name_key");
    check_differs(TWO("DROP INDEX people_email_key", "CREATE INDEX people_email_key ON people (email)"),
                  "people_email_key");
    check_differs(TWO("DROP INDEX seats_hall_price_idx",
                      "CREATE INDEX seats_hall_price_idx ON seats (hall, price DESC)"),
                  "price DESC");
    check_differs(TWO("DROP INDEX seats_hall_price_idx",
                      "CREATE INDEX seats_hall_price_idx ON seats (hall, price) WHERE price > 3"),
                  "WHERE (price > 3)");
}

/* After the statement, a push has nothing to say. */
static void check_same(const char *statement)
{
    toasty_auto(toasty_db) db = suite_open();
    check_done((int)toasty_sql(db, statement));
    suite_clear_log();
    check_done(toasty_push_schema(db));
    check_that(!strstr(suite_log(), "CREATE") && !strstr(suite_log(), "ALTER"));
    check_done(toasty_reset_schema(db));
    check_done(toasty_push_schema(db));
}

TOASTY_TEST(schema, what_models_cannot_say_is_nobodys_business)
{
    check_same("CREATE UNIQUE INDEX quick ON people (lower(name)) WHERE age > 3");
    check_same("ALTER TABLE people ADD CONSTRAINT grown CHECK (age > -1)");
    check_same("ALTER TABLE people ALTER COLUMN visits SET DEFAULT 3");
}

TOASTY_TEST(schema, a_check_written_in_other_words_is_the_same)
{
    check_same("ALTER TABLE blanks DROP CONSTRAINT blanks_u16_check, "
               "ADD CONSTRAINT blanks_u16_check CHECK ((u16 >= '0'::integer) AND ((u16) <= 65535))");
    check_same("ALTER TABLE speakers DROP CONSTRAINT speakers_volume_check, "
               "ADD CONSTRAINT speakers_volume_check CHECK (volume = ANY (ARRAY[0, 10, 11, 12]))");
}

/* --- settings of the server and of the database --- */

TOASTY_TEST(schema, backslashes_mean_themselves_whatever_the_server_makes_of_them)
{
    toasty_auto(toasty_db) usual = suite_open();
    check_done(toasty_reset_schema(usual));
    toasty_auto(toasty_db) db =
        toasty_open(suite_url_with("options=-cstandard_conforming_strings%3Doff"), &models_schema);
    check_some(db);
    suite_watch(db);
    check_done(toasty_push_schema(db));
    toasty_auto(Person) ann = person_create(db, .name = "Ann", .email = "a@x", .bio = "50%\\");
    check_some(ann);
    check_int(1, person_count(db, .where = person_bio_like("50\\%\\\\")));
    check_int(0, person_count(db, .where = person_bio_like("5\\%%")));
    check_int(1, person_count(db, .where = person_bio_ends_with("\\")));
    check_done(toasty_push_schema(db));
}

TOASTY_TEST(schema, tables_are_found_along_the_search_path_and_made_at_its_head)
{
    toasty_auto(toasty_db) usual = suite_open();
    check_done((int)toasty_sql(usual, "DROP SCHEMA IF EXISTS near_suite, far_suite CASCADE"));
    check_done((int)toasty_sql(usual, "CREATE SCHEMA near_suite"));
    check_done((int)toasty_sql(usual, "CREATE SCHEMA far_suite"));
    toasty_auto(toasty_db) far =
        toasty_open(suite_url_with("options=-csearch_path%3Dfar_suite"), &models_schema);
    toasty_auto(toasty_db) both =
        toasty_open(suite_url_with("options=-csearch_path%3Dnear_suite,far_suite"), &models_schema);
    check_some(far);
    check_some(both);
    check_done(toasty_push_schema(far));
    check_done(toasty_push_schema(both));
    toasty_auto(toasty_rows) made =
        toasty_sql_rows(usual, "SELECT 1 FROM pg_tables WHERE schemaname = 'near_suite'");
    check_some(made);
    check_uint(0, made->len);
    toasty_auto(Topic) topic = topic_create(both, .label = "a");
    check_some(topic);
    check_int(1, topic_count(far));
    check_done((int)toasty_sql(usual, "DROP TABLE far_suite.seats"));
    check_done(toasty_push_schema(both));
    check_int(0, seat_count(both));
    check_int(-1, seat_count(far));
    check_done((int)toasty_sql(usual, "DROP SCHEMA near_suite, far_suite CASCADE"));
}

TOASTY_TEST(schema, a_database_that_cannot_hold_every_text_is_refused_with_the_remedy)
{
    char url[512];
    toasty_auto(toasty_db) usual = suite_open();
    check_done((int)toasty_sql(usual, "DROP DATABASE IF EXISTS suite_latin"));
    check_done((int)toasty_sql(usual,
                               "CREATE DATABASE suite_latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' "
                               "TEMPLATE template0"));
    snprintf(url, sizeof url, "%.*s/suite_latin", (int)(strrchr(test_url(), '/') - test_url()), test_url());
    check_null(toasty_open(url, &models_schema));
    check_last_error(TOASTY_UNSUPPORTED);
    check_contains(toasty_last_error()->message, "the encoding LATIN1");
    check_contains(toasty_last_error()->message, "ENCODING 'UTF8' TEMPLATE template0");
    check_done((int)toasty_sql(usual, "DROP DATABASE suite_latin"));
}
