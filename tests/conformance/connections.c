/* Opening and closing: URLs that cannot be used, options, handles that are closed. */
#include "suite.h"
#include <string.h>
#include <uv.h>

/* Does not open, and says why in a message that names the part. */
static void check_refused(const char *url, toasty_code code, const char *part)
{
    check_null(toasty_open(url, &models_schema));
    check_last_error(code);
    check_contains(toasty_last_error()->message, part);
}

TOASTY_TEST(connections, a_url_without_a_scheme_is_refused)
{
    check_refused("app.db", TOASTY_INVALID_URL, ":");
    check_refused("", TOASTY_INVALID_URL, "");
}

TOASTY_TEST(connections, a_scheme_that_nobody_knows_is_refused_and_the_known_ones_are_named)
{
    check_null(toasty_open("oracle://host/name", &models_schema));
    check_that(toasty_last_error()->code == TOASTY_UNSUPPORTED ||
               toasty_last_error()->code == TOASTY_INVALID_URL);
    check_contains(toasty_last_error()->message, "oracle");
    check_contains(toasty_last_error()->message, test_capability()->target);
}

TOASTY_TEST(connections, a_target_that_was_not_declared_is_refused)
{
    bool embedded = strncmp(test_url(), "sqlite", 6) == 0;
    check_refused(embedded ? "postgresql://localhost/x" : "sqlite::memory:", TOASTY_UNSUPPORTED,
                  test_capability()->target);
}

TOASTY_TEST(connections, an_option_with_a_typo_is_refused_and_named)
{
    check_refused(suite_url_with("max_pool_sise=3"), TOASTY_INVALID_URL, "max_pool_sise");
}

TOASTY_TEST(connections, an_option_whose_value_makes_no_sense_is_refused)
{
    check_refused(suite_url_with("max_pool_size=many"), TOASTY_INVALID_URL, "max_pool_size");
    check_refused(suite_url_with("max_pool_size=-1"), TOASTY_INVALID_URL, "max_pool_size");
}

TOASTY_TEST(connections, options_of_the_pool_may_stand_in_the_url)
{
    toasty_auto(toasty_db) db =
        toasty_open(suite_url_with("max_pool_size=1&wait_timeout_ms=50"), &models_schema);
    check_some(db);
    check_done(toasty_push_schema(db));
}

TOASTY_TEST(connections, no_url_and_no_schema_are_errors)
{
    const char *volatile url = NULL;
    const toasty_schema *volatile schema = NULL;
    check_null(toasty_open(url, &models_schema));
    check_that(toasty_failed());
    check_null(toasty_open(test_url(), schema));
    check_that(toasty_failed());
}

TOASTY_TEST(connections, a_closed_handle_refuses_every_call)
{
    toasty_auto(toasty_db) db = suite_open();
    check_done(toasty_close(db));
    check_null(topic_get_by_label(db, "a"));
    check_last_error(TOASTY_CLOSED);
    check_done(toasty_close(db));
}

TOASTY_TEST(connections, a_derived_handle_does_what_its_parent_does)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) with = toasty_with(db, .timeout_ms = 60000);
    check_some(with);
    toasty_auto(Topic) topic = topic_create(with, .label = "a");
    check_some(topic);
    toasty_auto(Topic) read = topic_get_by_label(db, "a");
    check_some(read);
}

TOASTY_TEST(connections, two_handles_of_one_program_do_not_disturb_each_other)
{
    toasty_auto(toasty_db) first = suite_open();
    toasty_auto(toasty_db) second = suite_open_again();
    toasty_auto(Topic) a = topic_create(first, .label = "a");
    check_some(a);
    check_done(toasty_close(first));
    check_null(topic_get_by_label(second, "none"));
    check_last_error(TOASTY_NOT_FOUND);
}
