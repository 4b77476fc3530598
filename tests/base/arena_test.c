/* The arena: alignment, many sizes, growing arrays, and exhaustion. */
#include "base/arena.h"
#include "test.h"

#include <stdlib.h>
#include <toasty/memory.h>

TOASTY_TEST(arena, an_unused_arena_allocates_nothing)
{
    toasty__arena arena;
    toasty__arena_init(&arena, 0);
    check_null(arena.chunks);
    toasty__arena_done(&arena);
}

TOASTY_TEST(arena, allocations_of_all_sizes_are_aligned_and_apart)
{
    toasty__arena arena;
    toasty__arena_init(&arena, 64);
    unsigned char *blocks[500];
    for (size_t i = 0; i < 500; i++) {
        blocks[i] = toasty__arena_alloc(&arena, i * 7);
        check_that(blocks[i] && (uintptr_t)blocks[i] % 16 == 0);
        memset(blocks[i], (int)(i & 255), i * 7);
    }
    size_t wrong = 0;
    for (size_t i = 0; i < 500; i++)
        for (size_t k = 0; k < i * 7; k++)
            wrong += blocks[i][k] != (i & 255);
    check_uint(0, wrong);
    toasty__arena_done(&arena);
    check_that(toasty__arena_alloc(&arena, 1) != NULL); /* usable again */
    toasty__arena_done(&arena);
}

TOASTY_TEST(arena, alignment_of_one_wastes_nothing)
{
    toasty__arena arena;
    toasty__arena_init(&arena, 0);
    char *first = toasty__arena_alloc_aligned(&arena, 3, 1);
    char *second = toasty__arena_alloc_aligned(&arena, 3, 1);
    check_that(second == first + 3);
    char *third = toasty__arena_alloc_aligned(&arena, 8, 8);
    check_that(third == first + 8);
    toasty__arena_done(&arena);
}

TOASTY_TEST(arena, a_large_request_leaves_the_current_chunk_in_use)
{
    toasty__arena arena;
    toasty__arena_init(&arena, 0);
    char *before = toasty__arena_alloc_aligned(&arena, 1, 1);
    check_that(toasty__arena_alloc(&arena, 100000) != NULL);
    char *after = toasty__arena_alloc_aligned(&arena, 1, 1);
    check_that(after == before + 1);
    toasty__arena_done(&arena);
}

TOASTY_TEST(arena, chunks_double_so_that_there_are_few)
{
    toasty__arena arena;
    toasty__arena_init(&arena, 1024);
    size_t chunks = 0, failed = 0;
    for (int i = 0; i < 100000; i++)
        failed += !toasty__arena_alloc(&arena, 16);
    check_uint(0, failed);
    for (toasty__chunk *chunk = arena.chunks; chunk; chunk = chunk->next)
        chunks++;
    check_that(chunks < 20);
    toasty__arena_done(&arena);
}

TOASTY_TEST(arena, copies_and_texts)
{
    toasty__arena arena;
    toasty__arena_init(&arena, 0);
    check_text("abc", toasty__arena_text(&arena, "abcdef", 3));
    check_text("", toasty__arena_text(&arena, NULL, 0));
    check_text("abcdef", toasty__arena_strdup(&arena, "abcdef"));
    check_text("7 of nine", toasty__arena_printf(&arena, "%d of %s", 7, "nine"));
    check_bytes("a\0b", toasty__arena_copy(&arena, "a\0b", 3), 3);
    int *zeros = toasty__arena_calloc(&arena, 10, sizeof *zeros);
    for (int i = 0; i < 10; i++)
        check_int(0, zeros[i]);
    toasty__arena_done(&arena);
}

TOASTY_TEST(arena, arrays_grow_among_other_allocations)
{
    toasty__arena arena;
    toasty__arena_init(&arena, 0);
    int *one = toasty__arena_array(&arena, NULL, 4 * sizeof *one);
    int *two = toasty__arena_array(&arena, NULL, 4 * sizeof *two);
    for (int size = 4, i = 0; i < 10000; i++) {
        if (i == size) {
            size *= 2;
            one = toasty__arena_array(&arena, one, (size_t)size * sizeof *one);
            two = toasty__arena_array(&arena, two, (size_t)size * sizeof *two);
            check_that(toasty__arena_strdup(&arena, "between") != NULL);
        }
        one[i] = i;
        two[i] = -i;
    }
    one = toasty__arena_array(&arena, one, 10000 * sizeof *one); /* gives the rest back */
    int wrong = 0;
    for (int i = 0; i < 10000; i++)
        wrong += one[i] != i || two[i] != -i;
    check_int(0, wrong);
    toasty__arena_done(&arena);
}

TOASTY_TEST(arena, an_arena_knows_what_is_its_own)
{
    toasty__arena arena;
    toasty__arena_init(&arena, 0);
    char *text = toasty__arena_strdup(&arena, "mine");
    char *array = toasty__arena_array(&arena, NULL, 50);
    check_that(toasty__arena_owns(&arena, text) && toasty__arena_owns(&arena, text + 4));
    check_that(toasty__arena_owns(&arena, array + 49) && !toasty__arena_owns(&arena, array + 50));
    check_that(!toasty__arena_owns(&arena, &arena) && !toasty__arena_owns(&arena, NULL));
    toasty__arena_done(&arena);
}

static int allowed;

static void *limited_allocate(size_t size)
{
    return allowed-- > 0 ? malloc(size) : NULL;
}

static void *limited_reallocate(void *memory, size_t size)
{
    return allowed-- > 0 ? realloc(memory, size) : NULL;
}

TOASTY_TEST(arena, a_failed_allocation_leaves_the_arena_usable, ALONE)
{
    const toasty_allocator limited = {limited_allocate, limited_reallocate, free};
    check_done(toasty_set_allocator(&limited));
    toasty__arena arena;
    toasty__arena_init(&arena, 64);
    check_null(toasty__arena_alloc(&arena, 1));
    check_null(toasty__arena_alloc(&arena, SIZE_MAX - 8));
    check_null(toasty__arena_calloc(&arena, SIZE_MAX / 2, 4));
    check_null(toasty__arena_text(&arena, "", SIZE_MAX));
    check_null(toasty__arena_printf(&arena, "%d", 1));
    allowed = 1;
    char *array = toasty__arena_array(&arena, NULL, 4);
    memcpy(array, "abc", 4);
    check_null(toasty__arena_array(&arena, array, 400));
    check_null(toasty__arena_array(&arena, array, SIZE_MAX));
    check_text("abc", array);
    allowed = 1;
    check_text("fits", toasty__arena_strdup(&arena, "fits"));
    toasty__arena_done(&arena);
}

TOASTY_TEST(arena, an_array_grows_with_its_items_and_stays_where_it_has_room)
{
    toasty__arena arena;
    toasty__arena_init(&arena, 0);
    size_t capacity = 0, moves = 0;
    int *items = NULL;
    for (int i = 0; i < 1000; i++) {
        int *grown = toasty__arena_grow(&arena, items, &capacity, (size_t)i + 1, sizeof *items);
        check_that(grown != NULL);
        moves += grown != items;
        items = grown;
        items[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        check_int(i, items[i]);
    check_that(moves < 12);
    size_t before = capacity;
    check_null(toasty__arena_grow(&arena, items, &capacity, SIZE_MAX / sizeof *items, sizeof *items));
    check_uint(before, capacity);
    toasty__arena_done(&arena);
}
