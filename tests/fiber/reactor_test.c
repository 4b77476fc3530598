/* Reactors: every test that does not say otherwise runs on the loop reactor and on the plain one. */
#include "fiber/reactor.h"
#include "test.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

/* A reactor, held once, of one kind or the other. */
typedef struct world {
    toasty__reactor *reactor;
    uv_loop_t loop;
    toasty_error err;
} world;

/* UV_RUN_ONCE would not do: when it ran a timer it may still block in the same turn. */
static void turn(world *world)
{
    if (toasty__reactor_is_loop(world->reactor))
        uv_run(&world->loop, UV_RUN_NOWAIT);
    else
        check_int(0, toasty__reactor_turn(world->reactor));
}

static void in_loop(void (*test)(world *))
{
    world world;
    check_int(0, uv_loop_init(&world.loop));
    world.reactor = toasty__reactor_of_loop(&world.loop, &world.err);
    check_that(toasty__reactor_is_loop(world.reactor) && toasty__reactor_is_here(world.reactor));
    check_that(toasty__reactor_loop(world.reactor) == &world.loop);
    test(&world);
    toasty__reactor_release(world.reactor);
    check_int(0, uv_run(&world.loop, UV_RUN_DEFAULT));
    check_int(0, uv_loop_close(&world.loop));
}

static void on_thread(void (*test)(world *))
{
    world world;
    world.reactor = toasty__reactor_of_thread(&world.err);
    check_that(!toasty__reactor_is_loop(world.reactor) && toasty__reactor_is_here(world.reactor));
    check_null(toasty__reactor_loop(world.reactor));
    test(&world);
    check_int(-1, toasty__reactor_turn(world.reactor)); /* the test left nothing behind */
    toasty__reactor_release(world.reactor);
}

/* What callbacks write down, in order. */
static char notes[64];

static void note(char c)
{
    size_t length = strlen(notes);
    if (length + 1 < sizeof notes)
        notes[length] = c;
}

static void note_arg(void *arg)
{
    note(*(const char *)arg);
}

/* --- timers --- */

/* On a machine that stops in between, a later start could come too late for the order: then all over again.
 */
static void start_at_once(toasty__timer *const *timers, const uint64_t *delays, int count, uint64_t least_gap)
{
    uint64_t begin;
    do {
        begin = toasty__now_ms();
        for (int i = 0; i < count; i++)
            toasty__timer_start(timers[i], delays[i]);
    } while (toasty__now_ms() - begin >= least_gap);
}

static void timers_in_order(world *world)
{
    static const uint64_t delays[] = {20, 5, 5, 0, 12};
    toasty__timer *timers[5];
    memset(notes, 0, sizeof notes);
    for (int i = 0; i < 5; i++)
        timers[i] = toasty__timer_new(world->reactor, note_arg, &"abcde"[i], &world -> err);
    uint64_t start = toasty__now_ms();
    start_at_once(timers, delays, 5, 5);
    check_text("", notes); /* none inside of the call that started it */
    while (!strchr(notes, 'a'))
        turn(world);
    check_text("dbcea", notes);
    check_that(toasty__now_ms() - start >= 19);
    for (int i = 0; i < 5; i++)
        toasty__timer_free(timers[i]);
}

TOASTY_TEST(reactor, timers_fire_by_deadline_and_then_by_start)
{
    in_loop(timers_in_order);
    on_thread(timers_in_order);
}

static void timers_after_work(world *world)
{
    toasty__timer *timer = toasty__timer_new(world->reactor, note_arg, "x", &world->err);
    memset(notes, 0, sizeof notes);
    uint64_t begin = toasty__now_ms(); /* the loop's own clock stands still meanwhile */
    while (toasty__now_ms() < begin + 15)
        ;
    uint64_t start = toasty__now_ms();
    toasty__timer_start(timer, 10);
    while (!notes[0])
        turn(world);
    check_that(toasty__now_ms() - start >= 10);
    toasty__timer_free(timer);
}

TOASTY_TEST(reactor, a_timer_counts_from_its_start_not_from_the_last_turn)
{
    in_loop(timers_after_work);
    on_thread(timers_after_work);
}

