/* Tables of a store that only knows keys: a push makes them, a reset drops them, and neither is silently
 * nothing. */
#include "suite.h"
#include <string.h>

TOASTY_TEST(schema, a_push_makes_tables_and_a_second_one_is_quiet)
{
    toasty_auto(toasty_db) db = suite_open();
    check_done(toasty_reset_schema(db));
    suite_clear_log();
    check_done(toasty_push_schema(db));
    check_contains(suite_log(), "describe people");
    check_contains(suite_log(), "change schema people");
    suite_clear_log();
    check_done(toasty_push_schema(db));
    check_contains(suite_log(), "describe people");
    check_that(!strstr(suite_log(), "change"));
}

TOASTY_TEST(schema, a_push_keeps_the_rows_and_a_reset_drops_them)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "kept");
    check_done(toasty_push_schema(db));
    toasty_auto(Topic) read = topic_get_by_label(db, "kept");
    check_some(read);
    check_done(toasty_reset_schema(db));
    check_null(topic_get_by_label(db, "kept"));
}

TOASTY_TEST(schema, a_push_asks_for_all_tables_together)
{
    toasty_auto(toasty_db) db = suite_open();
    suite_cost cost = suite_start_cost(db);
    check_done(toasty_push_schema(db));
    check_uint(models_schema.model_count, suite_operations(&cost));
    check_uint(1, suite_round_trips(&cost));
}
