/* UTF-8: validation with a fast path for ASCII, cutting, and the end of a range of texts with a common
 * prefix. */
#include "utf8.h"

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* The length of the well-formed sequence at `at`, 0 when there is none. The second byte's range excludes
 * overlong forms, surrogates and what lies above U+10FFFF. */
static size_t sequence(const unsigned char *at, size_t left)
{
    unsigned lead = at[0], low = 0x80, high = 0xBF;
    size_t size;
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    if (lead < 0xE0) {
        size = 2;
    } else if (lead < 0xF0) {
        size = 3;
        low = lead == 0xE0 ? 0xA0 : 0x80;
        high = lead == 0xED ? 0x9F : 0xBF;
    } else {
        size = 4;
        low = lead == 0xF0 ? 0x90 : 0x80;
        high = lead == 0xF4 ? 0x8F : 0xBF;
    }
    if (left < size || at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return size;
}

bool toasty__utf8_valid(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t at = 0; at < length;) {
        uint64_t eight;
        if (length - at >= 8 && (memcpy(&eight, bytes + at, 8), (eight & 0x8080808080808080) == 0)) {
            at += 8;
            continue;
        }
        size_t size = sequence(bytes + at, length - at);
        if (!size)
            return false;
        at += size;
    }
    return true;
}

size_t toasty__utf8_cut(const char *text, size_t max)
{
    size_t length = strnlen(text, max);
    if (length < max || text[length] == '\0')
        return length;
    /* A sequence has at most three continuation bytes; more of them are no UTF-8 and are cut anywhere. */
    for (size_t back = 0; back <= 3 && back <= length; back++)
        if (!is_continuation(text[length - back]))
            return length - back;
    return length;
}

static uint32_t decode(const char *text, size_t size)
{
    static const unsigned char lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t point = (unsigned char)text[0] & lead_mask[size];
    for (size_t i = 1; i < size; i++)
        point = point << 6 | ((unsigned char)text[i] & 0x3F);
    return point;
}

static size_t encode(uint32_t point, char *out)
{
    static const unsigned char lead_bits[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3F));
    out[0] = (char)(lead_bits[size] | point);
    return size;
}

size_t toasty__utf8_successor(const char *prefix, size_t length, char *out)
{
    while (length > 0) {
        size_t start = length - 1;
        while (start > 0 && length - start < 4 && is_continuation(prefix[start]))
            start--;
        uint32_t point = decode(prefix + start, length - start);
        if (point < 0x10FFFF) {
            memmove(out, prefix, start);
            return start + encode(point == 0xD7FF ? 0xE000 : point + 1, out + start);
        }
        length = start; /* nothing is greater in this place: the one before it grows */
    }
    return 0;
}
