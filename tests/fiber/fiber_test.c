/* Fibers: their life, waiting, cancelling, and what belongs to each of them alone. */
#define TESTS_ALONE true
#include "base/context.h"
#include "base/error.h"
#include "test.h"

#include <fenv.h>
#include <string.h>
#include <toasty/fiber.h>
#include <unistd.h>
#include <uv.h>

/* The loop of a test: closing it succeeds only when the library has left nothing behind. */
static uv_loop_t *open_loop(void)
{
    static uv_loop_t loop;
    check_int(0, uv_loop_init(&loop));
    return &loop;
}

static void finish_loop(uv_loop_t *loop)
{
    check_int(0, uv_run(loop, UV_RUN_DEFAULT));
    check_int(0, uv_loop_close(loop));
}

static uint64_t now_ms(void)
{
    return uv_hrtime() / 1000000;
}

/* What fibers write down, in order. */
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

/* --- spawn --- */

TOASTY_TEST(fiber, fibers_begin_at_the_next_turn_in_the_order_of_their_spawning)
{
    uv_loop_t *loop = open_loop();
    check_some(toasty_spawn(loop, note_arg, "a"));
    check_some(toasty_spawn(loop, note_arg, "b", .stack_size = 262144));
    check_some(toasty_spawn(loop, note_arg, "c", .stack_size = 16384, .joinable = false));
    check_text("", notes);
    finish_loop(loop);
    check_text("abc", notes);
}

TOASTY_TEST(fiber, a_spawn_that_makes_no_sense_fails)
{
    uv_loop_t *loop = open_loop();
    check_null(toasty_spawn(NULL, note_arg, "a"));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(toasty_spawn(loop, NULL, "a"));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(toasty_spawn(loop, note_arg, "a", .stack_size = 1000));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(toasty_spawn(loop, note_arg, "a", .stack_size = SIZE_MAX));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    finish_loop(loop);
    check_text("", notes);
}

static void spawn_another(void *arg)
{
    note('s');
    if (!toasty_spawn(arg, note_arg, "n"))
        note('!');
    note('e');
}

static void spawn_in_callback(uv_timer_t *timer)
{
    uv_close((uv_handle_t *)timer, NULL);
    if (!toasty_spawn(timer->loop, spawn_another, timer->loop))
        note('!');
}

TOASTY_TEST(fiber, a_fiber_and_a_callback_may_spawn)
{
    uv_loop_t *loop = open_loop();
    uv_timer_t timer;
    uv_timer_init(loop, &timer);
    uv_timer_start(&timer, spawn_in_callback, 0, 0);
    finish_loop(loop);
    check_text("sen", notes);
}

static int count;

static void sleep_a_little(void *arg)
{
    (void)arg;
    if (toasty_sleep(1) == 0 && toasty_sleep(0) == 0 && toasty_sleep(2) == 0)
        count++;
}

TOASTY_TEST(fiber, ten_thousand_fibers_sleep, TIMEOUT(60))
{
    uv_loop_t *loop = open_loop();
    int many = test_is_slow() ? 1000 : 10000; /* ThreadSanitizer knows 8000 threads */
    for (int i = 0; i < many; i++)
        if (!toasty_spawn(loop, sleep_a_little, NULL))
            ck_abort_msg("spawn %d: %s", i, toasty_last_error()->message);
    finish_loop(loop);
    check_int(many, count);
}

static void spawn_the_next(void *arg)
{
    if (++count < 1000 && !toasty_spawn(arg, spawn_the_next, arg))
        note('!');
}

TOASTY_TEST(fiber, stacks_are_used_again)
{
    uv_loop_t *loop = open_loop();
    check_some(toasty_spawn(loop, spawn_the_next, loop));
    finish_loop(loop);
    check_int(1000, count);
    check_text("", notes);
    loop = open_loop(); /* after the loop's last fiber has gone, too */
    check_some(toasty_spawn(loop, note_arg, "z"));
    finish_loop(loop);
    check_text("z", notes);
}

/* --- what belongs to a fiber --- */

static toasty_fiber *selves[2];

static void note_self(void *arg)
{
    *(toasty_fiber **)arg = toasty_fiber_self();
    toasty_sleep(1);
    if (*(toasty_fiber **)arg != toasty_fiber_self())
        note('!');
}

