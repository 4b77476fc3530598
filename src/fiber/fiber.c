/* Fibers as applications see them: spawn, join, cancel, sleep.
 *
 * A wait in a fiber is the same everywhere: say how a cancel reaches it (`interrupt`), then park until what
 * it waits for has come; a park may also return for an older wake. */
#include "overflow.h"
#include "scheduler.h"

#include "base/error.h"

#include <errno.h>
#include <time.h>

toasty_fiber *toasty_fiber_self(void)
{
    toasty__context *context = toasty__context_current();
    return context->park == toasty__scheduler_park ? (toasty_fiber *)context : NULL;
}

toasty_fiber *toasty_spawn_(uv_loop_t *loop, toasty_fiber_function function, void *arg,
                            const toasty_spawn_options *options)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__error_clear(err);
    static const toasty_spawn_options usual = {.stack_size = 0};
    if (!options)
        options = &usual;
    if (!loop || !function) {
        toasty__fail(err, TOASTY_INVALID_ARGUMENT, "a fiber needs a loop and a function");
        return NULL;
    }
    toasty__scheduler *scheduler = toasty__scheduler_of_loop(loop, err);
    if (!scheduler)
        return NULL;
    toasty__stack stack;
    if (toasty__overflow_watch(err) < 0 || toasty__stack_take(options->stack_size, &stack, err) < 0) {
        toasty__scheduler_drop_if_empty(scheduler);
        return NULL;
    }
    toasty_fiber *fiber = (toasty_fiber *)(stack.low + stack.size) - 1;
    *fiber = (toasty_fiber){
        .context = {.reactor = scheduler->reactor,
                    .park = toasty__scheduler_park,
                    .wake = toasty__scheduler_wake},
        .function = function,
        .arg = arg,
        .joinable = options->joinable,
        .stack = stack,
    };
    toasty__scheduler_add(scheduler, fiber);
    return fiber;
}

void toasty_cancel(toasty_fiber *fiber)
{
    if (!fiber)
        return;
    toasty__context *context = &fiber->context;
    if (context->cancelled || fiber->state == TOASTY__FIBER_ENDED)
        return;
    context->cancelled = true;
    if (context->interrupt)
        context->interrupt(context, context->waiting);
}

/* --- join --- */

static void pass_cancel(toasty__context *self, void *waiting)
{
    (void)self;
    toasty_cancel(waiting);
}

static void wait_in_fiber(toasty__context *self, toasty_fiber *fiber)
{
    if (self->cancelled)
        toasty_cancel(fiber);
    fiber->joiner = self;
    self->interrupt = pass_cancel;
    self->waiting = fiber;
    while (fiber->state != TOASTY__FIBER_ENDED)
        self->park(self);
    self->interrupt = NULL;
    self->waiting = NULL;
}

/* The end of the fiber stops the loop, and so may anybody else. */
static int wait_on_thread(toasty_fiber *fiber, toasty_error *err)
{
    uv_loop_t *loop = toasty__reactor_loop(fiber->context.reactor);
    fiber->stops_loop = true;
    while (fiber->state != TOASTY__FIBER_ENDED)
        if (uv_run(loop, UV_RUN_DEFAULT) == 0 && fiber->state != TOASTY__FIBER_ENDED) {
            fiber->stops_loop = false;
            return toasty__fail(err, TOASTY_WOULD_DEADLOCK, "the loop ended and the fiber did not");
        }
    return 0;
}

int toasty_join(toasty_fiber *fiber)
{
    toasty__context *self = toasty__context_current();
    toasty_error *err = &self->error;
    toasty__error_clear(err);
    if (!fiber)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "toasty_join: the fiber is NULL");
    if (!fiber->joinable)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "the fiber was not spawned with .joinable = true");
    if (&fiber->context == self || fiber->joiner)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT,
                            "the fiber joins itself, or another joins it already");
    if (fiber->state != TOASTY__FIBER_ENDED) {
        if (self->park && self->reactor != fiber->context.reactor)
            return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "the fiber belongs to another loop");
        if (self->park)
            wait_in_fiber(self, fiber);
        else if (wait_on_thread(fiber, err) < 0)
            return -1;
    }
    toasty__stack_give(fiber->stack);
    return 0;
}

/* --- sleep --- */

static void sleep_is_over(void *arg)
{
    toasty_fiber *fiber = arg;
    fiber->slept = true;
    toasty__scheduler_wake(&fiber->context);
}

static void wake_sleeper(toasty__context *self, void *waiting)
{
    (void)waiting;
    toasty__scheduler_wake(self);
}

static int sleep_in_fiber(toasty_fiber *self, uint64_t milliseconds, toasty_error *err)
{
    toasty__context *context = &self->context;
    if (!self->timer)
        self->timer = toasty__timer_new(context->reactor, sleep_is_over, self, err);
    if (!self->timer)
        return -1;
    self->slept = false;
    toasty__timer_start(self->timer, milliseconds);
    context->interrupt = wake_sleeper;
    while (!self->slept && !context->cancelled)
        toasty__scheduler_park(context);
    context->interrupt = NULL;
    toasty__timer_stop(self->timer);
    return 0;
}

static void sleep_on_thread(uint64_t milliseconds)
{
    struct timespec left = {.tv_sec = (time_t)(milliseconds / 1000),
                            .tv_nsec = (long)(milliseconds % 1000) * 1000000};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        ;
}

int toasty_sleep(uint64_t milliseconds)
{
    toasty__context *context = toasty__context_current();
    toasty_error *err = &context->error;
    toasty__error_clear(err);
    toasty_fiber *self = toasty_fiber_self();
    if (!self) {
        sleep_on_thread(milliseconds);
        return 0;
    }
    if (!context->cancelled) {
        if (milliseconds == 0)
            toasty__scheduler_yield(self);
        else if (sleep_in_fiber(self, milliseconds, err) < 0)
            return -1;
    }
    return context->cancelled ? toasty__fail(err, TOASTY_CANCELLED, "the fiber was cancelled while it slept")
                              : 0;
}
