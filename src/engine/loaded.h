/* The rows of one step on their way into the block: an array of structs that grows while they come.
 *
 * It is what the driver sees as a sink. Room for rows is zeroed some rows ahead, so that a row costs the driver a
 * comparison and an addition. */
#ifndef TOASTY_ENGINE_LOADED_H
#define TOASTY_ENGINE_LOADED_H

#include "base/map.h"
#include "engine/plan.h"

typedef struct toasty__loaded {
    toasty_sink sink; /* first: the driver hands it back */
    struct toasty__running *run;
    const toasty__step *step;
    char *rows;   /* structs of the model, contiguous; while they come, sink.next says how many */
    size_t capacity;
    size_t count; /* once toasty__loaded_settle was called */
    /* a child step (relate.h) */
    toasty__map by_key;                 /* the key of each parent */
    toasty_value keys[TOASTY_MAX_KEYS]; /* the gathered keys, a list a field */
    size_t key_count;
} toasty__loaded;

/* Rows become an array in the run's block, or in the arena of the execution when there is none. */
void toasty__loaded_init(toasty__loaded *loaded, struct toasty__running *run, const toasty__step *step);
/* No more rows come: counts them, and gives back the room that is left. */
void toasty__loaded_settle(toasty__loaded *loaded);
/* Makes the settled rows the list at the block's root. */
void toasty__list_root(struct toasty__running *run, const toasty__loaded *loaded);

#endif
