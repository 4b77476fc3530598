/* Tests for the harness to be tested with: tests/support/harness_test.sh says what must be reported of each.
 */
#include "test.h"
#include <stdlib.h>

TOASTY_TEST(passing, what_holds_passes)
{
    check_int(3, 1 + 2);
    check_text("a", "a");
    check_contains("abc", "bc");
    check_that(test_capability() == NULL);
}

TOASTY_TEST(failing, what_does_not_hold_fails)
{
    check_that(1 + 1 == 3);
}

TOASTY_TEST(failing, what_comes_after_it_is_told)
{
    check_that(1 + 1 == 2);
}

TOASTY_TEST(crashing, a_crash_fails)
{
    abort();
}

TOASTY_TEST(exiting, leaving_the_process_fails)
{
    exit(7);
}

TOASTY_TEST(hanging, running_out_of_time_fails, TIMEOUT(1))
{
    for (volatile int i = 0;; i++)
        ;
}

TOASTY_TEST(needing, what_the_target_lacks_is_skipped, REQUIRES(sql, savepoints, unsigned_64))
{
    check_that(false);
}

TOASTY_TEST(slow, a_slow_test_is_left_out_of_quick_runs, SLOW)
{
    check_that(true);
}

TOASTY_TEST(threads, a_test_with_threads_is_found_by_its_mark, THREADS, TIMEOUT(5))
{
    check_that(true);
}

TOASTY_TEST(wanting, what_is_not_at_hand_is_skipped, NEEDS("TOASTY_TEST_NO_SUCH_VARIABLE"))
{
    check_that(false);
}

static int runs;

TOASTY_TEST(sharing, a_test_begins_with_a_fresh_process)
{
    check_int(1, ++runs);
}

TOASTY_TEST(sharing, and_so_does_the_next)
{
    check_int(1, ++runs);
}

TOASTY_TEST(sharing, one_that_needs_it_does_so_always, ALONE)
{
    check_int(1, ++runs);
}
