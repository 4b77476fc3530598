/* Waiting, for everything that waits: descriptors, timers, and tasks from other threads.
 *
 * Two reactors behind one interface. A loop reactor belongs to a uv_loop_t: operations of fibers and
 * callbacks wait there. A plain reactor belongs to a thread and uses poll(2): a call on a plain thread runs
 * it until its own operation is done. Everything except toasty__reactor_post is called on the reactor's own
 * thread. Callbacks never run inside the call that armed them.
 *
 * A loop reactor keeps libuv handles open only while something holds it (toasty__reactor_hold), so uv_run
 * returns and uv_loop_close succeeds when nothing is under way. */
#ifndef TOASTY_FIBER_REACTOR_H
#define TOASTY_FIBER_REACTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <toasty/error.h>
#include <uv.h>

typedef struct toasty__reactor toasty__reactor;

/* The reactor of a loop: made at the first call, found again later (by this thread). Returned held once: the
 * caller releases it. NULL when out of memory or the system has no descriptors left; err says which. */
toasty__reactor *toasty__reactor_of_loop(uv_loop_t *loop, toasty_error *err);
/* This thread's poll(2) reactor, held once. It is kept for the thread's next call and freed when the thread
 * ends. */
toasty__reactor *toasty__reactor_of_thread(toasty_error *err);
void toasty__reactor_hold(toasty__reactor *reactor);
void toasty__reactor_release(toasty__reactor *reactor);
bool toasty__reactor_is_loop(const toasty__reactor *reactor);
/* The loop of a loop reactor, NULL otherwise. */
uv_loop_t *toasty__reactor_loop(const toasty__reactor *reactor);
/* True on the thread that the reactor belongs to. */
bool toasty__reactor_is_here(const toasty__reactor *reactor);

/* Plain reactor only: waits until something is ready and runs the callbacks that are due; runs deferred and
 * posted tasks. Returns after at least one callback or task ran. A plain reactor with nothing at all to wait
 * for returns -1. */
int toasty__reactor_turn(toasty__reactor *reactor);

/* --- tasks: embedded in their owner, no allocation --- */
typedef struct toasty__task {
    void (*run)(struct toasty__task *task);
    struct toasty__task *next;
    bool queued;
} toasty__task;

/* Runs the task on the reactor's thread, soon; from any thread. The caller knows that the reactor is held
 * until it ran. */
void toasty__reactor_post(toasty__reactor *reactor, toasty__task *task);
/* Runs the task on this thread after what runs now, before the reactor waits: what gathers the statements of
 * many fibers into one write. Does nothing when already queued. */
void toasty__reactor_defer(toasty__reactor *reactor, toasty__task *task);

/* --- descriptors --- */
enum { TOASTY__READABLE = 1, TOASTY__WRITABLE = 2 };

typedef struct toasty__watch toasty__watch;
typedef void (*toasty__watch_callback)(void *arg, int events);

/* Watches a descriptor; events 0 at first. NULL on failure, with err. The descriptor outlives the watch. */
toasty__watch *toasty__watch_new(toasty__reactor *reactor, int descriptor, toasty__watch_callback callback,
                                 void *arg, toasty_error *err);
/* What to wait for from now on; costs nothing when it does not change. An error or hang-up of the descriptor
 * is reported as all the events asked for. */
void toasty__watch_set(toasty__watch *watch, int events);
/* No callback comes after this. NULL is fine. */
void toasty__watch_free(toasty__watch *watch);

/* --- timers --- */
typedef struct toasty__timer toasty__timer;
typedef void (*toasty__timer_callback)(void *arg);

toasty__timer *toasty__timer_new(toasty__reactor *reactor, toasty__timer_callback callback, void *arg,
                                 toasty_error *err);
/* Calls back once, `milliseconds` from now; replaces an earlier start. */
void toasty__timer_start(toasty__timer *timer, uint64_t milliseconds);
void toasty__timer_stop(toasty__timer *timer);
void toasty__timer_free(toasty__timer *timer); /* NULL is fine */

/* Monotonic milliseconds, the clock of deadlines. */
uint64_t toasty__now_ms(void);

#endif