static void stopped_timers(world *world)
{
    toasty__timer *stopped = toasty__timer_new(world->reactor, note_arg, "s", &world->err);
    toasty__timer *moved = toasty__timer_new(world->reactor, note_arg, "m", &world->err);
    toasty__timer *last = toasty__timer_new(world->reactor, note_arg, "l", &world->err);
    memset(notes, 0, sizeof notes);
    toasty__timer_start(stopped, 1);
    toasty__timer_start(moved, 1);
    toasty__timer_start(last, 5);
    toasty__timer_stop(stopped);
    toasty__timer_stop(stopped);
    toasty__timer_start(moved, 10);
    while (!strchr(notes, 'm'))
        turn(world);
    check_text("lm", notes);
    toasty__timer_start(last, 100000); /* freed while it runs */
    toasty__timer_free(stopped);
    toasty__timer_free(moved);
    toasty__timer_free(last);
    toasty__timer_free(NULL);
}

TOASTY_TEST(reactor, a_timer_can_be_stopped_and_started_anew)
{
    in_loop(stopped_timers);
    on_thread(stopped_timers);
}

static void free_timer(void *arg)
{
    toasty__timer **other = arg;
    toasty__timer_free(*other);
    *other = NULL;
    note('f');
}

static void timer_freed_by_timer(world *world)
{
    toasty__timer *victim = NULL;
    toasty__timer *killer = toasty__timer_new(world->reactor, free_timer, &victim, &world->err);
    victim = toasty__timer_new(world->reactor, note_arg, "v", &world->err);
    toasty__timer *last = toasty__timer_new(world->reactor, note_arg, "l", &world->err);
    memset(notes, 0, sizeof notes);
    toasty__timer_start(killer, 1);
    toasty__timer_start(victim, 1);
    toasty__timer_start(last, 2);
    while (!strchr(notes, 'l'))
        turn(world);
    check_text("fl", notes);
    toasty__timer_free(killer);
    toasty__timer_free(last);
}

TOASTY_TEST(reactor, a_timer_that_was_freed_by_another_does_not_fire)
{
    in_loop(timer_freed_by_timer);
    on_thread(timer_freed_by_timer);
}

static void many_timers(world *world)
{
    enum { COUNT = 300 };
    toasty__timer *timers[COUNT];
    memset(notes, 0, sizeof notes);
    for (int i = 0; i < COUNT; i++) {
        timers[i] = toasty__timer_new(world->reactor, note_arg, i % 10 ? "x" : "y", &world->err);
        toasty__timer_start(timers[i], (uint64_t)(i * 7919 % 20));
    }
    for (int i = 0; i < COUNT; i++)
        if (i % 10)
            toasty__timer_stop(timers[i]);
    while (strlen(notes) < COUNT / 10)
        turn(world);
    check_null(strchr(notes, 'x'));
    for (int i = 0; i < COUNT; i++)
        toasty__timer_free(timers[i]);
}

TOASTY_TEST(reactor, timers_are_stopped_from_the_middle_of_many)
{
    in_loop(many_timers);
    on_thread(many_timers);
}

/* --- descriptors --- */

typedef struct pipe_end {
    int read, write;
    toasty__watch *watch;
    toasty__watch *victim; /* freed by the callback */
    int calls, events;
    bool drain;
} pipe_end;

static void on_pipe(void *arg, int events)
{
    pipe_end *pipe = arg;
    char bytes[16];
    pipe->calls++;
    pipe->events = events;
    if (pipe->drain)
        check_that(read(pipe->read, bytes, sizeof bytes) > 0);
    toasty__watch_free(pipe->victim);
    pipe->victim = NULL;
}

static pipe_end pipe_open(void)
{
    int ends[2];
    check_int(0, pipe2(ends, O_NONBLOCK | O_CLOEXEC));
    return (pipe_end){.read = ends[0], .write = ends[1]};
}

static void pipe_close(pipe_end *pipe)
{
    close(pipe->read);
    close(pipe->write);
}

