/* The hash map: linear probing over a power of two, at most three quarters used.
 *
 * An entry whose value is NULL is free when its key is NULL too, and removed otherwise; the key of a removed
 * entry may be gone and is never read. */
#include "map.h"

#include "alloc.h"

#include <stdbool.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

void toasty__map_init(toasty__map *map)
{
    *map = (toasty__map){0};
}

void toasty__map_done(toasty__map *map)
{
    toasty__free(map->entries);
    *map = (toasty__map){0};
}

static bool same_key(const toasty__map_entry *entry, const void *key, size_t length, uint64_t hash)
{
    return entry->value && entry->hash == hash && entry->length == length &&
           (length == 0 || memcmp(entry->key, key, length) == 0);
}

static toasty__map_entry *find(const toasty__map *map, const void *key, size_t length, uint64_t hash)
{
    if (!map->count)
        return NULL;
    for (size_t at = hash & (map->capacity - 1);; at = (at + 1) & (map->capacity - 1)) {
        toasty__map_entry *entry = &map->entries[at];
        if (!entry->key)
            return NULL;
        if (same_key(entry, key, length, hash))
            return entry;
    }
}

void *toasty__map_get_hashed(const toasty__map *map, const void *key, size_t length, uint64_t hash)
{
    toasty__map_entry *entry = find(map, key, length, hash);
    return entry ? entry->value : NULL;
}

void *toasty__map_get(const toasty__map *map, const void *key, size_t length)
{
    return map->count ? toasty__map_get_hashed(map, key, length, toasty__hash(key, length)) : NULL;
}

/* The key is not there: the first entry without a key takes it. */
static void insert(toasty__map *map, toasty__map_entry added)
{
    size_t at = added.hash & (map->capacity - 1);
    while (map->entries[at].key)
        at = (at + 1) & (map->capacity - 1);
    map->entries[at] = added;
    map->count++;
    map->used++;
}

/* A table of another size, without the removed entries. */
static int rebuild(toasty__map *map, size_t capacity)
{
    toasty__map fresh = {.capacity = capacity};
    fresh.entries = toasty__calloc(fresh.capacity, sizeof *fresh.entries);
    if (!fresh.entries)
        return -1;
    toasty__map_entry *entry;
    for (size_t i = 0; (entry = toasty__map_next(map, &i));)
        insert(&fresh, *entry);
    toasty__map_done(map);
    *map = fresh;
    return 0;
}

/* Larger only when the living entries need it. */
static int make_room(toasty__map *map)
{
    size_t capacity = map->capacity ? map->capacity : FIRST_CAPACITY;
    return rebuild(map, map->count >= capacity / 2 ? capacity * 2 : capacity);
}

int toasty__map_reserve(toasty__map *map, size_t count)
{
    size_t capacity = FIRST_CAPACITY;
    while (capacity / 4 * 3 <= count && capacity < SIZE_MAX / 4)
        capacity *= 2;
    return capacity > map->capacity ? rebuild(map, capacity) : 0;
}

static int insert_new(toasty__map *map, const void *key, size_t length, uint64_t hash, void *value)
{
    if (map->used >= map->capacity / 4 * 3 && make_room(map) < 0)
        return -1;
    insert(map, (toasty__map_entry){key ? key : "", length, hash, value});
    return 0;
}

int toasty__map_set(toasty__map *map, const void *key, size_t length, void *value)
{
    uint64_t hash = toasty__hash(key, length);
    toasty__map_entry *entry = find(map, key, length, hash);
    if (!entry)
        return insert_new(map, key, length, hash, value);
    entry->key = key ? key : "";
    entry->value = value;
    return 0;
}

int toasty__map_add(toasty__map *map, const void *key, size_t length, void *value)
{
    uint64_t hash = toasty__hash(key, length);
    if (find(map, key, length, hash))
        return 0;
    return insert_new(map, key, length, hash, value) < 0 ? -1 : 1;
}

void *toasty__map_remove(toasty__map *map, const void *key, size_t length)
{
    toasty__map_entry *entry = map->count ? find(map, key, length, toasty__hash(key, length)) : NULL;
    if (!entry)
        return NULL;
    void *value = entry->value;
    entry->key = ""; /* the owner may free its key now */
    entry->value = NULL;
    map->count--;
    return value;
}

toasty__map_entry *toasty__map_next(const toasty__map *map, size_t *position)
{
    while (*position < map->capacity) {
        toasty__map_entry *entry = &map->entries[(*position)++];
        if (entry->value)
            return entry;
    }
    return NULL;
}
