/* The plans of a database, found by the shape of a request.
 *
 * Bounded: the plan that was not used for longest goes first. A plan that somebody runs lives until its last
 * user lets go, whatever the cache does. Thread-safe. */
#ifndef TOASTY_ENGINE_CACHE_H
#define TOASTY_ENGINE_CACHE_H

#include "base/map.h"
#include <pthread.h>
#include <stdatomic.h>
#include <toasty/error.h>

struct toasty__plan;

typedef struct toasty__cache {
    pthread_mutex_t lock;
    toasty__map plans;
    struct toasty__plan *newest, *oldest;
    size_t limit;
    atomic_uint_fast64_t made, found, statements;
} toasty__cache;

int toasty__cache_init(toasty__cache *cache, size_t limit, toasty_error *err);
void toasty__cache_done(toasty__cache *cache);
/* The plan of a shape, held for the caller; NULL when there is none. */
struct toasty__plan *toasty__cache_find(toasty__cache *cache, const void *shape, size_t length,
                                        uint64_t hash);
/* Keeps a plan that the caller holds. When another thread was faster, or memory is short, the plan is simply
 * not kept. */
void toasty__cache_keep(toasty__cache *cache, struct toasty__plan *plan);

#endif