/* Turns until a timer of some milliseconds has fired. */
static void turn_for(world *world, uint64_t milliseconds)
{
    toasty__timer *timer = toasty__timer_new(world->reactor, note_arg, "t", &world->err);
    memset(notes, 0, sizeof notes);
    toasty__timer_start(timer, milliseconds);
    while (!notes[0])
        turn(world);
    toasty__timer_free(timer);
}

static void watch_a_pipe(world *world)
{
    pipe_end pipe = pipe_open();
    pipe.watch = toasty__watch_new(world->reactor, pipe.read, on_pipe, &pipe, &world->err);
    check_that(pipe.watch != NULL);
    check_int(1, write(pipe.write, "x", 1));
    turn_for(world, 2);
    check_int(0, pipe.calls); /* nothing is asked for at first */

    toasty__watch_set(pipe.watch, TOASTY__READABLE);
    check_int(0, pipe.calls);
    turn(world);
    turn(world);
    check_that(pipe.calls >= 2); /* as long as there is something to read */
    check_int(TOASTY__READABLE, pipe.events);

    pipe.drain = true;
    turn(world);
    int calls = pipe.calls;
    turn_for(world, 2);
    check_int(calls, pipe.calls);

    toasty__watch_set(pipe.watch, 0);
    check_int(1, write(pipe.write, "y", 1));
    turn_for(world, 2);
    check_int(calls, pipe.calls);
    toasty__watch_set(pipe.watch, TOASTY__READABLE);
    turn(world);
    check_int(calls + 1, pipe.calls);
    toasty__watch_free(pipe.watch);
    toasty__watch_free(NULL);
    pipe_close(&pipe);
}

TOASTY_TEST(reactor, a_watch_reports_what_is_asked_for)
{
    in_loop(watch_a_pipe);
    on_thread(watch_a_pipe);
}

static void watch_to_write(world *world)
{
    pipe_end pipe = pipe_open();
    pipe.watch = toasty__watch_new(world->reactor, pipe.write, on_pipe, &pipe, &world->err);
    toasty__watch_set(pipe.watch, TOASTY__WRITABLE);
    turn(world);
    check_int(TOASTY__WRITABLE, pipe.events);
    toasty__watch_set(pipe.watch, TOASTY__READABLE);
    pipe.calls = 0;
    turn_for(world, 2);
    check_int(0, pipe.calls);
    toasty__watch_free(pipe.watch);
    pipe_close(&pipe);
}

TOASTY_TEST(reactor, a_watch_changes_from_writing_to_reading)
{
    in_loop(watch_to_write);
    on_thread(watch_to_write);
}

static void hang_up(world *world)
{
    pipe_end pipe = pipe_open();
    pipe.watch = toasty__watch_new(world->reactor, pipe.read, on_pipe, &pipe, &world->err);
    toasty__watch_set(pipe.watch, TOASTY__READABLE);
    close(pipe.write);
    while (!pipe.calls)
        turn(world);
    check_that(pipe.events & TOASTY__READABLE);
    toasty__watch_free(pipe.watch);
    close(pipe.read);

    pipe = pipe_open(); /* the other way round it is an error */
    pipe.watch = toasty__watch_new(world->reactor, pipe.write, on_pipe, &pipe, &world->err);
    close(pipe.read);
    turn_for(world, 2);
    check_int(0, pipe.calls); /* and not reported to one who asks for nothing */
    toasty__watch_set(pipe.watch, TOASTY__WRITABLE);
    while (pipe.calls < 2)
        turn(world);
    check_int(TOASTY__WRITABLE, pipe.events);
    toasty__watch_free(pipe.watch);
    close(pipe.write);
}

TOASTY_TEST(reactor, a_hang_up_is_reported_as_what_is_asked_for)
{
    in_loop(hang_up);
    on_thread(hang_up);
}

