/* Errors: messages that are cut, one line, and the current error of a thread. */
#include "base/context.h"
#include "base/error.h"
#include "test.h"

#include <pthread.h>
#include <string.h>

TOASTY_TEST(error, filling_an_error_empties_its_other_fields)
{
    toasty_error error;
    memset(&error, 'x', sizeof error);
    check_int(-1, toasty__fail(&error, TOASTY_TIMEOUT, "%d seconds", 5));
    check_error(&error, TOASTY_TIMEOUT);
    check_text("5 seconds", error.message);
    check_text("", error.server_code);
    check_text("", error.constraint);
    check_text("", error.table);
    check_text("", error.field);
    check_text("", error.details);
}

TOASTY_TEST(error, what_is_added_to_a_message_is_one_line_and_fits_as_a_whole_or_is_left_out)
{
    toasty_error error;
    toasty__fail(&error, TOASTY_VALIDATION_FAILED, "one");
    toasty__error_add(&error, "; %s", "two\nlines");
    check_text("one; two lines", error.message);
    toasty__error_add(&error, "%0600d", 0);
    check_text("one; two lines", error.message);
    toasty__error_add(&error, ".");
    check_text("one; two lines.", error.message);
}

TOASTY_TEST(error, a_message_may_quote_the_message_that_it_replaces)
{
    toasty_error error;
    toasty__fail(&error, TOASTY_TIMEOUT, "too late");
    toasty__fail(&error, TOASTY_CONNECTION_FAILED, "while opening: %s", error.message);
    check_text("while opening: too late", error.message);
}

TOASTY_TEST(error, a_message_is_one_line)
{
    toasty_error error;
    toasty__fail(&error, TOASTY_DATABASE_ERROR, "a\nb\tc\r");
    check_text("a b c ", error.message);
}

TOASTY_TEST(error, a_long_message_is_cut_between_code_points)
{
    char text[1000];
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "é", 3);
    toasty_error error;
    toasty__fail(&error, TOASTY_DATABASE_ERROR, "%s", text);
    check_uint(510, strlen(error.message));
    toasty__fail(&error, TOASTY_DATABASE_ERROR, "x%s", text);
    check_uint(511, strlen(error.message));
}

TOASTY_TEST(error, a_field_is_cut_to_fit_and_emptied_by_null)
{
    toasty_error error = {0};
    toasty__error_set(&error, server_code, "0123456789abcde€");
    check_text("0123456789abcde", error.server_code);
    toasty__error_set(&error, server_code, "0123456789abcd€");
    check_text("0123456789abcd", error.server_code);
    toasty__error_set(&error, server_code, NULL);
    check_text("", error.server_code);
}

TOASTY_TEST(error, every_code_has_its_name)
{
    check_text("ok", toasty_code_name(TOASTY_OK));
    check_text("unique_violation", toasty_code_name(TOASTY_UNIQUE_VIOLATION));
    check_text("database_error", toasty_code_name(TOASTY_DATABASE_ERROR));
    check_text("unknown", toasty_code_name((toasty_code)4711));
}

static void *fail_here(void *seen)
{
    *(bool *)seen = toasty_failed();
    toasty__fail(&toasty__context_current()->error, TOASTY_CLOSED, "closed");
    return NULL;
}

TOASTY_TEST(error, each_thread_has_an_error_of_its_own, THREADS, ALONE)
{
    check_that(!toasty_failed());
    toasty__fail(&toasty__context_current()->error, TOASTY_TIMEOUT, "late");
    bool seen = true;
    pthread_t thread;
    check_int(0, pthread_create(&thread, NULL, fail_here, &seen));
    pthread_join(thread, NULL);
    check_that(!seen);
    check_last_error(TOASTY_TIMEOUT);
}

TOASTY_TEST(error, a_context_that_is_swapped_in_brings_its_own_error)
{
    toasty__context other = {0};
    toasty__context *own = toasty__context_current();
    check_that(toasty__context_swap(&other) == own);
    check_that(toasty_last_error() == &other.error);
    check_that(toasty__context_swap(NULL) == &other);
    check_that(toasty__context_current() == own);
}
