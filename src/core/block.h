/* A result: one block that holds a root (a record, a list, a page) and all that the root points to.
 *
 * A root is in the table of roots from the moment it is published until it is freed, so toasty_free knows
 * what it was given: an item, a slice or a freed result is not in the table, and nothing happens. Query
 * objects, handles and other owners that toasty_free takes are in the same table, each with its own way to be
 * destroyed. */
#ifndef TOASTY_CORE_BLOCK_H
#define TOASTY_CORE_BLOCK_H

#include "base/arena.h"
#include "core/roots.h"
#include <toasty/schema.h>

typedef struct toasty__block {
    toasty__arena arena; /* of everything but the first chunk, which holds this block and its root */
    void *root;
    const toasty_model *model;
    void *about; /* of a page: what finds its neighbours, in the arena; of a record whose row an upsert has
                    made: the root itself; else NULL */
    size_t size; /* of the allocation that holds the root, this header and the first chunk */
} toasty__block;

/* A relation list inside a record, and the root of a list: the same layout in every generated struct. */
typedef struct toasty__slice {
    void *items;
    size_t len;
    bool loaded;
} toasty__slice;

/* A block whose zeroed root of root_size bytes has some room behind it and the header for the arena's first
 * allocations, and `room` bytes more. One allocation. NULL when out of memory. Not yet known to toasty_free.
 */
toasty__block *toasty__block_new(const toasty_model *model, size_t root_size, size_t room);
/* From now on toasty_free(block->root) frees the block. 0, or -1 when out of memory. */
int toasty__block_publish(toasty__block *block);
/* Frees a block, published or not, with the patches of its records (core/patch.h). NULL is fine. */
void toasty__block_free(toasty__block *block);
/* Calls visit for each published block. It must neither publish nor free one. */
void toasty__block_visit(void (*visit)(void *block, void *arg), void *arg);
/* The block of a published root; NULL when it is none. */
toasty__block *toasty__block_of(const void *root);

#endif