TOASTY_TEST(fiber, a_fiber_knows_itself)
{
    uv_loop_t *loop = open_loop();
    check_null(toasty_fiber_self());
    toasty_fiber *one = toasty_spawn(loop, note_self, &selves[0]);
    toasty_fiber *two = toasty_spawn(loop, note_self, &selves[1]);
    finish_loop(loop);
    check_that(selves[0] == one && selves[1] == two);
    check_text("", notes);
    check_null(toasty_fiber_self());
}

static void keep_an_error(void *arg)
{
    toasty_code code = (toasty_code)(intptr_t)arg;
    if (toasty_failed())
        note('!'); /* a fiber begins without one */
    for (int i = 0; i < 10; i++) {
        toasty__fail(&toasty__context_current()->error, code, "mine");
        toasty__context_current()->wake(toasty__context_current());
        toasty__context_current()->park(toasty__context_current());
        if (toasty_last_error()->code != code)
            note('!');
        toasty_sleep(0);
        if (toasty_failed())
            note('!');
    }
    note('.');
}

TOASTY_TEST(fiber, each_fiber_has_an_error_of_its_own)
{
    uv_loop_t *loop = open_loop();
    toasty__fail(&toasty__context_current()->error, TOASTY_CLOSED, "the thread's");
    check_some(toasty_spawn(loop, keep_an_error, (void *)(intptr_t)TOASTY_TIMEOUT));
    check_some(toasty_spawn(loop, keep_an_error, (void *)(intptr_t)TOASTY_NOT_FOUND));
    toasty__fail(&toasty__context_current()->error, TOASTY_CLOSED, "the thread's");
    finish_loop(loop);
    check_text("..", notes);
    check_last_error(TOASTY_CLOSED);
}

static void round_upwards(void *arg)
{
    int mode = (int)(intptr_t)arg;
    fesetround(mode);
    for (int i = 0; i < 5; i++) {
        toasty_sleep(0);
        if (fegetround() != mode)
            note('!');
    }
}

TOASTY_TEST(fiber, the_rounding_mode_belongs_to_a_fiber)
{
    uv_loop_t *loop = open_loop();
    check_some(toasty_spawn(loop, round_upwards, (void *)(intptr_t)FE_UPWARD));
    check_some(toasty_spawn(loop, round_upwards, (void *)(intptr_t)FE_TOWARDZERO));
    finish_loop(loop);
    check_text("", notes);
    check_int(FE_TONEAREST, fegetround());
}

static void use_aligned_stack(void *arg)
{
    _Alignas(16) char local[32];
    memset(local, 1, sizeof local);
    snprintf(arg, 16, "%.3f %d", 1.5 + local[3], (int)((uintptr_t)local % 16));
}

TOASTY_TEST(fiber, a_stack_is_aligned_as_a_call_expects)
{
    uv_loop_t *loop = open_loop();
    char text[16] = "";
    check_some(toasty_spawn(loop, use_aligned_stack, text));
    finish_loop(loop);
    check_text("2.500 0", text);
}

static int depth(int left)
{
    volatile char frame[1024];
    frame[0] = (char)left;
    return left ? depth(left - 1) + (frame[0] == (char)left) : 0;
}

static void go_deep(void *arg)
{
    *(int *)arg = depth(1000);
}

TOASTY_TEST(fiber, a_stack_is_as_large_as_was_asked_for)
{
    uv_loop_t *loop = open_loop();
    int reached = 0;
    check_some(toasty_spawn(loop, go_deep, &reached, .stack_size = 8 * 1024 * 1024));
    finish_loop(loop);
    check_int(1000, reached);
}

/* --- park and wake --- */

typedef struct player {
    toasty__context *self, *other;
    int *ball, hits;
} player;

static void play(void *arg)
{
    player *player = arg;
    while (*player->ball < 20000) {
        ++*player->ball;
        player->hits++;
        player->other->wake(player->other);
        if (*player->ball < 20000)
            player->self->park(player->self);
    }
}

TOASTY_TEST(fiber, two_fibers_play_ping_pong)
{
    uv_loop_t *loop = open_loop();
    int ball = 0;
    player players[2] = {{.ball = &ball}, {.ball = &ball}};
    players[0].self = players[1].other = (toasty__context *)toasty_spawn(loop, play, &players[0]);
    players[1].self = players[0].other = (toasty__context *)toasty_spawn(loop, play, &players[1]);
    finish_loop(loop);
    check_int(20000, players[0].hits + players[1].hits);
    check_that(players[0].hits > 9000 && players[1].hits > 9000);
}

