/* A borrower: whoever waits for a connection of the pool, has it, and gives it back. It is all that the pool
 * knows of those who ask.
 *
 * Everything about it happens on the thread of its reactor, except that another thread may take it out of a
 * queue and post its task. */
#ifndef TOASTY_DB_POOL_BORROWER_H
#define TOASTY_DB_POOL_BORROWER_H

#include "base/ring.h"
#include "fiber/reactor.h"

#include <stdint.h>

struct toasty__context;
struct toasty__group;
struct toasty__slot;
typedef struct toasty__borrower toasty__borrower;

/* What came of asking for a connection. */
typedef enum toasty__grant {
    TOASTY__GRANTED, /* the borrower has its slot */
    TOASTY__CONNECT, /* it may make a connection: the group counts it already */
    TOASTY__QUEUED,  /* its task will run when its turn comes, and then finds another grant */
    TOASTY__REFUSED
} toasty__grant;

/* What the pool asks of a borrower; on the thread of its reactor. */
typedef struct toasty__borrower_calls {
    /* Take back the job, a read that waits behind a slow one, and run it on another connection. */
    void (*move)(toasty__borrower *borrower);
    /* Give up the job: the pool was closed. */
    void (*abort)(toasty__borrower *borrower);
} toasty__borrower_calls;

struct toasty__borrower {
    const toasty__borrower_calls *calls;
    toasty__reactor *reactor;
    struct toasty__context *context; /* the fiber or thread behind it; NULL: none */
    struct toasty__group *lease;     /* the connection that it has to have; NULL: one of the pool */
    bool on_loop;                    /* its reactor is that of a loop */
    bool shares;                     /* it may have its connection beside others */
    bool leaves;                     /* with it the lease ends */
    bool beside;                     /* it does have its connection beside others */
    bool movable;                    /* its job may be moved to another connection */
    uint8_t grant;                   /* toasty__grant; of the queue: under the pool's lock */
    struct toasty__group *group;     /* whose queue it stands in */
    toasty__ring waiting;            /* in that queue */
    struct toasty__slot *slot;       /* its connection */
    toasty__ring having;             /* among those that have it */
    uint64_t number;                 /* of its job among those of the connection; 0: none is under way */
    toasty__task task;
};

#endif
