/* The allocator: one table of three functions, and the checked forms that the library calls.
 *
 * The table is written before anything else runs, so it needs no lock. A size of zero never reaches the
 * allocator, whose answer to it would differ from one to another. */
#include "alloc.h"

#include "context.h"
#include "error.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <toasty/memory.h>

static toasty_allocator allocator = {malloc, realloc, free};

int toasty_set_allocator(const toasty_allocator *replacement)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__error_clear(err);
    if (!replacement) {
        allocator = (toasty_allocator){malloc, realloc, free};
        return 0;
    }
    if (!replacement->allocate || !replacement->reallocate || !replacement->release)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "an allocator needs all three functions");
    allocator = *replacement;
    return 0;
}

void *toasty__malloc(size_t size)
{
    return allocator.allocate(size ? size : 1);
}

void *toasty__calloc(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    void *memory = toasty__malloc(count * size);
    return memory ? memset(memory, 0, count * size) : NULL;
}

void *toasty__realloc(void *memory, size_t size)
{
    return memory ? allocator.reallocate(memory, size ? size : 1) : toasty__malloc(size);
}

void toasty__free(void *memory)
{
    if (memory)
        allocator.release(memory);
}

char *toasty__strdup(const char *text)
{
    return toasty__strndup(text, strlen(text));
}

char *toasty__strndup(const char *text, size_t length)
{
    if (length == SIZE_MAX)
        return NULL;
    char *copy = toasty__malloc(length + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

int toasty__grow(void **items, size_t *capacity, size_t needed, size_t item_size)
{
    if (needed <= *capacity)
        return 0;
    size_t limit = SIZE_MAX / item_size;
    size_t wanted = *capacity < 8 ? 8 : *capacity > limit / 2 ? limit : *capacity * 2;
    if (wanted < needed)
        wanted = needed;
    if (wanted > limit)
        return -1;
    void *grown = toasty__realloc(*items, wanted * item_size);
    if (!grown)
        return -1;
    *items = grown;
    *capacity = wanted;
    return 0;
}
