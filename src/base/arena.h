/* An arena: many allocations, freed at once. Chunks double up to a limit; large requests get a chunk of their
 * own.
 *
 * Invariants: memory is aligned to 16 bytes unless asked otherwise; nothing moves; a failed allocation leaves
 * the arena usable. Not thread-safe: one fiber or thread at a time. */
#ifndef TOASTY_BASE_ARENA_H
#define TOASTY_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct toasty__chunk {
    struct toasty__chunk *next; /* newest first */
    size_t size;                /* usable bytes after the header */
} toasty__chunk;

typedef struct toasty__arena {
    char *cursor, *end;    /* free room of the current chunk */
    toasty__chunk *chunks; /* all chunks that the arena allocated, for freeing and for asking "is it mine?" */
    size_t next_size;      /* usable size of the next chunk */
} toasty__arena;

enum { TOASTY__ARENA_FIRST = 1024 };

/* Starts with room of the caller's, which lives as long as the arena and is never freed by it. first_size: of
 * the first chunk of its own; 0 means a default. */
static inline void toasty__arena_init_with(toasty__arena *arena, void *room, size_t size, size_t first_size)
{
    arena->cursor = (char *)room;
    arena->end = (char *)room + size;
    arena->chunks = NULL;
    arena->next_size = first_size ? first_size : TOASTY__ARENA_FIRST;
}
/* Starts empty: nothing is allocated before the first use. */
static inline void toasty__arena_init(toasty__arena *arena, size_t first_size)
{
    *arena = (toasty__arena){.next_size = first_size ? first_size : (size_t)TOASTY__ARENA_FIRST};
}
void toasty__arena_free_chunks(toasty__arena *arena);
/* What the arena has taken from the allocator. */
size_t toasty__arena_bytes(const toasty__arena *arena);
/* Frees every chunk and leaves the arena empty and usable. */
static inline void toasty__arena_done(toasty__arena *arena)
{
    if (arena->chunks)
        toasty__arena_free_chunks(arena);
    arena->cursor = arena->end = NULL;
}

/* What can still be had without allocating. */
static inline size_t toasty__arena_room(const toasty__arena *arena)
{
    return (size_t)(arena->end - arena->cursor);
}

void *toasty__arena_alloc_slow(toasty__arena *arena, size_t size, size_t alignment);

/* NULL when out of memory. alignment is a power of two, at most 16. */
static inline void *toasty__arena_alloc_aligned(toasty__arena *arena, size_t size, size_t alignment)
{
    uintptr_t at = ((uintptr_t)arena->cursor + alignment - 1) & ~(uintptr_t)(alignment - 1);
    if (arena->cursor && at <= (uintptr_t)arena->end && size <= (uintptr_t)arena->end - at) {
        arena->cursor = (char *)(at + size);
        return (void *)at;
    }
    return toasty__arena_alloc_slow(arena, size, alignment);
}
static inline void *toasty__arena_alloc(toasty__arena *arena, size_t size)
{
    return toasty__arena_alloc_aligned(arena, size, 16);
}
/* Zeroed. */
void *toasty__arena_calloc(toasty__arena *arena, size_t count, size_t size);
/* A copy of `length` bytes; text gets a NUL after it. */
void *toasty__arena_copy(toasty__arena *arena, const void *bytes, size_t length);
static inline char *toasty__arena_text(toasty__arena *arena, const char *text, size_t length)
{
    char *copy = length < SIZE_MAX ? (char *)toasty__arena_alloc_aligned(arena, length + 1, 1) : NULL;
    if (!copy)
        return NULL;
    if (length)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}
char *toasty__arena_strdup(toasty__arena *arena, const char *text);
char *toasty__arena_printf(toasty__arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* An array of the arena with room for `needed` items: the one that is given, or a longer copy, which leaves
 * the old one where it is. NULL when out of memory; the given one is as it was. First call: items NULL,
 * *capacity 0. */
void *toasty__arena_grow(toasty__arena *arena, void *items, size_t *capacity, size_t needed,
                         size_t item_size);

/* A chunk of its own that can grow while its owner is still filling it (an array of rows of unknown number).
 * First call: memory NULL. The returned memory belongs to the arena and is freed with it; growing may move
 * it. Shrinking gives the rest back. */
void *toasty__arena_array(toasty__arena *arena, void *memory, size_t size);

/* True when `address` lies in a chunk of this arena. */
bool toasty__arena_owns(const toasty__arena *arena, const void *address);

#endif
