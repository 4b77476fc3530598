/* The plain reactor: poll(2) on one thread, for calls outside of any loop.
 *
 * A thread has at most one; it is made at the first use and kept until the thread ends, so that calls one
 * after the other share it. Slot 0 of the descriptors is an eventfd that other threads write to. A slot of a
 * freed watch stays, empty, until no dispatch is under way: callbacks may free and add watches, and may turn
 * the reactor themselves. Timers are a binary heap, ordered by deadline and then by start. */
#include "reactor_kind.h"

#include "base/alloc.h"
#include "base/error.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { TURNS_WITHOUT_POLL = 16, LOOK_AGAIN_US = 10000 };

typedef struct plain_watch {
    toasty__watch watch;
    size_t slot;
} plain_watch;

typedef struct plain_timer {
    toasty__timer timer;
    uint64_t deadline, order;
    size_t place; /* in the heap, from 1; 0 when it does not run */
} plain_timer;

typedef struct plain_reactor {
    toasty__reactor reactor;
    int wakeup; /* the eventfd, also slot 0 */
    struct pollfd *polls;
    plain_watch **watches; /* the same slots; NULL: free */
    size_t slots, poll_capacity, watch_capacity;
    size_t armed;       /* watches that wait for anything */
    plain_watch *spare; /* one that was freed: calls that follow each other need one each */
    unsigned dispatching;
    bool holes;
    plain_timer **heap; /* from index 1; has room for every timer that exists */
    size_t running, timers, heap_capacity;
    uint64_t next_order;
    unsigned unpolled; /* turns since descriptors were looked at */
} plain_reactor;

static _Thread_local plain_reactor *reactor_of_thread;
/* Only so that the reactor is freed when its thread ends. */
static pthread_key_t thread_key;
static pthread_once_t thread_key_once = PTHREAD_ONCE_INIT;
static int thread_key_error;

/* --- the reactor of a thread --- */

static void plain_free(plain_reactor *plain)
{
    if (plain->wakeup >= 0)
        close(plain->wakeup);
    toasty__free(plain->spare);
    toasty__free(plain->polls);
    toasty__free(plain->watches);
    toasty__free(plain->heap);
    toasty__free(plain);
}

static void thread_ends(void *reactor);

static void make_thread_key(void)
{
    thread_key_error = pthread_key_create(&thread_key, thread_ends);
}

/* Tasks that were left to a next turn run now: some only free themselves. Other destructors of the thread may
 * still use the reactor: then it waits for the next round of them. */
static void thread_ends(void *reactor)
{
    plain_reactor *plain = reactor;
    toasty__reactor_hold(&plain->reactor);
    toasty__reactor_run_deferred(&plain->reactor);
    toasty__reactor_release(&plain->reactor);
    if (plain->reactor.holds || plain->reactor.attached || plain->reactor.deferred.length) {
        pthread_setspecific(thread_key, plain);
    } else {
        reactor_of_thread = NULL;
        plain_free(plain);
    }
}

static int add_slot(plain_reactor *plain, int descriptor, plain_watch *watch)
{
    if (toasty__grow((void **)&plain->polls, &plain->poll_capacity, plain->slots + 1, sizeof *plain->polls) <
            0 ||
        toasty__grow((void **)&plain->watches, &plain->watch_capacity, plain->slots + 1,
                     sizeof(plain_watch *)) < 0)
        return -1;
    plain->polls[plain->slots] = (struct pollfd){.fd = descriptor};
    plain->watches[plain->slots++] = watch;
    return 0;
}

static const toasty__reactor_kind plain_kind;

static plain_reactor *plain_new(toasty_error *err)
{
    plain_reactor *plain = toasty__calloc(1, sizeof *plain);
    if (!plain) {
        toasty__fail_memory(err);
        return NULL;
    }
    toasty__reactor_init(&plain->reactor, &plain_kind);
    plain->wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (plain->wakeup < 0)
        toasty__fail(err, TOASTY_CONNECTION_FAILED, "no descriptor to wait with: %s", strerror(errno));
    else if (add_slot(plain, plain->wakeup, NULL) < 0)
        toasty__fail_memory(err);
    else {
        plain->polls[0].events = POLLIN;
        return plain;
    }
    plain_free(plain);
    return NULL;
}

static plain_reactor *make_reactor_of_thread(toasty_error *err)
{
    pthread_once(&thread_key_once, make_thread_key);
    plain_reactor *plain = plain_new(err);
    if (plain && (thread_key_error || pthread_setspecific(thread_key, plain))) {
        toasty__fail_memory(err);
        plain_free(plain);
        plain = NULL;
    }
    return reactor_of_thread = plain;
}

