/* A fast 64-bit hash for tables in memory: sixteen bytes a step, each folded by a 64 × 64 → 128 bit product.
 *
 * Its values are for this process only: nothing stores or sends them. */
#include "map.h"

#include <string.h>

__extension__ typedef unsigned __int128 wide;

/* Odd numbers with about half of their bits set, from the fraction of the golden ratio, of √2 and of √3. */
static const uint64_t GOLDEN = 0x9e3779b97f4a7c15, ROOT_TWO = 0x6a09e667f3bcc909,
                      ROOT_THREE = 0xbb67ae8584caa73b;

static uint64_t fold(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t read8(const unsigned char *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint64_t read4(const unsigned char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

uint64_t toasty__hash(const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    uint64_t state = GOLDEN ^ length, first, second;
    if (length > 16) {
        for (size_t left = length; left > 16; left -= 16, at += 16)
            state = fold(read8(at) ^ ROOT_TWO, read8(at + 8) ^ state);
        /* The last sixteen, which may overlap those before. */
        at = (const unsigned char *)bytes + length - 16;
        first = read8(at);
        second = read8(at + 8);
    } else if (length >= 8) {
        first = read8(at);
        second = read8(at + length - 8);
    } else if (length >= 4) {
        first = read4(at);
        second = read4(at + length - 4);
    } else if (length > 0) {
        first = (uint64_t)at[0] << 16 | (uint64_t)at[length / 2] << 8 | at[length - 1];
        second = 0;
    } else {
        first = second = 0;
    }
    return fold(fold(first ^ ROOT_TWO, second ^ state), ROOT_THREE ^ length);
}
