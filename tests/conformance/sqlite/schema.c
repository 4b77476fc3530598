/* Tables that others have made anew: a push names what differs. */
#include "suite.h"
#include <stdio.h>
#include <string.h>

/* The table's own statement with a part of it replaced. */
static void make_anew(toasty_db *db, const char *table, const char *part, const char *with)
{
    char sql[8192], query[128];
    snprintf(query, sizeof query, "SELECT sql FROM sqlite_schema WHERE name = '%s'", table);
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, query);
    check_some(rows);
    const char *text = toasty_cell(rows, 0, 0), *at = strstr(text, part);
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
    check_contains(toasty_last_error()->message, part);
    check_done(toasty_reset_schema(db));
    check_done(toasty_push_schema(db));
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

TOASTY_TEST(schema, a_missing_foreign_key_is_a_difference)
{
    check_differs("passports", "CONSTRAINT \"passports_person_id_fkey\" ", "",
                  "foreign key passports_person_id_fkey");
}

TOASTY_TEST(schema, a_missing_check_is_a_difference)
{
    check_differs("blanks", "CONSTRAINT \"blanks_u16_check\" ", "", "check blanks_u16_check");
}
