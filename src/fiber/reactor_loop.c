/* The loop reactor: watches, timers and tasks as libuv handles.
 *
 * It lives while it is held: the first hold opens two handles, the last release closes them. The async one is
 * what posted tasks wake, and keeps uv_run going; the idle one runs while tasks are deferred, and with it
 * running libuv does not block. Every handle is freed in its close callback. A thread finds the reactor of a
 * loop in a list of its own. */
#include "reactor_kind.h"

#include "base/alloc.h"
#include "base/error.h"

typedef struct loop_reactor {
    toasty__reactor reactor;
    uv_loop_t *loop;
    uv_async_t async;
    uv_idle_t idle;
    unsigned open; /* handles that are not closed yet */
    struct loop_reactor *next;
} loop_reactor;

typedef struct loop_watch {
    toasty__watch watch;
    uv_poll_t poll;
    int armed; /* what libuv waits for: at least what the watch asks for */
} loop_watch;

typedef struct loop_timer {
    toasty__timer timer;
    uv_timer_t handle;
} loop_timer;

static _Thread_local loop_reactor *reactors;

static const toasty__reactor_kind loop_kind;

static void free_handle(uv_handle_t *handle)
{
    toasty__free(handle->data); /* the struct that the handle stands in */
}

static void fail_uv(toasty_error *err, int status)
{
    if (status == UV_ENOMEM)
        toasty__fail_memory(err);
    else
        toasty__fail(err, TOASTY_CONNECTION_FAILED, "the loop cannot wait: %s", uv_strerror(status));
}

/* --- the reactor of a loop --- */

static void reactor_handle_closed(uv_handle_t *handle)
{
    loop_reactor *loop = handle->data;
    if (--loop->open > 0)
        return;
    toasty__free(loop);
}

static void on_async(uv_async_t *async)
{
    loop_reactor *loop = async->data;
    toasty__reactor_hold(&loop->reactor);
    toasty__reactor_run_posted(&loop->reactor);
    toasty__reactor_release(&loop->reactor);
}

static void on_idle(uv_idle_t *idle)
{
    loop_reactor *loop = idle->data;
    toasty__reactor_hold(&loop->reactor);
    toasty__reactor_run_deferred(&loop->reactor);
    if (!loop->reactor.deferred.length)
        uv_idle_stop(idle);
    toasty__reactor_release(&loop->reactor);
}

static loop_reactor *loop_new(uv_loop_t *uv, toasty_error *err)
{
    loop_reactor *loop = toasty__calloc(1, sizeof *loop);
    if (!loop) {
        toasty__fail_memory(err);
        return NULL;
    }
    int status = uv_async_init(uv, &loop->async, on_async);
    if (status < 0) { /* then there is no handle to close */
        toasty__free(loop);
        fail_uv(err, status);
        return NULL;
    }
    uv_idle_init(uv, &loop->idle); /* cannot fail */
    loop->async.data = loop->idle.data = loop;
    loop->open = 2;
    loop->loop = uv;
    toasty__reactor_init(&loop->reactor, &loop_kind);
    loop->next = reactors;
    reactors = loop;
    return loop;
}

toasty__reactor *toasty__reactor_of_loop(uv_loop_t *uv, toasty_error *err)
{
    loop_reactor *loop = reactors;
    while (loop && loop->loop != uv)
        loop = loop->next;
    if (!loop)
        loop = loop_new(uv, err);
    if (!loop)
        return NULL;
    toasty__reactor_hold(&loop->reactor);
    return &loop->reactor;
}

bool toasty__reactor_is_loop(const toasty__reactor *reactor)
{
    return reactor->kind == &loop_kind;
}

uv_loop_t *toasty__reactor_loop(const toasty__reactor *reactor)
{
    return toasty__reactor_is_loop(reactor) ? ((const loop_reactor *)reactor)->loop : NULL;
}

static void loop_unused(toasty__reactor *reactor)
{
    loop_reactor *loop = (loop_reactor *)reactor, **link = &reactors;
    while (*link != loop)
        link = &(*link)->next;
    *link = loop->next;
    uv_close((uv_handle_t *)&loop->async, reactor_handle_closed);
    uv_close((uv_handle_t *)&loop->idle, reactor_handle_closed);
}

static void loop_wake(toasty__reactor *reactor)
{
    uv_async_send(&((loop_reactor *)reactor)->async);
}

