/* Overflowing stacks: the guard that lies below each of them, and the message of those who ask for it. Each
 * overflow happens in a child, whose standard error is read. */
#define TESTS_ALONE true
#include "test.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <toasty/fiber.h>
#include <unistd.h>
#include <uv.h>

enum { STACK = 64 * 1024, FROM_THE_HANDLER = 42, NO_FAULT = 41, FROM_VALGRIND = 99 };

/* --- children --- */

typedef struct ending {
    int status;
    char said[4096];
} ending;

static ending run_child(void (*life)(void))
{
    ending ending = {.said = ""};
    int ends[2];
    check_int(0, pipe(ends));
    pid_t child = fork();
    if (child == 0) {
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        dup2(ends[1], STDERR_FILENO);
        life();
        _exit(NO_FAULT);
    }
    close(ends[1]);
    size_t length = 0;
    for (ssize_t got; (got = read(ends[0], ending.said + length, sizeof ending.said - 1 - length)) > 0;)
        length += (size_t)got;
    close(ends[0]);
    check_int(child, waitpid(child, &ending.status, 0));
    return ending;
}

/* Under a sanitizer its own report takes the place of the signal. */
static void check_killed(const ending *ending)
{
    if (WIFSIGNALED(ending->status))
        check_int(SIGSEGV, WTERMSIG(ending->status));
    else
        check_that(test_is_slow() && WEXITSTATUS(ending->status) != NO_FAULT);
}

/* Valgrind counts the fault as an error, and exits as it was told to. */
static void check_ended(const ending *ending, int code)
{
    ck_assert_msg(WIFEXITED(ending->status), "signal %d", WTERMSIG(ending->status));
    if (!test_is_slow() || WEXITSTATUS(ending->status) != FROM_VALGRIND)
        check_int(code, WEXITSTATUS(ending->status));
}

/* --- fibers --- */

/* As a function does whose frame is larger than a stack, and which touches its lower end only. */
__attribute__((noinline)) static void touch_far_below(void)
{
    *((volatile char *)__builtin_frame_address(0) - (STACK + 12 * 1024)) = 1;
}

static void overflow(void *arg)
{
    (void)arg;
    touch_far_below();
}

static void overflow_after_telling_who(void *arg)
{
    (void)arg;
    fprintf(stderr, "fiber %p, function %p\n", (void *)toasty_fiber_self(),
            (void *)(uintptr_t)overflow_after_telling_who);
    touch_far_below();
}

static void do_nothing(void *arg)
{
    (void)arg;
}

static void touch_nothing(void *arg)
{
    *(volatile char *)arg = 1;
}

static void run_fiber(toasty_fiber_function function, void *arg, size_t stack_size)
{
    uv_loop_t loop;
    uv_loop_init(&loop);
    toasty_ignore(toasty_spawn(&loop, function, arg, .stack_size = stack_size));
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
}

/* --- handlers of a program's own --- */

static volatile unsigned char *neighbour;
static void *expected_address;

