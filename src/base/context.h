/* The context of a call: what belongs to the current fiber, or to the current thread when no fiber runs.
 *
 * Lower layers know fibers only through this: whoever must wait asks the context, and a program without
 * fibers links none of their code. The pointer may change at every wait, so nobody keeps it across one. */
#ifndef TOASTY_BASE_CONTEXT_H
#define TOASTY_BASE_CONTEXT_H

#include <stdbool.h>
#include <toasty/error.h>

struct toasty__reactor;

typedef struct toasty__context {
    toasty_error error;              /* what toasty_last_error() returns */
    struct toasty__reactor *reactor; /* the fiber's loop; NULL on a plain thread */
    /* In a fiber: gives the loop control until `wake` is called for this context, from the loop's thread.
     * NULL on a plain thread. A wake that comes before the park makes the park return at once; one wake ends
     * one park. */
    void (*park)(struct toasty__context *self);
    void (*wake)(struct toasty__context *self);
    bool cancelled; /* set by toasty_cancel; every further call fails with TOASTY_CANCELLED */
    /* Set by a call that waits, so that toasty_cancel can reach it; called on the loop's thread. */
    void (*interrupt)(struct toasty__context *self, void *waiting);
    void *waiting;
} toasty__context;

extern _Thread_local toasty__context toasty__context_of_thread;
extern _Thread_local toasty__context *toasty__context_of_fiber; /* NULL: no fiber runs on this thread */

/* Never NULL. */
static inline toasty__context *toasty__context_current(void)
{
    toasty__context *of_fiber = toasty__context_of_fiber;
    return of_fiber ? of_fiber : &toasty__context_of_thread;
}
/* What a fiber switch calls; NULL goes back to the thread's own context. Returns the previous one. */
toasty__context *toasty__context_swap(toasty__context *next);

#endif
