/* The hash map and its hash: agreement with a plain array, removal, and how evenly keys spread. */
#include "base/map.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <toasty/memory.h>

enum { KEYS = 3000 };

static char keys[KEYS][16];

static void make_keys(void)
{
    for (int i = 0; i < KEYS; i++)
        snprintf(keys[i], sizeof keys[i], "key %d", i);
}

TOASTY_TEST(map, what_was_set_is_found_until_it_is_removed)
{
    make_keys();
    toasty__map map;
    toasty__map_init(&map);
    check_null(toasty__map_get(&map, "none", 4));
    check_null(toasty__map_remove(&map, "none", 4));
    for (int i = 0; i < KEYS; i++)
        check_int(0, toasty__map_set(&map, keys[i], strlen(keys[i]), &keys[i]));
    check_uint(KEYS, map.count);
    for (int i = 0; i < KEYS; i += 3)
        check_that(toasty__map_remove(&map, keys[i], strlen(keys[i])) == &keys[i]);
    for (int i = 0; i < KEYS; i++)
        check_that(toasty__map_get(&map, keys[i], strlen(keys[i])) == (i % 3 ? &keys[i] : NULL));
    toasty__map_done(&map);
}

TOASTY_TEST(map, setting_a_key_again_replaces_its_value)
{
    toasty__map map;
    toasty__map_init(&map);
    int one = 1, two = 2;
    check_int(0, toasty__map_set(&map, "k", 1, &one));
    check_int(0, toasty__map_set(&map, "k", 1, &two));
    check_uint(1, map.count);
    check_that(toasty__map_get(&map, "k", 1) == &two);
    check_that(toasty__map_get_hashed(&map, "k", 1, toasty__hash("k", 1)) == &two);
    toasty__map_done(&map);
}

TOASTY_TEST(map, an_empty_key_is_a_key)
{
    toasty__map map;
    toasty__map_init(&map);
    int value;
    check_int(0, toasty__map_set(&map, NULL, 0, &value));
    check_that(toasty__map_get(&map, "", 0) == &value);
    check_that(toasty__map_remove(&map, NULL, 0) == &value);
    check_null(toasty__map_get(&map, "", 0));
    toasty__map_done(&map);
}

TOASTY_TEST(map, a_removed_key_may_be_freed_and_the_table_does_not_grow_forever)
{
    toasty__map map;
    toasty__map_init(&map);
    for (int i = 0; i < 10000; i++) {
        char *key = malloc(16);
        int length = snprintf(key, 16, "%d", i);
        check_int(0, toasty__map_set(&map, key, (size_t)length, key));
        check_that(toasty__map_remove(&map, key, (size_t)length) == key);
        free(key);
    }
    check_uint(0, map.count);
    check_that(map.capacity <= 32);
    toasty__map_done(&map);
}

TOASTY_TEST(map, iteration_meets_every_entry_once)
{
    make_keys();
    toasty__map map;
    toasty__map_init(&map);
    for (int i = 0; i < 100; i++)
        check_int(0, toasty__map_set(&map, keys[i], strlen(keys[i]), &keys[i]));
    int seen[100] = {0};
    toasty__map_entry *entry;
    for (size_t i = 0; (entry = toasty__map_next(&map, &i));)
        seen[(char(*)[16])entry->value - keys]++;
    for (int i = 0; i < 100; i++)
        check_int(1, seen[i]);
    toasty__map_done(&map);
}

static void *no_allocate(size_t size)
{
    (void)size;
    return NULL;
}

TOASTY_TEST(map, a_failed_allocation_leaves_the_map_as_it_was, ALONE)
{
    make_keys();
    toasty__map map;
    toasty__map_init(&map);
    for (int i = 0; i < 12; i++)
        check_int(0, toasty__map_set(&map, keys[i], strlen(keys[i]), &keys[i]));
    check_done(toasty_set_allocator(&(toasty_allocator){no_allocate, realloc, free}));
    check_int(-1, toasty__map_set(&map, keys[12], strlen(keys[12]), &keys[12]));
    check_uint(12, map.count);
    for (int i = 0; i < 12; i++)
        check_that(toasty__map_get(&map, keys[i], strlen(keys[i])) == &keys[i]);
    toasty__map_done(&map);
}

TOASTY_TEST(map, the_hash_depends_on_every_bit_and_on_the_length)
{
    unsigned char bytes[40];
    for (size_t length = 1; length <= sizeof bytes; length++) {
        memset(bytes, 0, sizeof bytes);
        uint64_t plain = toasty__hash(bytes, length);
        check_that(plain != toasty__hash(bytes, length - 1));
        for (size_t bit = 0; bit < length * 8; bit++) {
            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            int changed = __builtin_popcountll(plain ^ toasty__hash(bytes, length));
            check_that(changed > 8 && changed < 56);
            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
    }
}

TOASTY_TEST(map, consecutive_numbers_spread_evenly_over_the_low_bits)
{
    static int buckets[1024];
    for (uint64_t i = 0; i < 102400; i++)
        buckets[toasty__hash(&i, sizeof i) & 1023]++;
    for (int i = 0; i < 1024; i++)
        check_that(buckets[i] > 40 && buckets[i] < 180); /* 100 ± 6 standard deviations and more */
}
