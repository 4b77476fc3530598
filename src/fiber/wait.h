/* One wait of a call, wherever the call stands: in a fiber it parks, on a plain thread it turns the thread's
 * reactor. */
#ifndef TOASTY_FIBER_WAIT_H
#define TOASTY_FIBER_WAIT_H

#include "base/context.h"
#include "fiber/reactor.h"

typedef struct toasty__wait {
    toasty__context *context;
    toasty__reactor *reactor; /* held from begin to end */
    bool done;
    bool parked;
    bool late, cancelled, out_of_memory; /* why it was given up */
    bool uncancellable;                  /* what cleans up waits to its end */
    /* Asks what is waited for to end soon: toasty__wait_done still has to come. */
    void (*give_up)(struct toasty__wait *wait);
    toasty__task task; /* to wake it from another thread */
} toasty__wait;

/* Where the call stands. 0, or -1 with err. */
static inline int toasty__wait_begin(toasty__wait *wait, toasty__context *context, toasty_error *err)
{
    *wait = (toasty__wait){.context = context, .reactor = context->reactor};
    if (!wait->reactor)
        return (wait->reactor = toasty__reactor_of_thread(err)) ? 0 : -1;
    toasty__reactor_hold(wait->reactor);
    return 0;
}
/* What is waited for has come. On the reactor's thread. */
static inline void toasty__wait_done(toasty__wait *wait)
{
    wait->done = true;
    if (wait->parked)
        wait->context->wake(wait->context);
}
/* The same from any thread, while the wait is under way. */
void toasty__wait_post(toasty__wait *wait);
/* Returns once it is done; gives it up after timeout_ms (0: never) and when the fiber is cancelled. */
void toasty__wait_for(toasty__wait *wait, uint64_t timeout_ms);
static inline void toasty__wait_until_done(toasty__wait *wait, uint64_t timeout_ms)
{
    if (!wait->done)
        toasty__wait_for(wait, timeout_ms);
}
static inline void toasty__wait_end(toasty__wait *wait)
{
    toasty__reactor_release(wait->reactor);
}
/* Turns the error `cancelled` of what was given up into the reason. */
void toasty__wait_explain(const toasty__wait *wait, uint64_t timeout_ms, toasty_error *err);

#endif
