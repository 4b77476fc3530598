/* The arena: chunks on a list, a cursor into one of them.
 *
 * The list's order says nothing: the chunk with the cursor may lie behind chunks of their own. Chunks carry
 * no poisoned zones, so that a tool sees an arena as plain memory. */
#include "arena.h"

#include "alloc.h"

#include <stdarg.h>
#include <stdio.h>

enum { LARGEST_SIZE = 256 * 1024, ALIGNMENT = 16 };

_Static_assert(sizeof(toasty__chunk) % ALIGNMENT == 0, "what follows a chunk's header is aligned");

static char *chunk_bytes(const toasty__chunk *chunk)
{
    return (char *)(chunk + 1);
}

void toasty__arena_free_chunks(toasty__arena *arena)
{
    for (toasty__chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        toasty__free(chunk);
    }
    arena->chunks = NULL;
}

static toasty__chunk *add_chunk(toasty__arena *arena, size_t size)
{
    if (size > SIZE_MAX - sizeof(toasty__chunk))
        return NULL;
    toasty__chunk *chunk = toasty__malloc(sizeof *chunk + size);
    if (!chunk)
        return NULL;
    chunk->size = size;
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    return chunk;
}

void *toasty__arena_alloc_slow(toasty__arena *arena, size_t size, size_t alignment)
{
    (void)alignment; /* a chunk starts with the strictest */
    if (!arena->next_size)
        arena->next_size = TOASTY__ARENA_FIRST;
    /* What would fill most of a chunk gets its own, and the room left in the current one stays in use. */
    if (size > arena->next_size / 2 && arena->cursor) {
        toasty__chunk *own = add_chunk(arena, size);
        return own ? chunk_bytes(own) : NULL;
    }
    toasty__chunk *chunk = add_chunk(arena, size > arena->next_size ? size : arena->next_size);
    if (!chunk)
        return NULL;
    if (arena->next_size < LARGEST_SIZE)
        arena->next_size *= 2;
    arena->cursor = chunk_bytes(chunk) + size;
    arena->end = chunk_bytes(chunk) + chunk->size;
    return chunk_bytes(chunk);
}

void *toasty__arena_calloc(toasty__arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    void *memory = toasty__arena_alloc(arena, count * size);
    return memory ? memset(memory, 0, count * size) : NULL;
}

void *toasty__arena_copy(toasty__arena *arena, const void *bytes, size_t length)
{
    void *copy = toasty__arena_alloc(arena, length);
    if (copy && length)
        memcpy(copy, bytes, length);
    return copy;
}

char *toasty__arena_strdup(toasty__arena *arena, const char *text)
{
    return toasty__arena_text(arena, text, strlen(text));
}

char *toasty__arena_printf(toasty__arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = length < 0 ? NULL : toasty__arena_alloc_aligned(arena, (size_t)length + 1, 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}

void *toasty__arena_grow(toasty__arena *arena, void *items, size_t *capacity, size_t needed, size_t item_size)
{
    enum { FEWEST_ITEMS = 4 };
    if (items && needed <= *capacity)
        return items;
    if (needed > SIZE_MAX / 2 / item_size)
        return NULL;
    size_t wanted = *capacity ? *capacity * 2 : (size_t)FEWEST_ITEMS;
    wanted = wanted < needed ? needed : wanted;
    void *grown = toasty__arena_alloc(arena, wanted * item_size);
    if (!grown)
        return NULL;
    if (*capacity)
        memcpy(grown, items, *capacity * item_size);
    *capacity = wanted;
    return grown;
}

void *toasty__arena_array(toasty__arena *arena, void *memory, size_t size)
{
    if (!memory) {
        toasty__chunk *chunk = add_chunk(arena, size);
        return chunk ? chunk_bytes(chunk) : NULL;
    }
    toasty__chunk *old = (toasty__chunk *)memory - 1;
    toasty__chunk **link = &arena->chunks;
    while (*link != old) /* it is among the newest */
        link = &(*link)->next;
    if (size > SIZE_MAX - sizeof *old)
        return NULL;
    toasty__chunk *moved = toasty__realloc(old, sizeof *old + size);
    if (!moved)
        return NULL;
    moved->size = size;
    *link = moved;
    return chunk_bytes(moved);
}

size_t toasty__arena_bytes(const toasty__arena *arena)
{
    size_t bytes = 0;
    for (const toasty__chunk *chunk = arena->chunks; chunk; chunk = chunk->next)
        bytes += sizeof *chunk + chunk->size;
    return bytes;
}

bool toasty__arena_owns(const toasty__arena *arena, const void *address)
{
    for (const toasty__chunk *chunk = arena->chunks; chunk; chunk = chunk->next)
        if ((uintptr_t)address - (uintptr_t)chunk_bytes(chunk) < chunk->size)
            return true;
    return false;
}