static void park_twice(void *arg)
{
    toasty__context *self = toasty__context_current();
    *(toasty__context **)arg = self;
    self->wake(self);
    self->park(self); /* returns at once */
    note('1');
    self->park(self); /* waits for another */
    note('2');
}

static void wake_other(void *arg)
{
    note('w');
    toasty__context *other = *(toasty__context **)arg;
    other->wake(other);
}

TOASTY_TEST(fiber, one_wake_ends_one_park_and_may_come_first)
{
    uv_loop_t *loop = open_loop();
    toasty__context *parked = NULL;
    check_some(toasty_spawn(loop, park_twice, &parked));
    check_some(toasty_spawn(loop, wake_other, &parked));
    finish_loop(loop);
    check_text("1w2", notes);
}

static void yield_forever(void *arg)
{
    while (!*(bool *)arg)
        toasty_sleep(0);
}

static void set_flag(uv_timer_t *timer)
{
    *(bool *)timer->data = true;
    uv_close((uv_handle_t *)timer, NULL);
}

TOASTY_TEST(fiber, fibers_that_are_always_ready_do_not_starve_the_loop)
{
    uv_loop_t *loop = open_loop();
    bool stop = false;
    uv_timer_t timer;
    uv_timer_init(loop, &timer);
    timer.data = &stop;
    uv_timer_start(&timer, set_flag, 5, 0);
    for (int i = 0; i < 10; i++)
        check_some(toasty_spawn(loop, yield_forever, &stop));
    finish_loop(loop);
    check_that(stop);
}

/* --- sleep --- */

static void sleep_long(void *arg)
{
    uint64_t start = now_ms();
    while (now_ms() < start + 10) /* the loop's clock is late by then */
        ;
    start = uv_hrtime();
    toasty_sleep(20);
    *(uint64_t *)arg = (uv_hrtime() - start) / 1000;
}

TOASTY_TEST(fiber, a_sleep_lasts_at_least_as_long_as_asked)
{
    uv_loop_t *loop = open_loop();
    uint64_t slept[3] = {0};
    for (int i = 0; i < 3; i++)
        check_some(toasty_spawn(loop, sleep_long, &slept[i]));
    finish_loop(loop);
    for (int i = 0; i < 3; i++)
        check_that(slept[i] >= 20000);
    uint64_t start = uv_hrtime();
    check_done(toasty_sleep(10)); /* and a thread sleeps without a loop */
    check_that(uv_hrtime() - start >= 10000000);
}

/* 'a' sleeps least, 'b' longer. */
static void sleep_and_note(void *arg)
{
    toasty_sleep((uint64_t)(*(const char *)arg - 'a') * (test_is_slow() ? 100 : 5) + 1);
    note(*(const char *)arg);
}

TOASTY_TEST(fiber, sleepers_wake_in_the_order_of_their_times)
{
    uv_loop_t *loop = open_loop();
    for (const char *c = "dbca"; *c; c++)
        check_some(toasty_spawn(loop, sleep_and_note, (void *)c));
    finish_loop(loop);
    check_text("abcd", notes);
}

/* --- join --- */

static void join_two(void *arg)
{
    toasty_fiber *slow = toasty_spawn(arg, sleep_and_note, "c", .joinable = true);
    toasty_fiber *fast = toasty_spawn(arg, note_arg, "f", .joinable = true);
    if (toasty_join(slow) < 0)
        note('!');
    note('j');
    if (toasty_join(fast) < 0) /* ended long ago */
        note('!');
    note('J');
}

TOASTY_TEST(fiber, a_fiber_joins_fibers_that_run_and_that_ended)
{
    uv_loop_t *loop = open_loop();
    check_some(toasty_spawn(loop, join_two, loop));
    finish_loop(loop);
    check_text("fcjJ", notes);
}

TOASTY_TEST(fiber, a_thread_joins_by_running_the_loop)
{
    uv_loop_t *loop = open_loop();
    toasty_fiber *first = toasty_spawn(loop, sleep_and_note, "b", .joinable = true);
    toasty_fiber *second = toasty_spawn(loop, sleep_and_note, "a", .joinable = true);
    check_done(toasty_join(first));
    check_text("ab", notes);
    check_done(toasty_join(second));
    check_int(0, uv_loop_close(loop)); /* nothing is left even without another run */
}

static void sleep_until_cancelled(void *arg)
{
    (void)arg;
    note(toasty_sleep(1000000) < 0 && toasty_last_error()->code == TOASTY_CANCELLED ? 'c' : '!');
    note(toasty_sleep(0) < 0 && toasty_last_error()->code == TOASTY_CANCELLED ? 'c' : '!');
}

