/* Names of keys, indexes and constraints: see names.h. Allocates nothing. */
#include "core/names.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *const suffixes[] = {
    [TOASTY__NAME_PRIMARY] = "_pkey", [TOASTY__NAME_UNIQUE] = "_key",  [TOASTY__NAME_INDEX] = "_idx",
    [TOASTY__NAME_FOREIGN] = "_fkey", [TOASTY__NAME_CHECK] = "_check", [TOASTY__NAME_TYPE] = "",
};

/* The name while it is written: the first `limit` bytes are kept, all of them are hashed. The hash is FNV-1a,
 * spelled here because the names in existing databases depend on it. */
typedef struct writer {
    char *out;
    size_t limit, length;
    uint32_t hash;
} writer;

static void add(writer *w, const char *text)
{
    for (; *text; text++) {
        if (w->length < w->limit)
            w->out[w->length] = *text;
        w->length++;
        w->hash = (w->hash ^ (unsigned char)*text) * 16777619u;
    }
}

static size_t cut_on_boundary(const char *text, size_t length)
{
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return length;
}

char *toasty__name_index(char *out, size_t limit, toasty__name_kind kind, const char *table,
                         const char *const *columns, size_t column_count)
{
    writer w = {.out = out, .limit = limit, .hash = 2166136261u};
    add(&w, table);
    for (size_t i = 0; i < column_count && kind != TOASTY__NAME_PRIMARY; i++) {
        add(&w, "_");
        add(&w, columns[i]);
    }
    add(&w, suffixes[kind]);
    if (w.length <= limit) {
        out[w.length] = '\0';
        return out;
    }
    size_t tail = 1 + 8 + strlen(suffixes[kind]); /* _0123abcd_idx */
    size_t kept = cut_on_boundary(out, limit - tail);
    snprintf(out + kept, limit - kept + 1, "_%08x%s", w.hash, suffixes[kind]);
    return out;
}