static void install(void (*handler)(int, siginfo_t *, void *))
{
    static char stack[64 * 1024];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaltstack(&alternate, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

static void end_quietly(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info, (void)context;
    _exit(FROM_THE_HANDLER);
}

static void end_when_the_fault_is_the_expected_one(int number, siginfo_t *info, void *context)
{
    _exit(number == SIGSEGV && info->si_addr == expected_address && context ? FROM_THE_HANDLER : NO_FAULT);
}

/* --- the guard --- */

enum { FILLED = 48 * 1024 };

static void fill_a_stack(void *arg)
{
    (void)arg;
    volatile unsigned char filled[FILLED];
    for (int i = 0; i < FILLED; i++)
        filled[i] = 0xa5;
    neighbour = filled;
    toasty_sleep(1000000);
}

static void end_when_the_neighbour_is_whole(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info, (void)context;
    for (int i = 0; i < FILLED; i++)
        if (neighbour[i] != 0xa5)
            _exit(NO_FAULT);
    _exit(FROM_THE_HANDLER);
}

static void sleep_and_overflow(void *arg)
{
    toasty_sleep(1);
    overflow(arg);
    _exit(NO_FAULT);
}

/* The kernel maps downwards, so that the second stack lies below the first. */
static void overflow_beside_a_neighbour(void)
{
    uv_loop_t loop;
    uv_loop_init(&loop);
    install(end_when_the_neighbour_is_whole);
    toasty_ignore(toasty_spawn(&loop, sleep_and_overflow, NULL));
    toasty_ignore(toasty_spawn(&loop, fill_a_stack, NULL));
    uv_run(&loop, UV_RUN_DEFAULT);
}

TOASTY_TEST(fiber, a_frame_larger_than_the_stack_hits_the_guard_and_not_a_neighbour)
{
    ending ending = run_child(overflow_beside_a_neighbour);
    check_ended(&ending, FROM_THE_HANDLER);
}

/* Where all compilers that we know can guard frames. */
#ifdef __x86_64__
__attribute__((noinline)) static char have_a_large_frame(void)
{
    volatile char frame[16 * STACK];
    frame[0] = 1;
    return frame[0];
}

static void overflow_by_a_large_frame(void *arg)
{
    *(char *)arg = have_a_large_frame();
}

/* With so many stacks below that the frame ends in one of them. */
static void step_over_the_guard(void)
{
    static char result;
    uv_loop_t loop;
    uv_loop_init(&loop);
    toasty_ignore(toasty_spawn(&loop, overflow_by_a_large_frame, &result));
    for (int i = 0; i < 20; i++)
        toasty_ignore(toasty_spawn(&loop, do_nothing, NULL));
    uv_run(&loop, UV_RUN_DEFAULT);
}

TOASTY_TEST(fiber, no_frame_is_large_enough_to_step_over_the_guard)
{
    ending ending = run_child(step_over_the_guard);
    check_killed(&ending);
}
#endif

static void overflow_unreported(void)
{
    run_fiber(overflow, NULL, 0);
}

TOASTY_TEST(fiber, an_overflow_is_a_signal_and_no_word_of_ours)
{
    ending ending = run_child(overflow_unreported);
    check_killed(&ending);
    check_null(strstr(ending.said, "toasty:"));
    if (!test_is_slow())
        check_text("", ending.said);
}

/* --- the message --- */

static void check_message(const char *said, const char *size)
{
    char fiber[32], function[32], expected[256];
    check_int(2, sscanf(said, "fiber %31[^,], function %31s", fiber, function));
    snprintf(expected, sizeof expected, "toasty: fiber %s overflowed its stack of %s bytes", fiber, size);
    check_contains(said, expected);
    check_contains(said, function);
    check_contains(strstr(said, "toasty:"), function);
    check_contains(said, ".stack_size");
    check_null(strstr(strstr(said, "toasty:") + 1, "toasty:"));
}

static void overflow_reported(void)
{
    toasty_ignore(toasty_report_overflows());
    run_fiber(overflow_after_telling_who, NULL, 0);
}

TOASTY_TEST(fiber, an_overflow_names_the_fiber_when_that_was_asked_for)
{
    ending ending = run_child(overflow_reported);
    check_killed(&ending);
    check_message(ending.said, "65536");
}

static void overflow_a_smaller_stack(void)
{
    check_int(0, toasty_report_overflows());
    check_int(0, toasty_report_overflows()); /* twice is once */
    run_fiber(overflow_after_telling_who, NULL, 32768);
}

TOASTY_TEST(fiber, the_message_tells_the_size_of_that_stack)
{
    ending ending = run_child(overflow_a_smaller_stack);
    check_killed(&ending);
    check_message(ending.said, "32768");
}

static void *run_overflow(void *arg)
{
    (void)arg;
    run_fiber(overflow_after_telling_who, NULL, 0);
    return NULL;
}

static void overflow_on_another_thread(void)
{
    pthread_t thread;
    toasty_ignore(toasty_report_overflows());
    pthread_create(&thread, NULL, run_overflow, NULL);
    pthread_join(thread, NULL);
}

TOASTY_TEST(fiber, an_overflow_is_told_on_each_thread_that_runs_fibers)
{
    ending ending = run_child(overflow_on_another_thread);
    check_killed(&ending);
    check_message(ending.said, "65536");
}

/* --- who was there before --- */

static void overflow_before_a_handler(void)
{
    install(end_quietly);
    toasty_ignore(toasty_report_overflows());
    run_fiber(overflow_after_telling_who, NULL, 0);
}

TOASTY_TEST(fiber, an_overflow_goes_on_to_the_handler_that_was_there_before)
{
    ending ending = run_child(overflow_before_a_handler);
    check_ended(&ending, FROM_THE_HANDLER);
    check_message(ending.said, "65536");
}

static void fault_elsewhere(void)
{
    expected_address = (void *)(uintptr_t)24;
    install(end_when_the_fault_is_the_expected_one);
    toasty_ignore(toasty_report_overflows());
    run_fiber(touch_nothing, expected_address, 0);
}

static void fault_outside_of_fibers(void)
{
    expected_address = (void *)(uintptr_t)24;
    install(end_when_the_fault_is_the_expected_one);
    toasty_ignore(toasty_report_overflows());
    touch_nothing(expected_address);
}

TOASTY_TEST(fiber, a_fault_that_is_no_overflow_is_handed_on_as_it_is)
{
    ending ending = run_child(fault_elsewhere);
    check_ended(&ending, FROM_THE_HANDLER);
    check_text("", ending.said);
    ending = run_child(fault_outside_of_fibers);
    check_ended(&ending, FROM_THE_HANDLER);
    check_text("", ending.said);
}

static void fault_with_the_default(void)
{
    toasty_ignore(toasty_report_overflows());
    run_fiber(touch_nothing, (void *)(uintptr_t)24, 0);
}

static void send_the_signal(void)
{
    toasty_ignore(toasty_report_overflows());
    raise(SIGSEGV);
}

TOASTY_TEST(fiber, a_signal_that_nobody_handles_ends_the_process_as_ever)
{
    ending ending = run_child(fault_with_the_default);
    check_killed(&ending);
    check_null(strstr(ending.said, "toasty:"));
    ending = run_child(send_the_signal);
    check_killed(&ending);
    check_null(strstr(ending.said, "toasty:"));
}

static void send_what_is_ignored(void)
{
    signal(SIGSEGV, SIG_IGN);
    toasty_ignore(toasty_report_overflows());
    kill(getpid(), SIGSEGV);
    kill(getpid(), SIGSEGV);
    _exit(FROM_THE_HANDLER);
}

TOASTY_TEST(fiber, a_signal_that_was_ignored_is_ignored)
{
    ending ending = run_child(send_what_is_ignored);
    check_ended(&ending, FROM_THE_HANDLER);
}

static volatile sig_atomic_t calls;

static void count_the_call(int number)
{
    (void)number;
    calls++;
}

static void send_to_a_handler_of_one_call(void)
{
    struct sigaction action = {.sa_handler = count_the_call, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGSEGV, &action, NULL);
    toasty_ignore(toasty_report_overflows());
    raise(SIGSEGV);
    if (calls == 1)
        fputs("called once", stderr);
    raise(SIGSEGV);
}

TOASTY_TEST(fiber, a_handler_that_was_meant_for_one_call_is_called_once)
{
    ending ending = run_child(send_to_a_handler_of_one_call);
    check_killed(&ending);
    check_contains(ending.said, "called once");
}

/* --- alternate stacks --- */

TOASTY_TEST(fiber, an_alternate_stack_of_the_threads_own_is_left_alone)
{
    static char own[64 * 1024];
    stack_t alternate = {.ss_sp = own, .ss_size = sizeof own}, now;
    check_int(0, sigaltstack(&alternate, NULL));
    check_done(toasty_report_overflows());
    run_fiber(do_nothing, NULL, 0);
    check_int(0, sigaltstack(NULL, &now));
    check_that(now.ss_sp == own);
}
