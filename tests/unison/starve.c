/* An allocator that fails when it is told to. */
#include "unison.h"
#include <stdlib.h>
#include <toasty/memory.h>

static long left = -1; /* that still work; below zero: all do */

static bool fails(void)
{
    left -= left > 0;
    return left == 0;
}

static void *allocate(size_t size)
{
    return fails() ? NULL : malloc(size);
}

static void *reallocate(void *memory, size_t size)
{
    return fails() ? NULL : realloc(memory, size);
}

int starve_begin(void)
{
    static const toasty_allocator allocator = {allocate, reallocate, free};
    return toasty_set_allocator(&allocator);
}

void starve_after(long count)
{
    left = count < 0 ? -1 : count + 1;
}
