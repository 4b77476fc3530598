/* Statements of the user, over a driver that describes their columns as often as it is told to. */
#include "db/fake.h"
#include "test.h"

TOASTY_TEST(raw, rows_have_the_columns_that_were_described)
{
    fake_script_.descriptions = 1;
    toasty_auto(toasty_db) db = fake_open(.max_pool_size = 1);
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, "SELECT 1 AS number");
    check_some(rows);
    check_uint(1, rows->len);
    check_text("number", rows->columns[0]);
    check_text("1", toasty_cell(rows, 0, 0));
}

TOASTY_TEST(raw, columns_that_are_described_twice_are_refused)
{
    fake_script_.descriptions = 2;
    toasty_auto(toasty_db) db = fake_open(.max_pool_size = 1);
    check_null(toasty_sql_rows(db, "SELECT 1 AS number"));
    check_last_error(TOASTY_DATABASE_ERROR);
}
