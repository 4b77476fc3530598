/* Memory of one run of derive: see memory.h. */
#include "derive/base/memory.h"

#include "base/arena.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void toasty__derive_out_of_memory(void)
{
    fputs("toasty: out of memory\n", stderr);
    exit(1);
}

static void *check(void *memory)
{
    if (!memory)
        toasty__derive_out_of_memory();
    return memory;
}

void *toasty__derive_alloc(derive_memory *memory, size_t size)
{
    return check(toasty__arena_calloc(memory, 1, size));
}

char *toasty__derive_text(derive_memory *memory, const char *text, size_t length)
{
    return check(toasty__arena_text(memory, text, length));
}

char *toasty__derive_vformat(derive_memory *memory, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        toasty__derive_out_of_memory();
    char *text = toasty__derive_alloc(memory, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

char *toasty__derive_format(derive_memory *memory, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = toasty__derive_vformat(memory, format, arguments);
    va_end(arguments);
    return text;
}

void *toasty__derive_grow(derive_memory *memory, void *items, size_t count, size_t *capacity,
                          size_t item_size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity ? *capacity * 2 : 8;
    void *grown = toasty__derive_alloc(memory, *capacity * item_size);
    if (count)
        memcpy(grown, items, count * item_size);
    return grown;
}
