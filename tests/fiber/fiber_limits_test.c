/* Fibers at their limits: threads with loops of their own, overflowing stacks, allocations that fail. */
#define TESTS_ALONE true
#include "test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <toasty/fiber.h>
#include <toasty/memory.h>
#include <unistd.h>
#include <uv.h>

/* --- threads --- */

typedef struct worker {
    uv_loop_t loop;
    int done, elsewhere;
    pthread_t thread;
} worker;

static void work(void *arg)
{
    worker *worker = arg;
    for (int i = 0; i < 20; i++) {
        toasty_sleep((uint64_t)(i % 2));
        worker->elsewhere += !pthread_equal(worker->thread, pthread_self());
    }
    worker->done++;
}

static void spawn_and_join(void *arg)
{
    worker *worker = arg;
    toasty_fiber *child = toasty_spawn(&worker->loop, work, worker, .joinable = true);
    if (child && toasty_join(child) == 0)
        worker->done++;
}

static void *run_worker(void *arg)
{
    worker *worker = arg;
    worker->thread = pthread_self();
    uv_loop_init(&worker->loop);
    for (int i = 0; i < 50; i++)
        if (!toasty_spawn(&worker->loop, i % 2 ? work : spawn_and_join, worker))
            worker->elsewhere++;
    uv_run(&worker->loop, UV_RUN_DEFAULT);
    worker->elsewhere += uv_loop_close(&worker->loop) != 0;
    return NULL;
}

TOASTY_TEST(fiber, threads_with_loops_of_their_own_share_nothing, THREADS, TIMEOUT(30))
{
    static worker workers[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        check_int(0, pthread_create(&threads[i], NULL, run_worker, &workers[i]));
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        check_int(75, workers[i].done);
        check_int(0, workers[i].elsewhere);
    }
}

/* --- everything at once --- */

enum { ACTORS = 200, ACTS = 60 };

typedef struct stage stage;

typedef struct actor {
    stage *stage;
    toasty_fiber *fiber; /* NULL: has ended */
} actor;

struct stage {
    uv_loop_t loop;
    actor actors[ACTORS];
    uint64_t random;
    int ended, children, failures;
};

static unsigned choose(stage *stage, unsigned count)
{
    stage->random = stage->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(stage->random >> 33) % count;
}

static void be_a_child(void *arg)
{
    stage *stage = arg;
    toasty_sleep(choose(stage, 3));
    stage->children--;
}

static void have_a_child(stage *stage)
{
    toasty_fiber *child = toasty_spawn(&stage->loop, be_a_child, stage, .joinable = true);
    if (!child || toasty_join(child) < 0)
        stage->failures++;
    else
        stage->children++;
}

static void act(void *arg)
{
    actor *self = arg;
    stage *stage = self->stage;
    for (int i = 0; i < ACTS; i++) {
        toasty_fiber *other = stage->actors[choose(stage, ACTORS)].fiber;
        switch (choose(stage, 8)) {
        case 0:
            if (other && choose(stage, 20) == 0)
                toasty_cancel(other);
            break;
        case 1:
        case 2:
            have_a_child(stage);
            break;
        default:
            if (toasty_sleep(choose(stage, 3)) < 0 && toasty_last_error()->code != TOASTY_CANCELLED)
                stage->failures++;
        }
    }
    self->fiber = NULL;
    stage->ended++;
}

TOASTY_TEST(fiber, fibers_that_spawn_join_cancel_and_sleep_at_random_all_end, TIMEOUT(30))
{
    static stage stage = {.random = 42};
    check_int(0, uv_loop_init(&stage.loop));
    for (int i = 0; i < ACTORS; i++) {
        stage.actors[i].stage = &stage;
        stage.actors[i].fiber =
            toasty_spawn(&stage.loop, act, &stage.actors[i], .stack_size = i % 3 ? 0 : 32768);
        check_that(stage.actors[i].fiber != NULL);
    }
    check_int(0, uv_run(&stage.loop, UV_RUN_DEFAULT));
    check_int(0, uv_loop_close(&stage.loop));
    check_int(ACTORS, stage.ended);
    check_int(0, stage.children);
    check_int(0, stage.failures);
}