static void watches_freed_by_callbacks(world *world)
{
    pipe_end pipes[3];
    for (int i = 0; i < 3; i++) {
        pipes[i] = pipe_open();
        check_int(1, write(pipes[i].write, "x", 1));
    }
    for (int i = 0; i < 3; i++) {
        pipes[i].watch = toasty__watch_new(world->reactor, pipes[i].read, on_pipe, &pipes[i], &world->err);
        toasty__watch_set(pipes[i].watch, TOASTY__READABLE);
    }
    pipes[0].victim = pipes[1].watch; /* another, due in the same round */
    pipes[2].victim = pipes[2].watch; /* itself */
    turn(world);
    while (!pipes[0].calls || !pipes[2].calls)
        turn(world);
    int calls = pipes[1].calls;
    check_that(calls <= 1);
    turn_for(world, 2);
    check_int(calls, pipes[1].calls);
    check_int(1, pipes[2].calls);

    /* What comes after may watch the same descriptors. */
    pipe_end again = {.read = pipes[1].read, .drain = true};
    again.watch = toasty__watch_new(world->reactor, again.read, on_pipe, &again, &world->err);
    check_that(again.watch != NULL);
    toasty__watch_set(again.watch, TOASTY__READABLE);
    while (!again.calls)
        turn(world);
    toasty__watch_free(again.watch);
    toasty__watch_free(pipes[0].watch);
    for (int i = 0; i < 3; i++)
        pipe_close(&pipes[i]);
}

TOASTY_TEST(reactor, a_callback_may_free_any_watch)
{
    in_loop(watches_freed_by_callbacks);
    on_thread(watches_freed_by_callbacks);
}

/* --- tasks --- */

typedef struct noting_task {
    toasty__task task;
    toasty__reactor *reactor;
    char what;
    int again; /* times that it defers itself */
} noting_task;

static void run_noting(toasty__task *task)
{
    noting_task *noting = (noting_task *)task;
    note(noting->what);
    if (noting->again-- > 0)
        toasty__reactor_defer(noting->reactor, task);
}

static void deferred_tasks(world *world)
{
    noting_task a = {{.run = run_noting}, world->reactor, 'a', 1},
                b = {{.run = run_noting}, world->reactor, 'b', 0};
    memset(notes, 0, sizeof notes);
    toasty__reactor_defer(world->reactor, &a.task);
    toasty__reactor_defer(world->reactor, &b.task);
    toasty__reactor_defer(world->reactor, &a.task); /* already queued */
    check_text("", notes);
    while (strlen(notes) < 3)
        turn(world);
    check_text("aba", notes);
}

TOASTY_TEST(reactor, deferred_tasks_run_once_and_in_order)
{
    in_loop(deferred_tasks);
    on_thread(deferred_tasks);
}

static void restless_task(world *world)
{
    pipe_end pipe = pipe_open();
    pipe.watch = toasty__watch_new(world->reactor, pipe.read, on_pipe, &pipe, &world->err);
    toasty__watch_set(pipe.watch, TOASTY__READABLE);
    check_int(1, write(pipe.write, "x", 1));
    noting_task restless = {{.run = run_noting}, world->reactor, 'r', 1000000};
    toasty__reactor_defer(world->reactor, &restless.task);
    while (!pipe.calls)
        turn(world);
    check_that(restless.again > 0);
    restless.again = 0;
    turn(world);
    turn(world);
    toasty__watch_free(pipe.watch);
    pipe_close(&pipe);
}

TOASTY_TEST(reactor, a_task_that_always_defers_itself_does_not_starve_a_descriptor)
{
    in_loop(restless_task);
    on_thread(restless_task);
}

static void *defer_and_end(void *arg)
{
    noting_task *noting = arg;
    toasty_error err;
    noting->reactor = toasty__reactor_of_thread(&err);
    check_that(noting->reactor != NULL);
    toasty__reactor_defer(noting->reactor, &noting->task);
    toasty__reactor_release(noting->reactor);
    return NULL;
}

TOASTY_TEST(reactor, what_a_thread_has_deferred_runs_when_the_thread_ends, THREADS)
{
    noting_task left = {.task = {.run = run_noting}, .what = 'l', .again = 1};
    pthread_t thread;
    memset(notes, 0, sizeof notes);
    check_int(0, pthread_create(&thread, NULL, defer_and_end, &left));
    pthread_join(thread, NULL);
    check_text("ll", notes);
}

