/* The cursor of a page: which values make a place in an order, and what names the query that it belongs to.
 *
 * A query is named by what its plan depends on and a restart does not change: its model, the orders, the key
 * or index, and the condition without the values in it. On a store that only knows keys, where a condition
 * decides which rows are asked for at all, the values belong to the name too. */
#ifndef TOASTY_ENGINE_KINDS_CURSOR_H
#define TOASTY_ENGINE_KINDS_CURSOR_H

#include "core/cursor.h"
#include "engine/run/run.h"

/* Beside the root of a page: what finds its neighbours, and makes cursors of them. In the arena of its block.
 */
typedef struct toasty__page_origin {
    toasty_request *request; /* a copy, of this page */
    toasty__cursor_key key;
    bool by_keys;         /* the store only knows keys */
    const char *texts[2]; /* the cursors made so far, by `backwards` */
} toasty__page_origin;

/* The request that `of` is with the cursor in its options: one that starts after a row. NULL with err. */
const toasty_request *toasty__cursor_open(const toasty__engine *engine, toasty__arena *arena,
                                          const toasty_request *of, toasty_error *err);
/* The cursor of a request that is one from another page. NULL with err. */
const char *toasty__cursor_of(const toasty__page_origin *origin, toasty__arena *arena,
                              const toasty_request *request, toasty_error *err);

#endif
