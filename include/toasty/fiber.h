/* Fibers: functions that wait without blocking their thread, on any uv_loop_t.
 *
 *     #include <uv.h>
 *
 *     static void visit(void *arg) { toasty_db *db = arg; … }
 *
 *     toasty_spawn(loop, visit, db);
 *     uv_run(loop, UV_RUN_DEFAULT);
 *
 * In a fiber every call of the library that has to wait suspends the fiber, and the loop goes on with the
 * others. A fiber belongs to its loop and to the thread that runs the loop; it never changes thread.
 * Everything here but toasty_fiber_self(), toasty_sleep() and toasty_report_overflows() is called on that
 * thread. Each fiber has an error of its own (toasty_last_error). */
#ifndef TOASTY_FIBER_H
#define TOASTY_FIBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <toasty/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* libuv's uv_loop_t. */
struct uv_loop_s;

typedef struct toasty_fiber toasty_fiber;
typedef void (*toasty_fiber_function)(void *arg);

typedef struct toasty_spawn_options {
    size_t stack_size; /* bytes, rounded up to whole pages; 0: 64 KiB. From 16 KiB to 1 GiB. Who needs
                          more ends the program: toasty_report_overflows */
    bool joinable;     /* the fiber is kept until toasty_join, which has to come */
    char end_;         /* the library's own */
} toasty_spawn_options;

/* toasty_spawn(loop, function, arg) or toasty_spawn(loop, function, arg, .joinable = true, …)
 *
 * Starts a fiber that runs function(arg) and ends with it. It begins at the next turn of the loop, not in
 * this call, and keeps uv_run going until it ends. To be called on the loop's thread: in a fiber, in a
 * callback, or before the loop runs. Does not suspend. Returns the fiber, which is valid until it ends or,
 * when joinable, until it is joined. NULL on failure: TOASTY_OUT_OF_MEMORY (no memory for a stack, too),
 * TOASTY_INVALID_ARGUMENT, TOASTY_CONNECTION_FAILED (the loop has no descriptor left). */
#define toasty_spawn(loop, function, ...) TOASTY__SPAWN(loop, function, __VA_ARGS__, )
#define TOASTY__SPAWN(loop, function, arg, ...)                                                              \
    toasty_spawn_((loop), (function), (arg), &(const toasty_spawn_options){__VA_ARGS__.end_ = 0})
TOASTY_API toasty_fiber *toasty_spawn_(struct uv_loop_s *loop, toasty_fiber_function function, void *arg,
                                       const toasty_spawn_options *options) TOASTY_CHECKED;

/* Waits until a joinable fiber has ended, and frees it. In a fiber of the same loop it suspends; outside of
 * any fiber it runs the loop meanwhile, so it is not for the loop's own callbacks. A fiber is joined once.
 * Cancelling a fiber that joins does not end the wait, since the other may use what belongs to it: the cancel
 * is passed on to the fiber that it waits for. Returns 0, or -1 and the fiber is as it was:
 * TOASTY_INVALID_ARGUMENT (not joinable, itself, joined already, of another loop), TOASTY_WOULD_DEADLOCK (the
 * loop has nothing left that could end the fiber). */
TOASTY_API int toasty_join(toasty_fiber *fiber) TOASTY_CHECKED;

/* Cancels a fiber: the call in which it waits, and each later one, fails with TOASTY_CANCELLED. Its function
 * goes on and decides itself how to end; a fiber that was not started yet starts. NULL is fine. Does not
 * suspend, and touches no error. */
TOASTY_API void toasty_cancel(toasty_fiber *fiber);

/* Waits for at least that many milliseconds; 0 lets other fibers run first. In a fiber it suspends, elsewhere
 * the thread sleeps. Returns 0, or -1: TOASTY_CANCELLED, TOASTY_OUT_OF_MEMORY. */
TOASTY_API int toasty_sleep(uint64_t milliseconds);

/* Makes overflows of fibers' stacks name the fiber. Below each stack lie 64 KiB that nobody may touch, so
 * that an overflow ends the program with SIGSEGV; from this call on, a line on standard error says before
 * that which fiber it was. (A single frame of more than 64 KiB reaches beyond unless it is compiled with
 * -fstack-clash-protection, which CMake adds to who links toasty::toasty, where the compiler knows it, and
 * pkg-config does not.)
 *
 * It handles SIGSEGV and SIGBUS, on an alternate stack where the thread does not have one, and hands every
 * such signal on to the handler that was there before, or to the default. So call it after your own handlers
 * are installed, and before the first fiber is spawned. Calling it again does nothing. Does not suspend.
 * Returns 0, or -1: TOASTY_OUT_OF_MEMORY. */
TOASTY_API int toasty_report_overflows(void) TOASTY_CHECKED;

/* The fiber that calls, NULL outside of fibers. Touches no error. */
TOASTY_API toasty_fiber *toasty_fiber_self(void);

#ifdef __cplusplus
}
#endif
#endif
