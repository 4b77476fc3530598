/* Prepared statements of a connection: what makes room for what, and when one is freed. */
#include "driver/kept.h"
#include "test.h"

#include <stdlib.h>

static int freed;

static void free_one(toasty__kept *kept)
{
    freed++;
    free(kept);
}

static toasty__kept_set begin(uint32_t most)
{
    freed = 0;
    return (toasty__kept_set){.most = most, .free = free_one};
}

static toasty__kept *add(toasty__kept_set *set, uint64_t id)
{
    toasty__kept *kept = calloc(1, sizeof *kept);
    check_that(kept != NULL);
    toasty__kept_add(set, kept, id);
    toasty__kept_use(set, kept);
    kept->acknowledged = true;
    return kept;
}

TOASTY_TEST(kept, the_least_used_makes_room_and_is_closed_on_the_server)
{
    toasty__kept_set set = begin(2);
    toasty__kept *one = add(&set, 1), *two = add(&set, 2);
    toasty__kept_release(&set, one);
    toasty__kept_release(&set, two);
    toasty__kept_use(&set, one);
    toasty__kept_release(&set, one);
    toasty__kept *three = add(&set, 257); /* in the bucket of the first */
    check_that(toasty__kept_find(&set, 1) == one);
    check_that(toasty__kept_find(&set, 2) == NULL);
    check_that(toasty__kept_find(&set, 257) == three);
    check_that(toasty__kept_to_close(&set) == two);
    check_that(toasty__kept_to_close(&set) == NULL);
    set.free(two);
    toasty__kept_release(&set, three);
    toasty__kept_done(&set);
    check_int(3, freed);
}

TOASTY_TEST(kept, what_somebody_speaks_of_stays_until_its_last_use)
{
    toasty__kept_set set = begin(1);
    toasty__kept *one = add(&set, 1), *two = add(&set, 2); /* more than the most: both are spoken of */
    check_uint(2, set.count);
    toasty__kept_forget(&set, one, false);
    check_that(toasty__kept_find(&set, 1) == NULL);
    check_int(0, freed);
    toasty__kept_release(&set, one);
    check_int(1, freed);
    check_that(toasty__kept_to_close(&set) == NULL);
    toasty__kept_forget(&set, two, true);
    toasty__kept_forget(&set, two, true);
    toasty__kept_release(&set, two);
    check_that(toasty__kept_to_close(&set) == two);
    set.free(two);
    toasty__kept_done(&set);
}

TOASTY_TEST(kept, half_of_them_are_given_back_and_a_session_that_was_reset_has_none)
{
    toasty__kept_set set = begin(TOASTY__MOST_KEPT);
    toasty__kept *all[10];
    for (uint64_t i = 0; i < 10; i++)
        all[i] = add(&set, i + 1);
    check_that(!toasty__kept_halve(&set));
    for (int i = 0; i < 10; i++)
        toasty__kept_release(&set, all[i]);
    check_that(toasty__kept_halve(&set));
    check_uint(5, set.count);
    check_that(toasty__kept_find(&set, 6) == all[5]);
    toasty__kept_lost(&set);
    check_uint(0, set.count);
    check_that(set.closing == NULL);
    check_int(10, freed);
    toasty__kept_done(&set);
}
