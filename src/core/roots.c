/* The table of roots: shards of open addressing with linear probing, a mutex each.
 *
 * A shard begins in storage of its own, so that a program with few results allocates nothing here, and
 * returns to it when it is empty again. Removing shifts later entries back: there are no tombstones.
 *
 * Addresses stand in it as their complement: who looks for leaks sees only what the program still points to.
 */
#include "roots.h"

#include "base/alloc.h"
#include "base/lock.h"

#include <stdint.h>
#include <string.h>

enum { SHARD_BITS = 4, SHARDS = 1 << SHARD_BITS, FIRST_CAPACITY = 32 };

typedef struct entry {
    uintptr_t root; /* hidden; 0: free */
    toasty__destroy destroy;
    uintptr_t object; /* hidden */
} entry;

static inline uintptr_t hidden(const void *pointer)
{
    return ~(uintptr_t)pointer;
}

static inline void *shown(uintptr_t hidden)
{
    return (void *)~hidden;
}

/* Its size is a power of two, so that finding one is a shift. */
typedef struct shard {
    _Alignas(1024) toasty__lock lock;
    entry *entries; /* `first`, or allocated */
    size_t count, capacity;
    entry first[FIRST_CAPACITY];
} shard;

#define SHARD(i)                                                                                             \
    {                                                                                                        \
        .entries = shards[i].first, .capacity = FIRST_CAPACITY                                               \
    }
static shard shards[SHARDS] = {SHARD(0),  SHARD(1),  SHARD(2),  SHARD(3), SHARD(4),  SHARD(5),
                               SHARD(6),  SHARD(7),  SHARD(8),  SHARD(9), SHARD(10), SHARD(11),
                               SHARD(12), SHARD(13), SHARD(14), SHARD(15)};
#undef SHARD

/* The high bits choose the shard, those below the place in it: the low bits of the product choose nothing,
 * since allocations differ in their high bits more than in their low ones. */
static inline uint64_t hash(const void *root)
{
    return (uint64_t)(uintptr_t)root * UINT64_C(0x9e3779b97f4a7c15);
}

static inline shard *shard_of(const void *root)
{
    return &shards[hash(root) >> (64 - SHARD_BITS)];
}

static inline size_t home(const void *root, size_t capacity)
{
    return (size_t)(hash(root) << SHARD_BITS >> 32) & (capacity - 1);
}

/* The slot of a root, or the free one where it would be. */
static inline entry *place(const shard *shard, const void *root)
{
    entry *entries = shard->entries;
    size_t mask = shard->capacity - 1, i = home(root, shard->capacity);
    while (entries[i].root && entries[i].root != hidden(root))
        i = (i + 1) & mask;
    return &entries[i];
}

/* Back to the shard's own storage, or on to more. */
static __attribute__((noinline)) void use(shard *shard, entry *entries, size_t capacity)
{
    if (shard->entries != shard->first)
        toasty__free(shard->entries);
    shard->entries = entries;
    shard->capacity = capacity;
}

static __attribute__((noinline)) int grow(shard *of)
{
    shard grown = {.capacity = of->capacity * 2};
    grown.entries = toasty__calloc(grown.capacity, sizeof *grown.entries);
    if (!grown.entries)
        return -1;
    for (size_t i = 0; i < of->capacity; i++)
        if (of->entries[i].root)
            *place(&grown, shown(of->entries[i].root)) = of->entries[i];
    memset(of->first, 0, sizeof of->first);
    use(of, grown.entries, grown.capacity);
    return 0;
}

int toasty__root_add(const void *root, toasty__destroy destroy, void *object)
{
    shard *shard = shard_of(root);
    int status = 0;
    toasty__lock_take(&shard->lock);
    if (shard->count * 4 >= shard->capacity * 3)
        status = grow(shard);
    if (status == 0) {
        *place(shard, root) = (entry){hidden(root), destroy, hidden(object)};
        shard->count++;
    }
    toasty__lock_give(&shard->lock);
    return status;
}

static inline entry *after(const shard *shard, entry *at)
{
    return at + 1 == shard->entries + shard->capacity ? shard->entries : at + 1;
}

/* What was pushed past an entry by its neighbours moves back; returns the one that is free then. */
static __attribute__((noinline)) entry *close_gap(const shard *shard, entry *at)
{
    size_t mask = shard->capacity - 1;
    for (entry *next = after(shard, at); next->root; next = after(shard, next)) {
        size_t i = (size_t)(next - shard->entries), gap = (size_t)(at - shard->entries);
        size_t from_home = (i - home(shown(next->root), shard->capacity)) & mask;
        if (from_home >= ((i - gap) & mask)) {
            *at = *next;
            at = next;
        }
    }
    return at;
}

static inline void drop(shard *shard, entry *at)
{
    if (after(shard, at)->root)
        at = close_gap(shard, at);
    at->root = 0;
    if (--shard->count == 0 && shard->entries != shard->first)
        use(shard, shard->first, FIRST_CAPACITY);
}

bool toasty__root_take(const void *root, toasty__destroy *destroy, void **object)
{
    shard *shard = shard_of(root);
    toasty__lock_take(&shard->lock);
    entry *at = place(shard, root);
    bool found = at->root != 0;
    *destroy = at->destroy;
    *object = shown(at->object);
    if (found)
        drop(shard, at);
    toasty__lock_give(&shard->lock);
    return found;
}

void *toasty__root_find(const void *root, toasty__destroy destroy)
{
    shard *shard = shard_of(root);
    toasty__lock_take(&shard->lock);
    entry found = *place(shard, root);
    toasty__lock_give(&shard->lock);
    return found.root && found.destroy == destroy ? shown(found.object) : NULL;
}

void toasty__root_visit(toasty__destroy destroy, void (*visit)(void *object, void *arg), void *arg)
{
    for (size_t i = 0; i < SHARDS; i++) {
        toasty__lock_take(&shards[i].lock);
        for (size_t at = 0; at < shards[i].capacity; at++)
            if (shards[i].entries[at].root && shards[i].entries[at].destroy == destroy)
                visit(shown(shards[i].entries[at].object), arg);
        toasty__lock_give(&shards[i].lock);
    }
}

size_t toasty__root_count(void)
{
    size_t count = 0;
    for (size_t i = 0; i < SHARDS; i++) {
        toasty__lock_take(&shards[i].lock);
        count += shards[i].count;
        toasty__lock_give(&shards[i].lock);
    }
    return count;
}
