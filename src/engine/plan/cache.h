/* The plans of a database, found by the shape of a request.
 *
 * Bounded by count and by bytes: the plan that was not used for longest goes first. A plan that somebody runs
 * lives until its last user lets go, whatever the cache does. Thread-safe. */
#ifndef TOASTY_ENGINE_PLAN_CACHE_H
#define TOASTY_ENGINE_PLAN_CACHE_H

#include "base/lock.h"
#include "base/map.h"
#include <stdatomic.h>
#include <toasty/error.h>

struct toasty__plan;

typedef struct toasty__cache {
    toasty__lock lock;
    toasty__map plans;
    struct toasty__plan *newest, *oldest;
    size_t limit;             /* plans */
    size_t bytes, byte_limit; /* of all of them */
    atomic_uint_fast64_t made, found, statements;
} toasty__cache;

/* The bytes that name a plan. */
typedef struct toasty__name {
    const void *bytes;
    size_t length;
    uint64_t hash;
} toasty__name;

static inline toasty__name toasty__name_of(const void *bytes, size_t length)
{
    return (toasty__name){bytes, length, toasty__hash(bytes, length)};
}

void toasty__cache_init(toasty__cache *cache, size_t limit);
void toasty__cache_done(toasty__cache *cache);
/* The plan of that name, held for the caller; NULL when there is none. */
struct toasty__plan *toasty__cache_find(toasty__cache *cache, const toasty__name *name);
/* Keeps a plan that the caller holds. When another thread was faster, or memory is short, the plan is simply
 * not kept. */
void toasty__cache_keep(toasty__cache *cache, struct toasty__plan *plan);
/* A plan of the caller's got a statement more. */
void toasty__cache_grown(toasty__cache *cache, struct toasty__plan *plan);
static inline void toasty__cache_count_found(toasty__cache *cache)
{
    uint_fast64_t before = atomic_load_explicit(&cache->found, memory_order_relaxed);
    if (toasty__is_alone())
        atomic_store_explicit(&cache->found, before + 1, memory_order_relaxed);
    else
        atomic_fetch_add_explicit(&cache->found, 1, memory_order_relaxed);
}

#endif
