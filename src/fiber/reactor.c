/* Reactors: tasks, holding, and the way to the kind that does the rest.
 *
 * A posted task is queued, and the reactor woken, under one lock, which the reactor takes before it runs the
 * task: whoever posted has left the reactor alone by then, so the task may well release it. */
#include "reactor_kind.h"

#include <time.h>

/* A task that ran may defer another (a fiber continues, and what it asks for is written): so many of them
 * still run before the descriptors are looked at. */
enum { MORE_TASKS = 64 };

static void queue_init(toasty__task_queue *queue)
{
    *queue = (toasty__task_queue){.last = &queue->first};
}

static void queue_add(toasty__task_queue *queue, toasty__task *task)
{
    task->queued = true;
    task->next = NULL;
    *queue->last = task;
    queue->last = &task->next;
    queue->length++;
}

/* The queue is not empty. */
static toasty__task *queue_take(toasty__task_queue *queue)
{
    toasty__task *task = queue->first;
    queue->first = task->next;
    if (!queue->first)
        queue->last = &queue->first;
    queue->length--;
    task->queued = false;
    return task;
}

void toasty__reactor_init(toasty__reactor *reactor, const toasty__reactor_kind *kind)
{
    *reactor = (toasty__reactor){.kind = kind, .thread = pthread_self()};
    queue_init(&reactor->deferred);
    queue_init(&reactor->posted);
}

void toasty__reactor_hold(toasty__reactor *reactor)
{
    reactor->holds++;
}

/* A reactor with tasks to run stays until they ran; whoever runs them holds it and releases it after. */
static void look_if_unused(toasty__reactor *reactor)
{
    if (!reactor->holds && !reactor->attached && !reactor->deferred.length)
        reactor->kind->unused(reactor);
}

void toasty__reactor_release(toasty__reactor *reactor)
{
    reactor->holds--;
    look_if_unused(reactor);
}

bool toasty__reactor_is_here(const toasty__reactor *reactor)
{
    return pthread_equal(reactor->thread, pthread_self());
}

/* --- tasks --- */

void toasty__reactor_post(toasty__reactor *reactor, toasty__task *task)
{
    toasty__lock_take(&reactor->lock);
    if (!task->queued) {
        queue_add(&reactor->posted, task);
        if (reactor->posted.length == 1)
            reactor->kind->wake(reactor);
    }
    toasty__lock_give(&reactor->lock);
}

void toasty__reactor_defer(toasty__reactor *reactor, toasty__task *task)
{
    if (task->queued)
        return;
    queue_add(&reactor->deferred, task);
    if (reactor->deferred.length == 1)
        reactor->kind->deferred(reactor);
}

/* The caller holds the reactor while tasks run. A task may make the reactor turn, which takes tasks as well.
 */
size_t toasty__reactor_run_deferred(toasty__reactor *reactor)
{
    size_t ran = 0;
    for (size_t left = reactor->deferred.length + MORE_TASKS; left > 0 && reactor->deferred.first;
         left--, ran++) {
        toasty__task *task = queue_take(&reactor->deferred);
        task->run(task);
    }
    return ran;
}

size_t toasty__reactor_run_posted(toasty__reactor *reactor)
{
    size_t ran = 0, left = 0;
    do {
        toasty__lock_take(&reactor->lock);
        if (ran == 0)
            left = reactor->posted.length;
        toasty__task *task = left > ran && reactor->posted.first ? queue_take(&reactor->posted) : NULL;
        /* What was posted meanwhile found a queue that was not empty and woke nobody. */
        if (!task && reactor->posted.first)
            reactor->kind->wake(reactor);
        toasty__lock_give(&reactor->lock);
        if (!task)
            return ran;
        task->run(task);
        ran++;
    } while (true);
}

/* --- descriptors --- */

toasty__watch *toasty__watch_new(toasty__reactor *reactor, int descriptor, toasty__watch_callback callback,
                                 void *arg, toasty_error *err)
{
    toasty__watch *watch = reactor->kind->watch_new(reactor, descriptor, err);
    if (!watch)
        return NULL;
    *watch = (toasty__watch){reactor, descriptor, 0, callback, arg};
    reactor->attached++;
    return watch;
}

void toasty__watch_set(toasty__watch *watch, int events)
{
    if (watch->events == events)
        return;
    watch->events = events;
    watch->reactor->kind->watch_set(watch, events);
}

static void detach(toasty__reactor *reactor)
{
    reactor->attached--;
    look_if_unused(reactor);
}

void toasty__watch_free(toasty__watch *watch)
{
    if (!watch)
        return;
    toasty__reactor *reactor = watch->reactor;
    reactor->kind->watch_free(watch);
    detach(reactor);
}

/* --- timers --- */

toasty__timer *toasty__timer_new(toasty__reactor *reactor, toasty__timer_callback callback, void *arg,
                                 toasty_error *err)
{
    toasty__timer *timer = reactor->kind->timer_new(reactor, err);
    if (!timer)
        return NULL;
    *timer = (toasty__timer){reactor, callback, arg};
    reactor->attached++;
    return timer;
}

void toasty__timer_start(toasty__timer *timer, uint64_t milliseconds)
{
    timer->reactor->kind->timer_start(timer, milliseconds);
}

void toasty__timer_stop(toasty__timer *timer)
{
    timer->reactor->kind->timer_stop(timer);
}

void toasty__timer_free(toasty__timer *timer)
{
    if (!timer)
        return;
    toasty__reactor *reactor = timer->reactor;
    reactor->kind->timer_free(timer);
    detach(reactor);
}

/* --- clocks --- */

uint64_t toasty__now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t toasty__now_ms(void)
{
    return toasty__now_ns() / 1000000;
}

uint64_t toasty__deadline_ns(uint64_t milliseconds)
{
    const uint64_t longest = UINT64_C(1) << 40; /* some thirty years */
    return toasty__now_ns() + (milliseconds < longest ? milliseconds : longest) * 1000000;
}
