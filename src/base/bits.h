/* A set of numbers below a limit. Small sets lie in the struct itself, larger ones in an arena: a set is
 * never copied. */
#ifndef TOASTY_BASE_BITS_H
#define TOASTY_BASE_BITS_H

#include "base/arena.h"

enum { TOASTY__BITS_IN_PLACE = 128 };

typedef struct toasty__bits {
    uint64_t *words;
    uint64_t few[TOASTY__BITS_IN_PLACE / 64];
} toasty__bits;

/* Empty, for numbers below `limit`. 0, or -1 when out of memory. */
static inline int toasty__bits_init(toasty__bits *bits, size_t limit, toasty__arena *arena)
{
    if (limit > TOASTY__BITS_IN_PLACE)
        return (bits->words = (uint64_t *)toasty__arena_calloc(arena, limit / 64 + 1, sizeof(uint64_t))) ? 0
                                                                                                         : -1;
    bits->words = bits->few;
    memset(bits->few, 0, sizeof(bits->few));
    return 0;
}

static inline bool toasty__bits_has(const toasty__bits *bits, size_t number)
{
    return bits->words[number / 64] >> number % 64 & 1;
}

/* False when it is there already. */
static inline bool toasty__bits_add(toasty__bits *bits, size_t number)
{
    bool is_new = !toasty__bits_has(bits, number);
    bits->words[number / 64] |= UINT64_C(1) << number % 64;
    return is_new;
}

#endif
