/* Patches: a hash table of lists, keyed by the page of memory that the record begins in, so that a block
 * which is freed asks once for each page that it covers.
 *
 * Links stand in the patches themselves: applying one allocates nothing. The table grows when it can; when it
 * cannot, its lists only become longer. */
#include "patch.h"

#include "base/alloc.h"
#include "base/lock.h"

#include <stdatomic.h>
#include <string.h>

enum { PAGE_SHIFT = 12, FIRST_BUCKETS = 64 };

struct toasty__patch {
    struct toasty__patch *next;
    uintptr_t record;
    uint16_t field;
    char bytes[];
};

static toasty__lock lock;
static toasty__patch *first_table[FIRST_BUCKETS];
static toasty__patch **table = first_table;
static size_t buckets = FIRST_BUCKETS; /* a power of two */
static atomic_size_t count;            /* of applied patches; changed under the lock */

static toasty__patch **bucket(uintptr_t page)
{
    return &table[(page * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (buckets - 1)];
}

static void link_in(toasty__patch *patch)
{
    toasty__patch **head = bucket(patch->record >> PAGE_SHIFT);
    patch->next = *head;
    *head = patch;
}

/* Moves every patch into a table of another size. */
static void rehash(toasty__patch **other, size_t other_buckets)
{
    toasty__patch **old = table;
    size_t old_buckets = buckets;
    table = other;
    buckets = other_buckets;
    for (size_t i = 0; i < old_buckets; i++) {
        for (toasty__patch *patch = old[i], *next; patch; patch = next) {
            next = patch->next;
            link_in(patch);
        }
        old[i] = NULL;
    }
    if (old != first_table)
        toasty__free(old);
}

toasty__patch *toasty__patch_prepare(const void *record, uint16_t field, const void *bytes, size_t length)
{
    if (length > SIZE_MAX - sizeof(toasty__patch) - 1)
        return NULL;
    toasty__patch *patch = toasty__malloc(sizeof *patch + length + 1);
    if (!patch)
        return NULL;
    patch->next = NULL;
    patch->record = (uintptr_t)record;
    patch->field = field;
    if (length)
        memcpy(patch->bytes, bytes, length);
    patch->bytes[length] = '\0';
    return patch;
}

const char *toasty__patch_bytes(const toasty__patch *patch)
{
    return patch->bytes;
}

void toasty__patch_discard(toasty__patch *patch)
{
    toasty__free(patch);
}

/* Unlinks and frees those of one list that the range [start, end) and the field (any when negative) name. */
static size_t drop(toasty__patch **link, uintptr_t start, uintptr_t end, int field)
{
    size_t dropped = 0;
    while (*link) {
        toasty__patch *patch = *link;
        if (patch->record >= start && patch->record < end && (field < 0 || patch->field == field)) {
            *link = patch->next;
            toasty__free(patch);
            dropped++;
        } else {
            link = &patch->next;
        }
    }
    return dropped;
}

void toasty__patch_apply(toasty__patch *patch)
{
    toasty__lock_take(&lock);
    size_t now = atomic_load_explicit(&count, memory_order_relaxed) + 1;
    if (now > buckets * 2) {
        toasty__patch **grown = toasty__calloc(buckets * 4, sizeof *grown);
        if (grown)
            rehash(grown, buckets * 4);
    }
    now -= drop(bucket(patch->record >> PAGE_SHIFT), patch->record, patch->record + 1, patch->field);
    link_in(patch);
    atomic_store_explicit(&count, now, memory_order_relaxed);
    toasty__lock_give(&lock);
}

/* A thread that frees a block has seen the updates of its records, so it sees their count too. */
bool toasty__patch_any(void)
{
    return atomic_load_explicit(&count, memory_order_relaxed) > 0;
}

void toasty__patch_release(const void *start, size_t size)
{
    uintptr_t from = (uintptr_t)start, to = from + size;
    if (size == 0)
        return;
    toasty__lock_take(&lock);
    size_t left = atomic_load_explicit(&count, memory_order_relaxed);
    uintptr_t pages = ((to - 1) >> PAGE_SHIFT) - (from >> PAGE_SHIFT) + 1;
    if (pages < buckets) {
        for (uintptr_t page = from >> PAGE_SHIFT; left > 0 && page <= (to - 1) >> PAGE_SHIFT; page++)
            left -= drop(bucket(page), from, to, -1);
    } else {
        for (size_t i = 0; left > 0 && i < buckets; i++)
            left -= drop(&table[i], from, to, -1);
    }
    if (left == 0 && table != first_table)
        rehash(first_table, FIRST_BUCKETS);
    atomic_store_explicit(&count, left, memory_order_relaxed);
    toasty__lock_give(&lock);
}
