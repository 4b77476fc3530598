/* The rows of one step on their way into the block: an array of structs that grows while they come.
 *
 * It is what the driver sees as a sink. Room for rows is zeroed some rows ahead, so that a row costs the
 * driver a comparison and an addition. */
#ifndef TOASTY_ENGINE_RUN_LOADED_H
#define TOASTY_ENGINE_RUN_LOADED_H

#include "base/map.h"
#include "engine/plan/plan.h"

typedef struct toasty__loaded {
    toasty_sink sink; /* first: the driver hands it back */
    struct toasty__running *run;
    toasty__step *step;
    char *rows; /* structs of the model, contiguous; while they come, sink.next says how many */
    size_t capacity;
    bool in_room;                      /* they lie in the block itself, not in a chunk of their own */
    size_t count;                      /* once toasty__loaded_settle was called */
    struct toasty__gathered *gathered; /* a child step: the keys of its parents */
    struct toasty__keeping *keeping;   /* keys/kept.h, or NULL */
} toasty__loaded;

/* What the first rows of a step take of a block; 0: they get memory of their own. */
size_t toasty__loaded_room(const toasty__step *step);
/* Rows become an array in the run's block, or in the arena of the execution when there is none. */
void toasty__loaded_init(toasty__loaded *loaded, struct toasty__running *run, toasty__step *step);
/* One for each step of the run's plan. 0, or -1 with err. */
int toasty__loaded_new(struct toasty__running *run, toasty_error *err);
/* The first row goes to a zeroed place of the caller's; further ones are only counted. */
void toasty__loaded_one(toasty__loaded *loaded, void *place, size_t size);
/* No more rows come: counts them, and gives back the room that is left. */
void toasty__loaded_settle(toasty__loaded *loaded);

#endif