TOASTY_TEST(fiber, a_thread_that_joins_does_not_wait_for_other_fibers)
{
    uv_loop_t *loop = open_loop();
    toasty_fiber *other = toasty_spawn(loop, sleep_until_cancelled, NULL);
    toasty_fiber *fiber = toasty_spawn(loop, note_arg, "f", .joinable = true);
    check_done(toasty_join(fiber));
    fiber = toasty_spawn(loop, sleep_and_note, "a", .joinable = true);
    check_done(toasty_join(fiber));
    toasty_cancel(other);
    finish_loop(loop);
    check_text("facc", notes);
}

static void join_badly(void *arg)
{
    if (toasty_join(toasty_fiber_self()) == 0 || toasty_last_error()->code != TOASTY_INVALID_ARGUMENT)
        note('!');
    if (arg && (toasty_join(arg) == 0 || toasty_last_error()->code != TOASTY_INVALID_ARGUMENT))
        note('!');
    note('.');
}

static void join_arg(void *arg)
{
    if (toasty_join(arg) < 0)
        note('!');
}

TOASTY_TEST(fiber, what_cannot_be_joined_is_told)
{
    uv_loop_t *loop = open_loop();
    toasty_fiber *plain = toasty_spawn(loop, sleep_and_note, "b");
    check_int(-1, toasty_join(plain));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_int(-1, toasty_join(NULL));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    toasty_fiber *joined = toasty_spawn(loop, sleep_and_note, "a", .joinable = true);
    check_some(toasty_spawn(loop, join_arg, joined));
    check_some(toasty_spawn(loop, join_badly, joined)); /* the second to join it */
    toasty_fiber *self = toasty_spawn(loop, join_badly, NULL, .joinable = true);
    check_done(toasty_join(self));
    finish_loop(loop);
    check_text("..ab", notes);
}

static void park_once(void *arg)
{
    (void)arg;
    toasty__context_current()->park(toasty__context_current());
}

static void stop_loop(uv_timer_t *timer)
{
    uv_close((uv_handle_t *)timer, NULL);
    uv_stop(timer->loop);
}

TOASTY_TEST(fiber, joining_goes_on_when_the_loop_is_stopped)
{
    uv_loop_t *loop = open_loop();
    uv_timer_t timer;
    uv_timer_init(loop, &timer);
    uv_timer_start(&timer, stop_loop, 1, 0);
    toasty_fiber *fiber = toasty_spawn(loop, sleep_and_note, "c", .joinable = true);
    check_done(toasty_join(fiber));
    check_text("c", notes);
    finish_loop(loop);
}

/* --- cancel --- */

static void cancel_later(void *arg)
{
    toasty_sleep(2);
    toasty_cancel(arg);
    toasty_cancel(arg); /* a second time changes nothing */
}

TOASTY_TEST(fiber, a_cancel_ends_a_sleep_and_every_later_wait)
{
    uv_loop_t *loop = open_loop();
    toasty_fiber *sleeper = toasty_spawn(loop, sleep_until_cancelled, NULL, .joinable = true);
    check_some(toasty_spawn(loop, cancel_later, sleeper));
    check_done(toasty_join(sleeper));
    finish_loop(loop);
    check_text("cc", notes);
}

TOASTY_TEST(fiber, a_fiber_that_is_cancelled_before_it_begins_still_begins)
{
    uv_loop_t *loop = open_loop();
    toasty_cancel(toasty_spawn(loop, sleep_until_cancelled, NULL));
    finish_loop(loop);
    check_text("cc", notes);
}

TOASTY_TEST(fiber, cancelling_what_ended_does_nothing)
{
    uv_loop_t *loop = open_loop();
    toasty_fiber *ended = toasty_spawn(loop, note_arg, "e", .joinable = true);
    check_int(0, uv_run(loop, UV_RUN_DEFAULT));
    toasty_cancel(ended);
    check_done(toasty_join(ended));
    finish_loop(loop);
    check_text("e", notes);
}

static void be_a_parent(void *arg)
{
    int on_my_stack = 7;
    toasty_fiber *child = toasty_spawn(arg, sleep_until_cancelled, &on_my_stack, .joinable = true);
    note(toasty_join(child) == 0 ? 'j' : '!');
    note(toasty_sleep(1) < 0 ? 'p' : '!');
}

