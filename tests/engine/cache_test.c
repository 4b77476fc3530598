/* The plan cache: bounded by count and by bytes, and whoever runs a plan keeps it. */
#include "engine/plan/cache.h"
#include "engine/plan/plan.h"
#include "test.h"

/* A plan named by a number, whose arena holds about so many bytes; the cache alone holds it afterwards. */
static void keep(toasty__cache *cache, const int *number, size_t bytes)
{
    toasty_error error;
    toasty__plan *plan = toasty__plan_new(&error);
    check_that(plan && toasty__arena_alloc(&plan->arena, bytes));
    toasty__name name = toasty__name_of(number, sizeof *number);
    plan->shape = name.bytes;
    plan->shape_length = name.length;
    plan->hash = name.hash;
    toasty__cache_keep(cache, plan);
    toasty__plan_release(plan);
}

static bool has(toasty__cache *cache, const int *number)
{
    toasty__name name = toasty__name_of(number, sizeof *number);
    toasty__plan *plan = toasty__cache_find(cache, &name);
    if (plan)
        toasty__plan_release(plan);
    return plan != NULL;
}

static const int numbers[] = {0, 1, 2, 3};

TOASTY_TEST(cache, one_plan_too_many_drops_the_one_that_was_not_used_for_longest)
{
    toasty__cache cache;
    toasty__cache_init(&cache, 3);
    for (int i = 0; i < 3; i++)
        keep(&cache, &numbers[i], 100);
    check_that(has(&cache, &numbers[0])); /* used: number 1 is the oldest now */
    keep(&cache, &numbers[3], 100);
    check_that(has(&cache, &numbers[0]) && !has(&cache, &numbers[1]));
    check_that(has(&cache, &numbers[2]) && has(&cache, &numbers[3]));
    toasty__cache_done(&cache);
}

TOASTY_TEST(cache, too_many_bytes_drop_as_many_plans_as_it_takes)
{
    toasty__cache cache;
    toasty__cache_init(&cache, 100);
    cache.byte_limit = 100000;
    keep(&cache, &numbers[0], 20000);
    keep(&cache, &numbers[1], 20000);
    keep(&cache, &numbers[2], 20000);
    check_that(has(&cache, &numbers[0]) && has(&cache, &numbers[1]) && has(&cache, &numbers[2]));
    keep(&cache, &numbers[3], 70000);
    check_that(!has(&cache, &numbers[0]) && !has(&cache, &numbers[1]));
    check_that(has(&cache, &numbers[2]) && has(&cache, &numbers[3]));
    check_that(cache.bytes <= cache.byte_limit);
    toasty__cache_done(&cache);
    check_uint(0, cache.bytes);
}

TOASTY_TEST(cache, a_plan_larger_than_all_the_room_is_not_kept)
{
    toasty__cache cache;
    toasty__cache_init(&cache, 100);
    cache.byte_limit = 50000;
    keep(&cache, &numbers[0], 60000);
    check_that(!has(&cache, &numbers[0]));
    check_uint(0, cache.bytes);
    toasty__cache_done(&cache);
}

TOASTY_TEST(cache, a_plan_that_grows_counts_with_what_it_has_grown_to)
{
    toasty__cache cache;
    toasty__cache_init(&cache, 100);
    cache.byte_limit = 70000;
    keep(&cache, &numbers[0], 30000);
    keep(&cache, &numbers[1], 1000);
    toasty__name name = toasty__name_of(&numbers[1], sizeof numbers[1]);
    toasty__plan *plan = toasty__cache_find(&cache, &name);
    check_that(plan && toasty__arena_alloc(&plan->arena, 50000));
    toasty__cache_grown(&cache, plan);
    toasty__plan_release(plan);
    check_that(!has(&cache, &numbers[0]) && has(&cache, &numbers[1]));
    toasty__cache_done(&cache);
}
