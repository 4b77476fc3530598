/* A hash map from bytes to a pointer, open addressing. Keys are borrowed: they live at least as long as the
 * entry. */
#ifndef TOASTY_BASE_MAP_H
#define TOASTY_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

typedef struct toasty__map_entry {
    const void *key;
    size_t length;
    uint64_t hash;
    void *value; /* NULL: the entry is free or was removed */
} toasty__map_entry;

typedef struct toasty__map {
    toasty__map_entry *entries;
    size_t count, used, capacity; /* used counts removed entries too */
} toasty__map;

uint64_t toasty__hash(const void *bytes, size_t length);

void toasty__map_init(toasty__map *map);
void toasty__map_done(toasty__map *map); /* frees the table, not keys or values */
void *toasty__map_get(const toasty__map *map, const void *key, size_t length);
void *toasty__map_get_hashed(const toasty__map *map, const void *key, size_t length, uint64_t hash);
/* Room for `count` entries, so that setting them allocates nothing more. 0, or -1 when out of memory. */
int toasty__map_reserve(toasty__map *map, size_t count);
/* Sets or replaces; value is not NULL. 0, or -1 when out of memory. */
int toasty__map_set(toasty__map *map, const void *key, size_t length, void *value);
/* Sets unless the key is there: 1, 0 when it was, or -1 when out of memory. */
int toasty__map_add(toasty__map *map, const void *key, size_t length, void *value);
/* Removes and returns the value, or NULL. */
void *toasty__map_remove(toasty__map *map, const void *key, size_t length);
/* Iteration: `for (size_t i = 0; (entry = toasty__map_next(&map, &i));)`. */
toasty__map_entry *toasty__map_next(const toasty__map *map, size_t *position);

#endif