enum { POSTERS = 4, POSTS = 500 };

typedef struct poster {
    toasty__task tasks[POSTS];
    toasty__reactor *reactor;
} poster;

static int posts_ran, posts_elsewhere;
static toasty__reactor *posted_to;

static void run_posted(toasty__task *task)
{
    (void)task;
    posts_ran++;
    posts_elsewhere += !toasty__reactor_is_here(posted_to);
}

static void *post_all(void *arg)
{
    poster *poster = arg;
    for (int i = 0; i < POSTS; i++) {
        poster->tasks[i].run = run_posted;
        toasty__reactor_post(poster->reactor, &poster->tasks[i]);
    }
    return NULL;
}

static void posts_from_threads(world *world)
{
    static poster posters[POSTERS];
    memset(posters, 0, sizeof posters);
    pthread_t threads[POSTERS];
    posts_ran = posts_elsewhere = 0;
    posted_to = world->reactor;
    toasty__reactor_hold(world->reactor);
    for (int i = 0; i < POSTERS; i++) {
        posters[i].reactor = world->reactor;
        check_int(0, pthread_create(&threads[i], NULL, post_all, &posters[i]));
    }
    while (posts_ran < POSTERS * POSTS)
        turn(world);
    toasty__reactor_release(world->reactor);
    for (int i = 0; i < POSTERS; i++)
        pthread_join(threads[i], NULL);
    check_int(0, posts_elsewhere);
}

TOASTY_TEST(reactor, tasks_posted_by_threads_all_run_on_the_reactors_thread, THREADS, TIMEOUT(30))
{
    in_loop(posts_from_threads);
    on_thread(posts_from_threads);
}

typedef struct releasing_task {
    toasty__task task;
    toasty__reactor *reactor;
    bool ran;
} releasing_task;

static void run_releasing(toasty__task *task)
{
    releasing_task *releasing = (releasing_task *)task;
    releasing->ran = true;
    toasty__reactor_release(releasing->reactor);
}

static void *post_one(void *arg)
{
    releasing_task *releasing = arg;
    toasty__reactor_post(releasing->reactor, &releasing->task);
    return NULL;
}

TOASTY_TEST(reactor, a_posted_task_may_release_the_reactor_at_once, THREADS)
{
    for (int round = 0; round < 100; round++) {
        uv_loop_t loop;
        toasty_error err;
        check_int(0, uv_loop_init(&loop));
        releasing_task releasing = {{.run = run_releasing}, toasty__reactor_of_loop(&loop, &err), false};
        pthread_t thread;
        check_int(0, pthread_create(&thread, NULL, post_one, &releasing));
        check_int(0, uv_run(&loop, UV_RUN_DEFAULT)); /* goes on while the reactor is held */
        check_that(releasing.ran);
        pthread_join(thread, NULL);
        check_int(0, uv_loop_close(&loop));
    }
}

/* --- one kind only --- */

TOASTY_TEST(reactor, a_loop_has_one_reactor_while_it_is_held)
{
    uv_loop_t loops[2];
    toasty_error err;
    check_int(0, uv_loop_init(&loops[0]));
    check_int(0, uv_loop_init(&loops[1]));
    toasty__reactor *first = toasty__reactor_of_loop(&loops[0], &err);
    toasty__reactor *other = toasty__reactor_of_loop(&loops[1], &err);
    check_that(first != other && toasty__reactor_of_loop(&loops[0], &err) == first);
    toasty__reactor_release(first);
    check_that(uv_run(&loops[0], UV_RUN_NOWAIT) != 0);
    toasty__reactor_release(first);
    toasty__reactor_release(other);
    for (int i = 0; i < 2; i++) {
        check_int(0, uv_run(&loops[i], UV_RUN_DEFAULT));
        check_int(0, uv_loop_close(&loops[i]));
    }
}

