/* Prepared statements by id and by use: see kept.h. */
#include "driver/kept.h"

#include <stddef.h>

void toasty__kept_done(toasty__kept_set *set)
{
    for (toasty__kept *kept = set->oldest, *next; kept; kept = next) {
        next = kept->newer;
        set->free(kept);
    }
    for (toasty__kept *kept; (kept = toasty__kept_to_close(set));)
        set->free(kept);
}

/* --- by id --- */

static toasty__kept **bucket_of(toasty__kept_set *set, uint64_t id)
{
    return &set->buckets[id % TOASTY__MOST_KEPT];
}

toasty__kept *toasty__kept_find(toasty__kept_set *set, uint64_t id)
{
    toasty__kept *kept = *bucket_of(set, id);
    while (kept && kept->id != id)
        kept = kept->next;
    return kept;
}

static void unlink_id(toasty__kept_set *set, toasty__kept *kept)
{
    toasty__kept **place = bucket_of(set, kept->id);
    while (*place != kept)
        place = &(*place)->next;
    *place = kept->next;
    set->count--;
}

static void link_id(toasty__kept_set *set, toasty__kept *kept)
{
    toasty__kept **place = bucket_of(set, kept->id);
    kept->next = *place;
    *place = kept;
    set->count++;
}

/* --- by use --- */

static void unlink_use(toasty__kept_set *set, toasty__kept *kept)
{
    *(kept->older ? &kept->older->newer : &set->oldest) = kept->newer;
    *(kept->newer ? &kept->newer->older : &set->newest) = kept->older;
    kept->older = kept->newer = NULL;
}

static void link_newest(toasty__kept_set *set, toasty__kept *kept)
{
    kept->older = set->newest;
    *(set->newest ? &set->newest->newer : &set->oldest) = kept;
    set->newest = kept;
}

void toasty__kept_use(toasty__kept_set *set, toasty__kept *kept)
{
    kept->in_flight++;
    if (kept == set->newest)
        return;
    unlink_use(set, kept);
    link_newest(set, kept);
}

/* --- out of the set --- */

static void drop(toasty__kept_set *set, toasty__kept *kept, bool server_has_it)
{
    unlink_id(set, kept);
    unlink_use(set, kept);
    kept->forgotten = true;
    kept->acknowledged = server_has_it;
}

/* A forgotten statement that nobody speaks of. */
static void bury(toasty__kept_set *set, toasty__kept *kept)
{
    if (kept->acknowledged) {
        kept->next = set->closing;
        set->closing = kept;
    } else
        set->free(kept);
}

static void make_room(toasty__kept_set *set)
{
    if (set->count < set->most)
        return;
    toasty__kept *kept = set->oldest;
    while (kept && kept->in_flight)
        kept = kept->newer;
    if (!kept)
        return;
    drop(set, kept, true);
    bury(set, kept);
}

void toasty__kept_add(toasty__kept_set *set, toasty__kept *kept, uint64_t id)
{
    make_room(set);
    kept->id = id;
    link_id(set, kept);
    link_newest(set, kept);
}

void toasty__kept_forget(toasty__kept_set *set, toasty__kept *kept, bool server_has_it)
{
    if (!kept->forgotten)
        drop(set, kept, server_has_it);
}

void toasty__kept_release(toasty__kept_set *set, toasty__kept *kept)
{
    if (--kept->in_flight == 0 && kept->forgotten)
        bury(set, kept);
}

void toasty__kept_lost(toasty__kept_set *set)
{
    for (toasty__kept *kept; (kept = set->oldest);) {
        drop(set, kept, false);
        if (!kept->in_flight)
            bury(set, kept);
    }
    for (toasty__kept *kept; (kept = toasty__kept_to_close(set));)
        set->free(kept);
}

bool toasty__kept_halve(toasty__kept_set *set)
{
    uint32_t before = set->count, least = before / 2;
    for (toasty__kept *kept = set->oldest, *next; kept && set->count > least; kept = next) {
        next = kept->newer;
        if (kept->in_flight)
            continue;
        drop(set, kept, kept->acknowledged);
        bury(set, kept);
    }
    return set->count < before;
}

toasty__kept *toasty__kept_to_close(toasty__kept_set *set)
{
    toasty__kept *kept = set->closing;
    if (kept)
        set->closing = kept->next;
    return kept;
}
