/* The statements that a server keeps prepared for a connection: a bounded set by least recent use.
 *
 * A statement is known by the id of its text. Whoever waits with one speaks of it, so that it stays until it
 * was executed. What falls out of the set is to be closed on the server, by a later write. A driver's own
 * statement begins with a toasty__kept; what the server knows of it stands behind. */
#ifndef TOASTY_DRIVER_KEPT_H
#define TOASTY_DRIVER_KEPT_H

#include <stdbool.h>
#include <stdint.h>

enum { TOASTY__MOST_KEPT = 256 };

typedef struct toasty__kept {
    uint64_t id;                               /* of the toasty_statement; 0: used once */
    uint32_t in_flight;                        /* steps of entries that speak of it */
    bool acknowledged;                         /* the server has it */
    bool forgotten;                            /* not to be used any more: freed with its last use */
    struct toasty__kept *older, *newer, *next; /* by use; in its bucket, by id */
} toasty__kept;

typedef struct toasty__kept_set {
    toasty__kept *buckets[TOASTY__MOST_KEPT];
    uint32_t count;
    toasty__kept *oldest, *newest;
    toasty__kept *closing; /* to be closed on the server, linked by `next` */
    /* Set by the driver before anything is added: */
    uint32_t most; /* at most TOASTY__MOST_KEPT, more only where all are spoken of */
    void (*free)(toasty__kept *);
} toasty__kept_set;

void toasty__kept_done(toasty__kept_set *set);

/* NULL: there is none with this id. */
toasty__kept *toasty__kept_find(toasty__kept_set *set, uint64_t id);
/* Adds a zeroed one; the least used that nobody speaks of makes room. */
void toasty__kept_add(toasty__kept_set *set, toasty__kept *kept, uint64_t id);
/* One more speaks of it. */
void toasty__kept_use(toasty__kept_set *set, toasty__kept *kept);
/* One less does. */
void toasty__kept_release(toasty__kept_set *set, toasty__kept *kept);
/* Out of the set: it is prepared again when it is wanted. server_has_it: it is closed there. */
void toasty__kept_forget(toasty__kept_set *set, toasty__kept *kept, bool server_has_it);
/* The server has lost all of them. */
void toasty__kept_lost(toasty__kept_set *set);
/* Drops the less used half of those that nobody speaks of. False: there are none. */
bool toasty__kept_halve(toasty__kept_set *set);
/* Takes one that is to be closed, to be freed by set->free; NULL when there is none. */
toasty__kept *toasty__kept_to_close(toasty__kept_set *set);

#endif