TOASTY_TEST(reactor, a_reactor_that_is_released_is_made_again)
{
    uv_loop_t loop;
    toasty_error err;
    check_int(0, uv_loop_init(&loop));
    for (int i = 0; i < 3; i++) /* while the handles of the one before are still closing, too */
        toasty__reactor_release(toasty__reactor_of_loop(&loop, &err));
    check_int(0, uv_run(&loop, UV_RUN_DEFAULT));
    check_int(0, uv_loop_close(&loop));
}

TOASTY_TEST(reactor, watches_and_timers_hold_their_reactor)
{
    uv_loop_t loop;
    toasty_error err;
    check_int(0, uv_loop_init(&loop));
    toasty__reactor *reactor = toasty__reactor_of_loop(&loop, &err);
    toasty__timer *timer = toasty__timer_new(reactor, note_arg, "t", &err);
    toasty__reactor_release(reactor);
    check_that(toasty__reactor_of_loop(&loop, &err) == reactor);
    toasty__reactor_release(reactor);
    toasty__timer_free(timer);
    check_int(0, uv_run(&loop, UV_RUN_DEFAULT));
    check_int(0, uv_loop_close(&loop));
}

TOASTY_TEST(reactor, a_thread_keeps_its_plain_reactor)
{
    toasty_error err;
    toasty__reactor *reactor = toasty__reactor_of_thread(&err);
    toasty__reactor_release(reactor);
    check_that(toasty__reactor_of_thread(&err) == reactor);
    toasty__reactor_release(reactor);
}

TOASTY_TEST(reactor, a_plain_reactor_with_nothing_to_wait_for_says_so)
{
    toasty_error err;
    toasty__reactor *reactor = toasty__reactor_of_thread(&err);
    check_int(-1, toasty__reactor_turn(reactor));
    pipe_end pipe = pipe_open();
    toasty__watch *watch = toasty__watch_new(reactor, pipe.read, on_pipe, &pipe, &err);
    toasty__timer *timer = toasty__timer_new(reactor, note_arg, "t", &err);
    check_int(-1, toasty__reactor_turn(reactor)); /* neither waits for anything */
    toasty__timer_start(timer, 1);
    check_int(0, toasty__reactor_turn(reactor));
    check_int(-1, toasty__reactor_turn(reactor));
    toasty__task task = {.run = run_posted};
    posted_to = reactor;
    toasty__reactor_post(reactor, &task);
    check_int(0, toasty__reactor_turn(reactor));
    check_int(-1, toasty__reactor_turn(reactor));
    toasty__timer_free(timer);
    toasty__watch_free(watch);
    pipe_close(&pipe);
    toasty__reactor_release(reactor);
}

static void turn_inside(void *arg, int events)
{
    toasty__reactor *reactor = arg;
    (void)events;
    toasty_error err;
    pipe_end inner = pipe_open();
    inner.drain = true;
    inner.watch = toasty__watch_new(reactor, inner.read, on_pipe, &inner, &err);
    toasty__watch_set(inner.watch, TOASTY__READABLE);
    check_int(1, write(inner.write, "x", 1));
    note('i');
    if (strlen(notes) < 3) /* the outer watch is still readable, so this goes deeper */
        while (!inner.calls)
            check_int(0, toasty__reactor_turn(reactor));
    toasty__watch_free(inner.watch);
    pipe_close(&inner);
}

TOASTY_TEST(reactor, a_callback_may_turn_the_plain_reactor)
{
    toasty_error err;
    memset(notes, 0, sizeof notes);
    toasty__reactor *reactor = toasty__reactor_of_thread(&err);
    pipe_end pipe = pipe_open();
    toasty__watch *outer = toasty__watch_new(reactor, pipe.read, turn_inside, reactor, &err);
    toasty__watch_set(outer, TOASTY__READABLE);
    check_int(1, write(pipe.write, "x", 1));
    check_int(0, toasty__reactor_turn(reactor));
    check_that(strlen(notes) >= 3);
    toasty__watch_free(outer);
    check_int(-1, toasty__reactor_turn(reactor));
    pipe_close(&pipe);
    toasty__reactor_release(reactor);
}
