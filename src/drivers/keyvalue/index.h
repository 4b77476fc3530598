/* An index: the items of a table in the order of some of their fields, ties in the order of the primary key.
 *
 * A skip list. Its nodes belong to the items, which allocate them beforehand: linking and unlinking cannot
 * fail, so a group of changes can always be taken back. */
#ifndef TOASTY_KEYVALUE_INDEX_H
#define TOASTY_KEYVALUE_INDEX_H

#include <toasty/driver/driver.h>

enum { TOASTY__KV_MAX_HEIGHT = 16, TOASTY__KV_MAX_FIELDS = 16 };

struct toasty__kv_node;

/* Never changes: a change puts another item in its place. */
typedef struct toasty__kv_item {
    toasty_value *values;           /* one a field of the model */
    struct toasty__kv_node **nodes; /* one an index of the model */
    bool late;                      /* it is new, and the next read that may be late misses it */
} toasty__kv_item;

typedef struct toasty__kv_node {
    toasty__kv_item *item;
    struct toasty__kv_node *previous;
    uint8_t height;
    struct toasty__kv_node *next[]; /* `height` of them */
} toasty__kv_node;

typedef struct toasty__kv_index {
    const toasty_model *model;
    uint16_t fields[TOASTY__KV_MAX_FIELDS]; /* the index's own, then those of the primary key */
    uint8_t field_count;
    const toasty_index *described;
    uint64_t random;
    toasty__kv_node *last;
    toasty__kv_node *first[TOASTY__KV_MAX_HEIGHT];
} toasty__kv_index;

/* A place in the order: values for the leading `count` fields. */
typedef struct toasty__kv_place {
    const toasty_value *values;
    uint8_t count;
} toasty__kv_place;

/* -1 with err when the index has too many fields. */
int toasty__kv_index_init(toasty__kv_index *index, const toasty_model *model, const toasty_index *described,
                          toasty_error *err);
/* A node for an item, not linked; NULL when out of memory. Freed with toasty__free. */
toasty__kv_node *toasty__kv_node_new(toasty__kv_index *index, toasty__kv_item *item);
void toasty__kv_link(toasty__kv_index *index, toasty__kv_node *node);
void toasty__kv_unlink(toasty__kv_index *index, toasty__kv_node *node);

/* The first item at the place or after it; with `past`, the first after all that are at the place. NULL:
 * none. */
toasty__kv_node *toasty__kv_seek(const toasty__kv_index *index, toasty__kv_place place, bool past);
/* How an item lies to a place: below zero before it, zero at it, above zero after it. */
int toasty__kv_compare_place(const toasty__kv_index *index, const toasty__kv_item *item,
                             toasty__kv_place place);

#endif
