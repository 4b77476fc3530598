/* The table of roots: shards of open addressing with linear probing, a mutex each.
 *
 * A shard begins in storage of its own, so that a program with few results allocates nothing here, and
 * returns to it when it is empty again. Removing shifts later entries back: there are no tombstones. */
#include "roots.h"

#include "base/alloc.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

enum { SHARD_BITS = 4, SHARDS = 1 << SHARD_BITS, FIRST_CAPACITY = 32 };

typedef struct entry {
    const void *root; /* NULL: free */
    toasty__destroy destroy;
    void *object;
} entry;

typedef struct shard {
    pthread_mutex_t lock;
    entry *entries; /* NULL: `first` */
    size_t count, capacity;
    entry first[FIRST_CAPACITY];
} shard;

#define SHARD                                                                                                \
    {                                                                                                        \
        .lock = PTHREAD_MUTEX_INITIALIZER, .capacity = FIRST_CAPACITY                                        \
    }
static shard shards[SHARDS] = {SHARD, SHARD, SHARD, SHARD, SHARD, SHARD, SHARD, SHARD,
                               SHARD, SHARD, SHARD, SHARD, SHARD, SHARD, SHARD, SHARD};

/* The low bits of the product choose nothing: allocations differ in their high bits more than in their low
 * ones. */
static uint64_t hash(const void *root)
{
    return (uint64_t)(uintptr_t)root * UINT64_C(0x9e3779b97f4a7c15);
}

static shard *shard_of(const void *root)
{
    return &shards[hash(root) >> (64 - SHARD_BITS)];
}

static entry *entries_of(shard *shard)
{
    return shard->entries ? shard->entries : shard->first;
}

static size_t home(const void *root, size_t capacity)
{
    return (size_t)(hash(root) << SHARD_BITS >> 32) & (capacity - 1);
}

/* The slot of a root, or the free one where it would be. */
static size_t place(const entry *entries, size_t capacity, const void *root)
{
    size_t i = home(root, capacity);
    while (entries[i].root && entries[i].root != root)
        i = (i + 1) & (capacity - 1);
    return i;
}

static int grow(shard *shard)
{
    size_t capacity = shard->capacity * 2;
    entry *grown = toasty__calloc(capacity, sizeof *grown), *old = entries_of(shard);
    if (!grown)
        return -1;
    for (size_t i = 0; i < shard->capacity; i++)
        if (old[i].root)
            grown[place(grown, capacity, old[i].root)] = old[i];
    toasty__free(shard->entries);
    memset(shard->first, 0, sizeof shard->first);
    shard->entries = grown;
    shard->capacity = capacity;
    return 0;
}

int toasty__root_add(const void *root, toasty__destroy destroy, void *object)
{
    shard *shard = shard_of(root);
    int status = 0;
    pthread_mutex_lock(&shard->lock);
    if (shard->count * 4 >= shard->capacity * 3)
        status = grow(shard);
    if (status == 0) {
        entry *entries = entries_of(shard);
        entries[place(entries, shard->capacity, root)] = (entry){root, destroy, object};
        shard->count++;
    }
    pthread_mutex_unlock(&shard->lock);
    return status;
}

/* Frees slot i: what was pushed past it by its neighbours moves back. */
static void remove_at(shard *shard, size_t i)
{
    entry *entries = entries_of(shard);
    size_t mask = shard->capacity - 1;
    for (size_t next = (i + 1) & mask; entries[next].root; next = (next + 1) & mask) {
        size_t from_home = (next - home(entries[next].root, shard->capacity)) & mask;
        if (from_home >= ((next - i) & mask)) {
            entries[i] = entries[next];
            i = next;
        }
    }
    entries[i].root = NULL;
    if (--shard->count == 0 && shard->entries) {
        toasty__free(shard->entries);
        shard->entries = NULL;
        shard->capacity = FIRST_CAPACITY;
    }
}

bool toasty__root_take(const void *root, toasty__destroy *destroy, void **object)
{
    shard *shard = shard_of(root);
    pthread_mutex_lock(&shard->lock);
    size_t i = place(entries_of(shard), shard->capacity, root);
    entry found = entries_of(shard)[i];
    if (found.root)
        remove_at(shard, i);
    pthread_mutex_unlock(&shard->lock);
    *destroy = found.destroy;
    *object = found.object;
    return found.root != NULL;
}

void *toasty__root_find(const void *root, toasty__destroy destroy)
{
    shard *shard = shard_of(root);
    pthread_mutex_lock(&shard->lock);
    entry found = entries_of(shard)[place(entries_of(shard), shard->capacity, root)];
    pthread_mutex_unlock(&shard->lock);
    return found.root && found.destroy == destroy ? found.object : NULL;
}

size_t toasty__root_count(void)
{
    size_t count = 0;
    for (size_t i = 0; i < SHARDS; i++) {
        pthread_mutex_lock(&shards[i].lock);
        count += shards[i].count;
        pthread_mutex_unlock(&shards[i].lock);
    }
    return count;
}