toasty__reactor *toasty__reactor_of_thread(toasty_error *err)
{
    plain_reactor *plain = reactor_of_thread ? reactor_of_thread : make_reactor_of_thread(err);
    if (!plain)
        return NULL;
    plain->reactor.holds++;
    return &plain->reactor;
}

static void plain_unused(toasty__reactor *reactor)
{
    (void)reactor; /* the thread keeps it */
}

static void plain_deferred(toasty__reactor *reactor)
{
    (void)reactor; /* a turn looks */
}

static void plain_wake(toasty__reactor *reactor)
{
    uint64_t one = 1;
    while (write(((plain_reactor *)reactor)->wakeup, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

/* --- watches --- */

static void drop_slot(plain_reactor *plain, size_t slot)
{
    plain->slots--;
    plain->polls[slot] = plain->polls[plain->slots];
    plain->watches[slot] = plain->watches[plain->slots];
    if (plain->watches[slot])
        plain->watches[slot]->slot = slot;
}

static void drop_holes(plain_reactor *plain)
{
    for (size_t slot = plain->slots - 1; slot > 0 && plain->holes; slot--)
        if (!plain->watches[slot])
            drop_slot(plain, slot);
    plain->holes = false;
}

static toasty__watch *plain_watch_new(toasty__reactor *reactor, int descriptor, toasty_error *err)
{
    plain_reactor *plain = (plain_reactor *)reactor;
    plain_watch *watch = plain->spare ? plain->spare : toasty__malloc(sizeof *watch);
    (void)descriptor; /* polled once it is waited for */
    plain->spare = NULL;
    if (!watch || add_slot(plain, -1, watch) < 0) {
        toasty__free(watch);
        toasty__fail_memory(err);
        return NULL;
    }
    watch->slot = plain->slots - 1;
    return &watch->watch;
}

static void plain_watch_set(toasty__watch *watch, int events)
{
    plain_reactor *plain = (plain_reactor *)watch->reactor;
    struct pollfd *poll = &plain->polls[((plain_watch *)watch)->slot];
    bool was_armed = poll->fd >= 0;
    /* Without events a hang-up would still be reported: a negative descriptor is not polled at all. */
    poll->fd = events ? watch->descriptor : -1;
    poll->events =
        (short)((events & TOASTY__READABLE ? POLLIN : 0) | (events & TOASTY__WRITABLE ? POLLOUT : 0));
    plain->armed += (size_t)(events != 0) - (size_t)was_armed;
}

static void plain_watch_free(toasty__watch *watch)
{
    plain_reactor *plain = (plain_reactor *)watch->reactor;
    size_t slot = ((plain_watch *)watch)->slot;
    plain_watch_set(watch, 0);
    plain->watches[slot] = NULL;
    if (plain->dispatching)
        plain->holes = true;
    else
        drop_slot(plain, slot);
    toasty__free(plain->spare);
    plain->spare = (plain_watch *)watch;
}

static size_t run_watches(plain_reactor *plain)
{
    size_t ran = 0;
    for (size_t slot = 1; slot < plain->slots; slot++) {
        int seen = plain->polls[slot].revents;
        plain_watch *plain_watch = plain->watches[slot];
        plain->polls[slot].revents = 0;
        if (!seen || !plain_watch)
            continue;
        toasty__watch *watch = &plain_watch->watch;
        int events = (seen & POLLIN ? TOASTY__READABLE : 0) | (seen & POLLOUT ? TOASTY__WRITABLE : 0);
        if (seen & (POLLERR | POLLHUP | POLLNVAL))
            events = watch->events;
        if (events & watch->events) {
            watch->callback(watch->arg, events & watch->events);
            ran++;
        }
    }
    return ran;
}

/* --- timers --- */

static bool is_before(const plain_timer *a, const plain_timer *b)
{
    return a->deadline != b->deadline ? a->deadline < b->deadline : a->order < b->order;
}

static void put(plain_reactor *plain, size_t place, plain_timer *timer)
{
    plain->heap[place] = timer;
    timer->place = place;
}

/* Places a timer at a free place or, to keep the order, above or below it. */
static void settle(plain_reactor *plain, size_t place, plain_timer *timer)
{
    for (; place > 1 && is_before(timer, plain->heap[place / 2]); place /= 2)
        put(plain, place, plain->heap[place / 2]);
    for (size_t child; (child = 2 * place) <= plain->running; place = child) {
        if (child < plain->running && is_before(plain->heap[child + 1], plain->heap[child]))
            child++;
        if (!is_before(plain->heap[child], timer))
            break;
        put(plain, place, plain->heap[child]);
    }
    put(plain, place, timer);
}

static toasty__timer *plain_timer_new(toasty__reactor *reactor, toasty_error *err)
{
    plain_reactor *plain = (plain_reactor *)reactor;
    plain_timer *timer = toasty__calloc(1, sizeof *timer);
    if (!timer || toasty__grow((void **)&plain->heap, &plain->heap_capacity, plain->timers + 2,
                               sizeof(plain_timer *)) < 0) {
        toasty__free(timer);
        toasty__fail_memory(err);
        return NULL;
    }
    plain->timers++;
    return &timer->timer;
}

static void plain_timer_stop(toasty__timer *base)
{
    plain_reactor *plain = (plain_reactor *)base->reactor;
    plain_timer *timer = (plain_timer *)base;
    size_t place = timer->place;
    if (!place)
        return;
    plain_timer *last = plain->heap[plain->running--];
    if (last != timer)
        settle(plain, place, last);
    timer->place = 0;
}

static void plain_timer_start(toasty__timer *base, uint64_t milliseconds)
{
    plain_reactor *plain = (plain_reactor *)base->reactor;
    plain_timer *timer = (plain_timer *)base;
    plain_timer_stop(base);
    timer->deadline = toasty__deadline_ns(milliseconds);
    timer->order = plain->next_order++;
    settle(plain, ++plain->running, timer);
}

static void plain_timer_free(toasty__timer *timer)
{
    plain_timer_stop(timer);
    ((plain_reactor *)timer->reactor)->timers--;
    toasty__free(timer);
}

/* What was started by a callback of this round waits for the next. */
static size_t run_timers(plain_reactor *plain)
{
    size_t ran = 0;
    uint64_t now = plain->running ? toasty__now_ns() : 0, end = plain->next_order;
    while (plain->running && plain->heap[1]->deadline <= now && plain->heap[1]->order < end) {
        toasty__timer *timer = &plain->heap[1]->timer;
        plain_timer_stop(timer);
        timer->callback(timer->arg);
        ran++;
    }
    return ran;
}

/* Milliseconds for poll: rounded up, so that no timer comes early; -1 without a timer. */
static int next_timeout(const plain_reactor *plain)
{
    if (!plain->running)
        return -1;
    uint64_t now = toasty__now_ns(), deadline = plain->heap[1]->deadline;
    uint64_t left = deadline > now ? (deadline - now + 999999) / 1000000 : 0;
    return left < INT_MAX ? (int)left : INT_MAX;
}

/* --- turning --- */

static size_t poll_and_run(plain_reactor *plain, int timeout)
{
    if (poll(plain->polls, plain->slots, timeout) < 0) {
        if (errno !=
            EINTR) /* more descriptors than the process may look at, or no memory for that: it may pass */
            usleep(LOOK_AGAIN_US);
        for (size_t slot = 0; slot < plain->slots; slot++) /* nothing is known to be ready */
            plain->polls[slot].revents = 0;
    }
    size_t ran = 0;
    plain->dispatching++;
    if (plain->polls[0].revents) {
        uint64_t wakes;
        if (read(plain->wakeup, &wakes, sizeof wakes) > 0)
            ran += toasty__reactor_run_posted(&plain->reactor);
    }
    ran += run_timers(plain);
    ran += run_watches(plain);
    if (--plain->dispatching == 0)
        drop_holes(plain);
    return ran;
}

int toasty__reactor_turn(toasty__reactor *reactor)
{
    plain_reactor *plain = (plain_reactor *)reactor;
    size_t ran;
    do {
        ran = toasty__reactor_run_deferred(reactor);
        /* Tasks that always queue another must not keep the descriptors from being looked at. */
        if (ran && ++plain->unpolled < TURNS_WITHOUT_POLL)
            return 0;
        plain->unpolled = 0;
        bool waits = !ran && !reactor->deferred.length;
        if (waits && !plain->armed && !plain->running && reactor->holds <= 1)
            return toasty__reactor_run_posted(reactor) ? 0 : -1;
        ran += poll_and_run(plain, waits ? next_timeout(plain) : 0);
    } while (!ran);
    return 0;
}

static const toasty__reactor_kind plain_kind = {
    .wake = plain_wake,
    .deferred = plain_deferred,
    .unused = plain_unused,
    .watch_new = plain_watch_new,
    .watch_set = plain_watch_set,
    .watch_free = plain_watch_free,
    .timer_new = plain_timer_new,
    .timer_start = plain_timer_start,
    .timer_stop = plain_timer_stop,
    .timer_free = plain_timer_free,
};
