/* The scheduler: a queue of ready fibers, run by one task of the reactor in the order of their wakes.
 *
 * The loop's stack calls resume(), which returns when the fiber parks or ends; the current context is the
 * fiber's in between. The list of all schedulers is what a debugger begins with to find the fibers. */
#include "scheduler.h"

#include "reactor_kind.h"

#include "base/alloc.h"
#include "base/error.h"

static toasty__lock all_lock;
static toasty__scheduler *toasty__schedulers; /* a debugger knows this name */

/* --- switching --- */

/* From the loop into a fiber. */
static void resume(toasty__scheduler *scheduler, toasty_fiber *fiber)
{
    fiber->state = TOASTY__FIBER_RUNNING;
    toasty__context *outer = toasty__context_swap(&fiber->context);
    toasty__sanitizer_leave(&scheduler->loop_sanitizer, &fiber->sanitizer, false);
    toasty__machine_switch(&scheduler->loop, &fiber->machine);
    toasty__sanitizer_arrive(&scheduler->loop_sanitizer, &fiber->sanitizer);
    toasty__context_swap(outer);
}

/* From a fiber back to the loop; its state says why. Does not return when the fiber has ended. */
static void suspend(toasty_fiber *self)
{
    toasty__scheduler *scheduler = self->scheduler;
    toasty__sanitizer_leave(&self->sanitizer, &scheduler->loop_sanitizer, self->state == TOASTY__FIBER_ENDED);
    toasty__machine_switch(&self->machine, &scheduler->loop);
    toasty__sanitizer_arrive(&self->sanitizer, &scheduler->loop_sanitizer);
}

/* The first and last function on a fiber's stack. */
static void fiber_main(void *arg)
{
    toasty_fiber *self = arg;
    toasty__sanitizer_arrive(&self->sanitizer, &self->scheduler->loop_sanitizer);
    self->function(self->arg);
    self->state = TOASTY__FIBER_ENDED;
    suspend(self);
}

/* --- the queue --- */

static void make_ready(toasty_fiber *fiber)
{
    toasty__scheduler *scheduler = fiber->scheduler;
    fiber->state = TOASTY__FIBER_READY;
    fiber->next_ready = NULL;
    *scheduler->last_ready = fiber;
    scheduler->last_ready = &fiber->next_ready;
    toasty__reactor_defer(scheduler->reactor, &scheduler->run);
}

static toasty_fiber *take_ready(toasty__scheduler *scheduler)
{
    toasty_fiber *fiber = scheduler->ready;
    scheduler->ready = fiber->next_ready;
    if (!scheduler->ready)
        scheduler->last_ready = &scheduler->ready;
    return fiber;
}

void toasty__scheduler_park(toasty__context *self)
{
    toasty_fiber *fiber = (toasty_fiber *)self;
    if (!fiber->woken) {
        fiber->state = TOASTY__FIBER_PARKED;
        suspend(fiber);
    }
    fiber->woken = false;
}

void toasty__scheduler_wake(toasty__context *self)
{
    toasty_fiber *fiber = (toasty_fiber *)self;
    if (fiber->state == TOASTY__FIBER_PARKED)
        make_ready(fiber);
    else
        fiber->woken = true;
}

void toasty__scheduler_yield(toasty_fiber *self)
{
    make_ready(self);
    suspend(self);
}

/* --- the life of a fiber, seen by the loop --- */

void toasty__scheduler_add(toasty__scheduler *scheduler, toasty_fiber *fiber)
{
    fiber->scheduler = scheduler;
    toasty__sanitizer_init(&fiber->sanitizer, fiber->stack.low, fiber->stack.size);
    toasty__machine_init(&fiber->machine, fiber->stack.low, fiber, fiber_main, fiber);
    fiber->next = scheduler->fibers;
    if (fiber->next)
        fiber->next->previous = fiber;
    scheduler->fibers = fiber;
    make_ready(fiber);
}

static void finish(toasty__scheduler *scheduler, toasty_fiber *fiber)
{
    if (fiber->previous)
        fiber->previous->next = fiber->next;
    else
        scheduler->fibers = fiber->next;
    if (fiber->next)
        fiber->next->previous = fiber->previous;
    fiber->scheduler = NULL;
    toasty__timer_free(fiber->timer);
    toasty__sanitizer_done(&fiber->sanitizer);
    if (fiber->stops_loop)
        uv_stop(toasty__reactor_loop(scheduler->reactor));
    else if (fiber->joiner)
        fiber->joiner->wake(fiber->joiner);
    else if (!fiber->joinable)
        toasty__stack_give(fiber->stack);
}

/* Runs those that are ready now; who becomes ready meanwhile has deferred the task again. */
static void run(toasty__task *task)
{
    toasty__scheduler *scheduler = (toasty__scheduler *)task;
    toasty_fiber **end = scheduler->last_ready;
    for (bool more = scheduler->ready; more;) {
        toasty_fiber *fiber = take_ready(scheduler);
        more = &fiber->next_ready != end;
        resume(scheduler, fiber);
        if (fiber->state == TOASTY__FIBER_ENDED)
            finish(scheduler, fiber);
    }
    toasty__scheduler_drop_if_empty(scheduler);
}

/* --- the life of a scheduler --- */

static toasty__scheduler *scheduler_new(toasty__reactor *reactor)
{
    toasty__scheduler *scheduler = toasty__calloc(1, sizeof *scheduler);
    if (!scheduler)
        return NULL;
    scheduler->run.run = run;
    scheduler->reactor = reactor;
    scheduler->last_ready = &scheduler->ready;
    reactor->scheduler = scheduler;
    toasty__lock_take(&all_lock);
    scheduler->next = toasty__schedulers;
    if (scheduler->next)
        scheduler->next->previous = scheduler;
    toasty__schedulers = scheduler;
    toasty__lock_give(&all_lock);
    return scheduler;
}

toasty__scheduler *toasty__scheduler_of_loop(uv_loop_t *loop, toasty_error *err)
{
    toasty__reactor *reactor = toasty__reactor_of_loop(loop, err);
    if (!reactor)
        return NULL;
    if (reactor->scheduler || scheduler_new(reactor)) {
        toasty__scheduler *scheduler = reactor->scheduler;
        if (scheduler->fibers) /* then it holds the reactor already */
            toasty__reactor_release(reactor);
        return scheduler;
    }
    toasty__reactor_release(reactor);
    toasty__fail_memory(err);
    return NULL;
}

void toasty__scheduler_drop_if_empty(toasty__scheduler *scheduler)
{
    if (scheduler->fibers)
        return;
    toasty__lock_take(&all_lock);
    if (scheduler->previous)
        scheduler->previous->next = scheduler->next;
    else
        toasty__schedulers = scheduler->next;
    if (scheduler->next)
        scheduler->next->previous = scheduler->previous;
    toasty__lock_give(&all_lock);
    scheduler->reactor->scheduler = NULL;
    toasty__reactor_release(scheduler->reactor);
    toasty__free(scheduler);
}
