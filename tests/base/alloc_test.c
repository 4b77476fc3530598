/* The allocator: what it refuses, and that everything goes through the one that was set. */
#include "base/alloc.h"
#include "base/error.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <toasty/memory.h>

static int live;

static void *count_allocate(size_t size)
{
    live++;
    return malloc(size);
}

static void *count_reallocate(void *memory, size_t size)
{
    return realloc(memory, size);
}

static void count_release(void *memory)
{
    live--;
    free(memory);
}

TOASTY_TEST(alloc, every_function_uses_the_allocator_that_was_set)
{
    const toasty_allocator counting = {count_allocate, count_reallocate, count_release};
    check_done(toasty_set_allocator(&counting));
    void *some[] = {toasty__malloc(0), toasty__calloc(2, 8), toasty__realloc(NULL, 4), toasty__strdup("text"),
                    toasty__strndup("text", 2)};
    check_int(5, live);
    for (size_t i = 0; i < 5; i++) {
        check_that(some[i] != NULL);
        toasty__free(some[i]);
    }
    toasty__free(NULL);
    check_int(0, live);
    check_done(toasty_set_allocator(NULL));
    toasty__free(toasty__malloc(1));
    check_int(0, live);
}

TOASTY_TEST(alloc, an_allocator_needs_all_three_functions)
{
    const toasty_allocator partial = {count_allocate, NULL, count_release};
    check_int(-1, toasty_set_allocator(&partial));
    check_last_error(TOASTY_INVALID_ARGUMENT);
}

TOASTY_TEST(alloc, a_size_that_overflows_is_an_exhausted_heap)
{
    check_null(toasty__calloc(SIZE_MAX / 2, 3));
    check_null(toasty__strndup("", SIZE_MAX));
    void *items = NULL;
    size_t capacity = 0;
    check_int(-1, toasty__grow(&items, &capacity, SIZE_MAX / 4, 8));
    check_uint(0, capacity);
    check_null(items);
}

TOASTY_TEST(alloc, an_array_doubles_and_never_shrinks)
{
    int *items = NULL;
    size_t capacity = 0, moves = 0;
    for (int i = 0; i < 1000; i++) {
        size_t before = capacity;
        check_int(0, toasty__grow((void **)&items, &capacity, (size_t)i + 1, sizeof *items));
        moves += capacity != before;
        items[i] = i;
    }
    check_that(moves < 10);
    check_int(0, toasty__grow((void **)&items, &capacity, 1, sizeof *items));
    check_that(capacity >= 1000);
    for (int i = 0; i < 1000; i++)
        check_int(i, items[i]);
    toasty__free(items);
}

TOASTY_TEST(alloc, a_copy_of_text_ends_with_a_nul)
{
    char *copy = toasty__strndup("abcdef", 3);
    check_text("abc", copy);
    toasty__free(copy);
}
