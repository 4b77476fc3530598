/* Sets of numbers: in place and in an arena, with no two numbers taken for one. */
#include "base/bits.h"
#include "test.h"

static void fill_and_look(size_t limit, toasty__arena *arena)
{
    toasty__bits bits;
    check_int(0, toasty__bits_init(&bits, limit, arena));
    for (size_t i = 0; i < limit; i += 3)
        check_that(toasty__bits_add(&bits, i));
    for (size_t i = 0; i < limit; i++) {
        check_that(toasty__bits_has(&bits, i) == (i % 3 == 0));
        check_that(toasty__bits_add(&bits, i) == (i % 3 != 0));
    }
}

TOASTY_TEST(bits, a_set_knows_each_of_its_numbers_at_any_size)
{
    toasty__arena arena;
    toasty__arena_init(&arena, 0);
    const size_t limits[] = {1, 64, TOASTY__BITS_IN_PLACE, TOASTY__BITS_IN_PLACE + 1, 600, 65535};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        fill_and_look(limits[i], &arena);
    toasty__arena_done(&arena);
}
