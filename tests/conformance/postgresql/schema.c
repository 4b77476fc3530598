/* Tables that others have altered: a push names what differs. */
#include "suite.h"

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
