/* UTF-8 as the standard has it: no surrogates, no overlong forms, nothing above U+10FFFF. */
#ifndef TOASTY_BASE_UTF8_H
#define TOASTY_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

bool toasty__utf8_valid(const char *text, size_t length);

/* True when the text is ASCII without a NUL, as most text is: nothing else has to be checked then. Eight
 * bytes at a time; the last ones overlap those before them. */
static inline bool toasty__utf8_plain(const char *text, size_t length)
{
    const uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
    uint64_t eight, seen = 0;
    if (length >= 8) {
        for (size_t at = 0; at + 8 < length; at += 8) {
            memcpy(&eight, text + at, 8);
            seen |= eight | (eight - ones);
        }
        memcpy(&eight, text + length - 8, 8);
    } else if (length >= 4) {
        uint32_t first, last;
        memcpy(&first, text, 4);
        memcpy(&last, text + length - 4, 4);
        eight = (uint64_t)first << 32 | last;
    } else if (length) {
        const unsigned char *bytes = (const unsigned char *)text;
        eight = ones << 24 | (uint64_t)bytes[0] << 16 | (uint64_t)bytes[length / 2] << 8 | bytes[length - 1];
    } else {
        return true;
    }
    return ((seen | eight | (eight - ones)) & high) == 0;
}

/* Copies a text and says whether it is plain. Short texts, as most are, are looked at while they pass. */
static inline bool toasty__utf8_copy_plain(char *to, const char *text, size_t length)
{
    const uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
    uint64_t eight, seen = 0;
    if (length < 8 || length > 64) {
        memcpy(to, text, length);
        return toasty__utf8_plain(text, length);
    }
    for (size_t at = 0; at + 8 < length; at += 8) {
        memcpy(&eight, text + at, 8);
        memcpy(to + at, &eight, 8);
        seen |= eight | (eight - ones);
    }
    memcpy(&eight, text + length - 8, 8);
    memcpy(to + length - 8, &eight, 8);
    return ((seen | eight | (eight - ones)) & high) == 0;
}

/* The length of a NUL-terminated text, or if that is above max, the largest length up to max that cuts no
 * code point. */
size_t toasty__utf8_cut(const char *text, size_t max);

/* The smallest text that is greater, byte by byte, than every text that begins with this valid prefix. Writes
 * it to out, which has room for length + 4 bytes, without a NUL, and returns its length; 0 when there is none
 * (the prefix is empty, or only U+10FFFF). */
size_t toasty__utf8_successor(const char *prefix, size_t length, char *out);

#endif
