/* Looking at an operation where there is no SQL to look at. */
#include "suite.h"

TOASTY_TEST(explain, a_database_without_sql_has_nothing_to_explain, LACKS(explain))
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(toasty_statements(db, person_get_by_email_op(NULL, "ann@example.com")));
    check_last_error(TOASTY_UNSUPPORTED);
    check_null(toasty_explain(db, person_get_by_email_op(NULL, "ann@example.com")));
    check_last_error(TOASTY_UNSUPPORTED);
    check_null(toasty_explain(db, person_get_by_email_op(NULL, "ann@example.com"), .analyze = true));
    check_last_error(TOASTY_UNSUPPORTED);
    check_uint(0, suite_log_count());
}

TOASTY_TEST(explain, an_operation_that_was_left_out_is_refused, REQUIRES(explain))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_op absent = toasty_when(db == NULL, person_get_by_email_op(NULL, "ann@example.com"));
    check_null(toasty_statements(db, absent));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(toasty_explain(db, absent));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(toasty_explain(NULL, person_get_by_email_op(NULL, "ann@example.com")));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_uint(0, suite_log_count());
}
