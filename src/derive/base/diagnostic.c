/* Diagnostics: see diagnostic.h. */
#include "derive/base/diagnostic.h"

#include <stdlib.h>
#include <string.h>

void toasty__derive_error(derive_diagnostics *diagnostics, derive_location at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    derive_diagnostic diagnostic = {
        .at = at,
        .message = toasty__derive_vformat(diagnostics->memory, format, arguments),
        .order = diagnostics->list.count,
    };
    va_end(arguments);
    DERIVE_PUSH(diagnostics->memory, &diagnostics->list, diagnostic);
}

static int compare(const void *left, const void *right)
{
    const derive_diagnostic *a = left, *b = right;
    int by_file = strcmp(a->at.file ? a->at.file : "", b->at.file ? b->at.file : "");
    if (by_file)
        return by_file;
    if (a->at.line != b->at.line)
        return a->at.line < b->at.line ? -1 : 1;
    if (a->at.column != b->at.column)
        return a->at.column < b->at.column ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static bool same(const derive_diagnostic *a, const derive_diagnostic *b)
{
    return a->at.file == b->at.file && a->at.line == b->at.line && a->at.column == b->at.column &&
           strcmp(a->message, b->message) == 0;
}

void toasty__derive_sort(derive_diagnostics *diagnostics)
{
    size_t count = diagnostics->list.count, kept = 0;
    derive_diagnostic *items = diagnostics->list.items;
    if (count > 1)
        qsort(items, count, sizeof *items, compare);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !same(&items[kept - 1], &items[i]))
            items[kept++] = items[i];
    diagnostics->list.count = kept;
}

void toasty__derive_show(derive_diagnostics *diagnostics, FILE *stream)
{
    toasty__derive_sort(diagnostics);
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const derive_diagnostic *item = &diagnostics->list.items[i];
        if (item->at.file)
            fprintf(stream, "%s:%u:%u: error: %s\n", item->at.file, item->at.line, item->at.column,
                    item->message);
        else
            fprintf(stream, "toasty: error: %s\n", item->message);
    }
}

/* The number of insertions, removals, replacements and swaps of neighbours that make `a` into `b`. Words
 * longer than the table are no near miss of anything. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 40 };
    size_t m = strlen(a), n = strlen(b);
    if (m >= LONGEST || n >= LONGEST)
        return LONGEST;
    size_t d[LONGEST][LONGEST];
    for (size_t i = 0; i <= m; i++) {
        for (size_t j = 0; j <= n; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (d[i - 1][j] + 1 < best)
                best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best)
                best = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[m][n];
}

const char *toasty__derive_nearest(const char *word, const char *const *candidates, size_t count)
{
    size_t least = strlen(word) / 3 + 2;
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(word, candidates[i]);
        if (d < least)
            least = d, nearest = candidates[i];
    }
    return nearest;
}
