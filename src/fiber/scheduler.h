/* The scheduler of a loop: which fibers it has, which are ready, and running them. For src/fiber alone.
 *
 * One scheduler a loop, made with the loop's first fiber and gone with its last; it holds the reactor
 * meanwhile. A fiber is made ready by a wake and runs in the scheduler's task, so on an empty stack of the
 * loop: fibers never switch to each other. */
#ifndef TOASTY_FIBER_SCHEDULER_H
#define TOASTY_FIBER_SCHEDULER_H

#include "reactor.h"
#include "sanitizer.h"
#include "stack.h"
#include "switch.h"

#include "base/context.h"

#include <toasty/fiber.h>

typedef enum toasty__fiber_state {
    TOASTY__FIBER_READY, /* in the queue */
    TOASTY__FIBER_RUNNING,
    TOASTY__FIBER_PARKED,
    TOASTY__FIBER_ENDED, /* joinable, not joined yet */
} toasty__fiber_state;

/* Stands at the upper end of its own stack. */
struct toasty_fiber {
    toasty__context context; /* first: a context in a fiber is its fiber */
    toasty__machine machine;
    toasty__sanitizer sanitizer;
    struct toasty__scheduler *scheduler; /* NULL when ended */
    toasty_fiber *previous, *next;       /* of the scheduler's fibers */
    toasty_fiber *next_ready;
    toasty__fiber_state state;
    bool woken; /* by a wake that came before the park */
    bool joinable, slept;
    toasty__context *joiner; /* a fiber that waits for the end */
    bool stops_loop;         /* a thread runs the loop until the end */
    toasty__timer *timer;    /* for sleeping, from the first time on */
    toasty_fiber_function function;
    void *arg;
    toasty__stack stack;
};

typedef struct toasty__scheduler {
    toasty__task run; /* first: the task is the scheduler */
    toasty__reactor *reactor;
    toasty_fiber *fibers;
    toasty_fiber *ready, **last_ready;
    toasty__machine loop; /* where the loop stands while a fiber runs */
    toasty__sanitizer loop_sanitizer;
    struct toasty__scheduler *previous, *next; /* of all the process has, for a debugger */
} toasty__scheduler;

/* The loop's scheduler, which goes away again unless it is given a fiber. NULL with err. */
toasty__scheduler *toasty__scheduler_of_loop(uv_loop_t *loop, toasty_error *err);
void toasty__scheduler_drop_if_empty(toasty__scheduler *scheduler);

/* The fiber's stack, function and so on are set: it gets its place among the fibers and is ready to begin. */
void toasty__scheduler_add(toasty__scheduler *scheduler, toasty_fiber *fiber);

/* In the fiber that runs: lets the others go first. */
void toasty__scheduler_yield(toasty_fiber *self);

/* The context's slots. */
void toasty__scheduler_park(toasty__context *self);
void toasty__scheduler_wake(toasty__context *self);

#endif
