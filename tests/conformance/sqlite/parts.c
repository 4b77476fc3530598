/* Rows that another tool left without a part that their struct requires: an error, and never a NULL where the
 * C type says that there is none. */
#include "suite.h"
#include <stdio.h>

/* Makes Ann's address what no check allows. */
static void break_address(toasty_db *db, const char *assignments)
{
    char sql[128];
    snprintf(sql, sizeof sql, "UPDATE people SET %s", assignments);
    toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
    check_some(own);
    check_done(toasty_sql(own, "PRAGMA ignore_check_constraints = ON"));
    check_int(1, toasty_sql(own, sql));
}

TOASTY_TEST(parts, that_another_tool_left_out_are_an_error_and_not_null)
{
    static const char *const breaks[] = {
        "address_street = NULL, address_city = 'Rome', address_floor = NULL",
        "address_street = '1 Main', address_city = NULL, address_floor = NULL",
        "address_street = NULL, address_city = NULL, address_floor = '2nd'",
    };
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
        break_address(db, breaks[i]);
        check_null(person_get_by_id(db, ann->id));
        check_last_error(TOASTY_INVALID_VALUE);
        check_contains(toasty_last_error()->message, "NULL, though other parts of its struct are there");
    }
}