/* --- overflow --- */

static volatile int deepest = 1 << 30;

static int recurse(int depth)
{
    volatile char frame[512];
    frame[0] = (char)depth;
    return depth < deepest ? recurse(depth + 1) + frame[0] : 0;
}

static void overflow(void *arg)
{
    (void)arg;
    _exit(recurse(0) & 0);
}

TOASTY_TEST(fiber, an_overflowing_stack_hits_its_guard_page)
{
    pid_t child = fork();
    if (child == 0) {
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        if (!freopen("/dev/null", "w", stderr))
            _exit(0);
        uv_loop_t loop;
        uv_loop_init(&loop);
        toasty_ignore(toasty_spawn(&loop, overflow, NULL));
        uv_run(&loop, UV_RUN_DEFAULT);
        _exit(0);
    }
    int status = 0;
    check_int(child, waitpid(child, &status, 0));
    check_that(!WIFEXITED(status) || WEXITSTATUS(status) != 0); /* a signal, or a sanitizer's report */
}

/* --- no memory --- */

static int until_failure; /* allocations that still work; negative: all */
static int live;

static bool refuse(void)
{
    return until_failure >= 0 && until_failure-- == 0;
}

static void *faulty_allocate(size_t size)
{
    void *memory = refuse() ? NULL : malloc(size);
    live += memory != NULL;
    return memory;
}

static void *faulty_reallocate(void *memory, size_t size)
{
    return refuse() ? NULL : realloc(memory, size);
}

static void counted_release(void *memory)
{
    live--;
    free(memory);
}

static int slept;

static void sleep_once(void *arg)
{
    (void)arg;
    int result = toasty_sleep(1);
    slept += result == 0;
    if (result < 0 && toasty_last_error()->code != TOASTY_OUT_OF_MEMORY)
        slept = -1000;
}

TOASTY_TEST(fiber, a_failed_allocation_leaks_nothing)
{
    const toasty_allocator faulty = {faulty_allocate, faulty_reallocate, counted_release};
    until_failure = -1;
    check_done(toasty_set_allocator(&faulty));
    int n = 0;
    for (bool failed = true; failed; n++) {
        uv_loop_t loop;
        check_int(0, uv_loop_init(&loop));
        until_failure = n;
        slept = 0;
        toasty_fiber *fiber = toasty_spawn(&loop, sleep_once, NULL);
        if (!fiber)
            check_last_error(TOASTY_OUT_OF_MEMORY);
        check_int(0, uv_run(&loop, UV_RUN_DEFAULT));
        check_int(0, uv_loop_close(&loop));
        check_int(0, live);
        failed = !slept;
        check_that(slept >= 0);
    }
    check_that(n >= 4); /* the reactor, the scheduler, the timer; and the time when nothing failed */
}

TOASTY_TEST(fiber, a_stack_that_cannot_be_mapped_is_out_of_memory)
{
    if (test_is_slow()) /* sanitizers need more room than the limit leaves */
        return;
    uv_loop_t loop;
    check_int(0, uv_loop_init(&loop));
    struct rlimit before, small = {.rlim_cur = 256 << 20, .rlim_max = RLIM_INFINITY};
    check_int(0, getrlimit(RLIMIT_AS, &before));
    small.rlim_max = before.rlim_max;
    check_int(0, setrlimit(RLIMIT_AS, &small));
    check_null(toasty_spawn(&loop, sleep_once, NULL, .stack_size = 512 << 20));
    check_last_error(TOASTY_OUT_OF_MEMORY);
    check_int(0, setrlimit(RLIMIT_AS, &before));
    check_int(0, uv_run(&loop, UV_RUN_DEFAULT));
    check_int(0, uv_loop_close(&loop));
}