TOASTY_TEST(fiber, a_cancel_of_one_that_joins_is_passed_on_and_waited_for)
{
    uv_loop_t *loop = open_loop();
    toasty_fiber *parent = toasty_spawn(loop, be_a_parent, loop, .joinable = true);
    check_some(toasty_spawn(loop, cancel_later, parent));
    check_done(toasty_join(parent));
    finish_loop(loop);
    check_text("ccjp", notes);

    memset(notes, 0, sizeof notes);
    loop = open_loop();
    toasty_cancel(toasty_spawn(loop, be_a_parent, loop)); /* cancelled before it joins */
    finish_loop(loop);
    check_text("ccjp", notes);
}

static void forget_interrupt(toasty__context *self, void *waiting)
{
    *(int *)waiting += 1;
    self->wake(self);
}

static void wait_interruptibly(void *arg)
{
    toasty__context *self = toasty__context_current();
    self->interrupt = forget_interrupt;
    self->waiting = arg;
    self->park(self);
    self->interrupt = NULL;
    note(self->cancelled ? 'c' : '!');
}

TOASTY_TEST(fiber, a_cancel_reaches_a_call_that_waits_once)
{
    uv_loop_t *loop = open_loop();
    int interrupts = 0;
    toasty_fiber *waiter = toasty_spawn(loop, wait_interruptibly, &interrupts);
    check_some(toasty_spawn(loop, cancel_later, waiter));
    finish_loop(loop);
    check_int(1, interrupts);
    check_text("c", notes);
}

static void wake_parked(uv_timer_t *timer)
{
    toasty__context *parked = timer->data;
    parked->wake(parked);
    uv_close((uv_handle_t *)timer, NULL);
}

TOASTY_TEST(fiber, a_parked_fiber_keeps_the_loop_going)
{
    uv_loop_t *loop = open_loop();
    toasty_fiber *parked = toasty_spawn(loop, park_once, NULL);
    check_that(uv_run(loop, UV_RUN_NOWAIT) != 0);
    check_that(uv_run(loop, UV_RUN_NOWAIT) != 0);
    uv_timer_t timer;
    uv_timer_init(loop, &timer);
    timer.data = parked;
    uv_timer_start(&timer, wake_parked, 1, 0);
    finish_loop(loop);
}

/* --- arguments --- */

TOASTY_TEST(fiber, what_is_null_is_refused_or_does_nothing)
{
    uv_loop_t *loop = open_loop();
    toasty_cancel(NULL);
    check_int(-1, toasty_join(NULL));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_contains(toasty_last_error()->message, "NULL");
    check_null(toasty_spawn(NULL, note_arg, "a"));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(toasty_spawn(loop, NULL, "a"));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(toasty_spawn_(NULL, NULL, NULL, NULL));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_some(toasty_spawn_(loop, note_arg, "a", NULL));
    finish_loop(loop);
    check_text("a", notes);
}

TOASTY_TEST(fiber, a_stack_of_a_size_that_no_memory_has_is_refused)
{
    static const size_t sizes[] = {
        1, 4096, 16383, (1u << 30) + 1u, SIZE_MAX, SIZE_MAX - 4095, SIZE_MAX / 2, (size_t)INT64_MIN};
    uv_loop_t *loop = open_loop();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        check_null(toasty_spawn(loop, note_arg, "a", .stack_size = sizes[i]));
        check_last_error(TOASTY_INVALID_ARGUMENT);
    }
    finish_loop(loop);
}

static void sleep_for_good(void *arg)
{
    uint64_t *milliseconds = arg;
    note(toasty_sleep(*milliseconds) < 0 && toasty_last_error()->code == TOASTY_CANCELLED ? 'c' : '?');
}

TOASTY_TEST(fiber, a_sleep_of_any_length_lasts_until_it_is_cancelled)
{
    static uint64_t lengths[] = {UINT64_MAX, UINT64_MAX - 1, INT64_MAX, UINT64_C(1) << 63};
    uv_loop_t *loop = open_loop();
    toasty_fiber *sleepers[4];
    for (int i = 0; i < 4; i++)
        check_some(sleepers[i] = toasty_spawn(loop, sleep_for_good, &lengths[i]));
    for (int i = 0; i < 5; i++)
        uv_run(loop, UV_RUN_NOWAIT);
    check_text("", notes);
    for (int i = 0; i < 4; i++)
        toasty_cancel(sleepers[i]);
    finish_loop(loop);
    check_text("cccc", notes);
}