static void loop_deferred(toasty__reactor *reactor)
{
    uv_idle_start(&((loop_reactor *)reactor)->idle, on_idle);
}

/* --- watches --- */

static void on_poll(uv_poll_t *poll, int status, int seen);

/* Each uv_poll_start and uv_poll_stop is a system call or two. */
static void arm(loop_watch *watch, int events)
{
    if (watch->armed == events)
        return;
    watch->armed = events;
    if (events)
        uv_poll_start(&watch->poll,
                      (events & TOASTY__READABLE ? UV_READABLE : 0) |
                          (events & TOASTY__WRITABLE ? UV_WRITABLE : 0),
                      on_poll);
    else
        uv_poll_stop(&watch->poll);
}

static void on_poll(uv_poll_t *poll, int status, int seen)
{
    loop_watch *watch = poll->data;
    int asked = watch->watch.events;
    int events = (seen & UV_READABLE ? TOASTY__READABLE : 0) | (seen & UV_WRITABLE ? TOASTY__WRITABLE : 0);
    if (status < 0) {
        events = asked;
        watch->armed = 0; /* libuv has stopped it */
    }
    if (events & asked)
        watch->watch.callback(watch->watch.arg, events & asked);
    /* The struct lives until its close callback, whatever the callback did. */
    if (!uv_is_closing((uv_handle_t *)poll) && (status < 0 || !(events & asked)))
        arm(watch, watch->watch.events);
}

static toasty__watch *loop_watch_new(toasty__reactor *reactor, int descriptor, toasty_error *err)
{
    loop_watch *watch = toasty__calloc(1, sizeof *watch);
    if (!watch) {
        toasty__fail_memory(err);
        return NULL;
    }
    int status = uv_poll_init(((loop_reactor *)reactor)->loop, &watch->poll, descriptor);
    if (status < 0) {
        toasty__free(watch);
        fail_uv(err, status);
        return NULL;
    }
    watch->poll.data = watch;
    return &watch->watch;
}

/* Whoever asks and waits for an answer will wait for the next: so reading stays armed until something comes
 * that nobody waits for. The loop is kept going by the reactor, not by this. */
static void loop_watch_set(toasty__watch *base, int events)
{
    loop_watch *watch = (loop_watch *)base;
    arm(watch, events | (watch->armed & TOASTY__READABLE));
}

static void loop_watch_free(toasty__watch *base)
{
    uv_close((uv_handle_t *)&((loop_watch *)base)->poll, free_handle);
}

/* --- timers --- */

static void on_timer(uv_timer_t *handle)
{
    loop_timer *timer = handle->data;
    timer->timer.callback(timer->timer.arg);
}

static toasty__timer *loop_timer_new(toasty__reactor *reactor, toasty_error *err)
{
    loop_timer *timer = toasty__malloc(sizeof *timer);
    if (!timer) {
        toasty__fail_memory(err);
        return NULL;
    }
    uv_timer_init(((loop_reactor *)reactor)->loop, &timer->handle); /* cannot fail */
    timer->handle.data = timer;
    return &timer->timer;
}

/* The loop's own clock stands still while callbacks run, and counts whole milliseconds: the time that passed
 * since is added and the deadline rounded up, so that no timer comes early. */
static void loop_timer_start(toasty__timer *base, uint64_t milliseconds)
{
    uv_timer_t *handle = &((loop_timer *)base)->handle;
    uint64_t now = uv_now(handle->loop), deadline = (toasty__deadline_ns(milliseconds) + 999999) / 1000000;
    uv_timer_start(handle, on_timer, milliseconds && deadline > now ? deadline - now : 0, 0);
}

static void loop_timer_stop(toasty__timer *timer)
{
    uv_timer_stop(&((loop_timer *)timer)->handle);
}

static void loop_timer_free(toasty__timer *timer)
{
    uv_close((uv_handle_t *)&((loop_timer *)timer)->handle, free_handle);
}

static const toasty__reactor_kind loop_kind = {
    .wake = loop_wake,
    .deferred = loop_deferred,
    .unused = loop_unused,
    .watch_new = loop_watch_new,
    .watch_set = loop_watch_set,
    .watch_free = loop_watch_free,
    .timer_new = loop_timer_new,
    .timer_start = loop_timer_start,
    .timer_stop = loop_timer_stop,
    .timer_free = loop_timer_free,
};
