/* What the two reactors share, and the slots by which they differ. For src/fiber alone.
 *
 * A reactor is a larger struct of its kind that begins with this one; so are its watches and timers. Each
 * watch and timer holds its reactor. */
#ifndef TOASTY_FIBER_REACTOR_KIND_H
#define TOASTY_FIBER_REACTOR_KIND_H

#include "base/lock.h"
#include "reactor.h"

#include <pthread.h>
#include <stddef.h>

struct toasty__scheduler;

typedef struct toasty__reactor_kind {
    /* From any thread: makes the reactor look at its posted tasks soon. Called with `lock` held. */
    void (*wake)(toasty__reactor *reactor);
    /* The first task was deferred: toasty__reactor_run_deferred has to be called before the reactor waits. */
    void (*deferred)(toasty__reactor *reactor);
    /* Nobody holds the reactor any more. */
    void (*unused)(toasty__reactor *reactor);

    toasty__watch *(*watch_new)(toasty__reactor *reactor, int descriptor, toasty_error *err);
    void (*watch_set)(toasty__watch *watch, int events);
    void (*watch_free)(toasty__watch *watch);
    toasty__timer *(*timer_new)(toasty__reactor *reactor, toasty_error *err);
    void (*timer_start)(toasty__timer *timer, uint64_t milliseconds);
    void (*timer_stop)(toasty__timer *timer);
    void (*timer_free)(toasty__timer *timer);
} toasty__reactor_kind;

typedef struct toasty__task_queue {
    toasty__task *first, **last;
    size_t length;
} toasty__task_queue;

struct toasty__reactor {
    const toasty__reactor_kind *kind;
    size_t holds;    /* by callers */
    size_t attached; /* watches and timers */
    pthread_t thread;
    struct toasty__scheduler *scheduler; /* the loop's fibers, NULL while there are none */
    toasty__task_queue deferred;
    toasty__lock lock; /* of `posted` */
    toasty__task_queue posted;
};

struct toasty__watch {
    toasty__reactor *reactor;
    int descriptor, events;
    toasty__watch_callback callback;
    void *arg;
};

struct toasty__timer {
    toasty__reactor *reactor;
    toasty__timer_callback callback;
    void *arg;
};

/* The shared part of a new reactor: held by nobody, nothing queued. */
void toasty__reactor_init(toasty__reactor *reactor, const toasty__reactor_kind *kind);

/* Run the tasks that are queued now, and only so many of those that they queue that descriptors get their
 * turn. Return the number that ran. The caller holds the reactor. */
size_t toasty__reactor_run_deferred(toasty__reactor *reactor);
size_t toasty__reactor_run_posted(toasty__reactor *reactor);

/* Monotonic nanoseconds; and that many milliseconds from now, far in the future at most. */
uint64_t toasty__now_ns(void);
uint64_t toasty__deadline_ns(uint64_t milliseconds);

#endif
