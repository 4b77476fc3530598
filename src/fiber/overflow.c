/* Telling overflows of stacks: a handler of SIGSEGV and SIGBUS that writes one line when the fault lies in
 * the guard of the fiber that runs, and hands every signal on to the handler that was there before.
 *
 * Nothing of it is there unless toasty_report_overflows was called. The handler calls only what POSIX allows
 * in one, and runs on the thread's alternate stack, since the fiber has none left: a thread gets one with its
 * first fiber, unless it has its own. */
#include "overflow.h"

#include "scheduler.h"

#include "base/error.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static atomic_bool reporting;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct sigaction before_segv, before_bus;

static pthread_key_t thread_key; /* its destructor gives the thread's alternate stack back */
static int thread_key_error;
static _Thread_local toasty__stack alternate;

/* --- the message: neither printf nor memory may be used --- */

typedef struct line {
    char text[256];
    size_t length;
} line;

static void add(line *line, const char *text)
{
    while (*text && line->length < sizeof line->text)
        line->text[line->length++] = *text++;
}

static void add_number(line *line, uintptr_t number, unsigned base)
{
    char digits[24], *at = digits + sizeof digits - 1;
    *at = '\0';
    do
        *--at = "0123456789abcdef"[number % base];
    while (number /= base);
    add(line, at);
}

static void tell(const toasty_fiber *fiber)
{
    line line = {.length = 0};
    add(&line, "toasty: fiber 0x");
    add_number(&line, (uintptr_t)fiber, 16);
    add(&line, " overflowed its stack of ");
    add_number(&line, fiber->stack.size, 10);
    add(&line, " bytes; its function is 0x");
    add_number(&line, (uintptr_t)fiber->function, 16);
    add(&line, ". Spawn it with a larger .stack_size, or keep large arrays elsewhere.\n");
    for (const char *at = line.text, *end = at + line.length; at < end;) {
        ssize_t written = write(STDERR_FILENO, at, (size_t)(end - at));
        if (written < 0 && errno != EINTR)
            return;
        at += written > 0 ? written : 0;
    }
}

/* --- the handler --- */

static bool is_overflow(const toasty_fiber *fiber, const siginfo_t *info)
{
    return fiber && info->si_code > 0 && toasty__stack_guards(&fiber->stack, info->si_addr);
}

/* The default can only be taken by returning: a fault happens again then, and a signal that was sent is sent
 * again. */
static void take_default(int number, const siginfo_t *info, const struct sigaction *before)
{
    bool was_sent = info->si_code <= 0;
    if (was_sent && before->sa_handler == SIG_IGN)
        return;
    sigaction(number, before, NULL);
    if (was_sent)
        raise(number);
}

static void hand_on(int number, siginfo_t *info, void *context)
{
    struct sigaction *before = number == SIGSEGV ? &before_segv : &before_bus, now = *before;
    if (now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN) {
        take_default(number, info, before);
        return;
    }
    if (now.sa_flags & (int)SA_RESETHAND)
        *before = (struct sigaction){.sa_handler = SIG_DFL};
    if (now.sa_flags & SA_SIGINFO)
        now.sa_sigaction(number, info, context);
    else
        now.sa_handler(number);
}

static void handle(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    const toasty_fiber *fiber = toasty_fiber_self();
    if (is_overflow(fiber, info))
        tell(fiber);
    errno = saved;
    hand_on(number, info, context);
}

/* With the mask and the flags of the handler before, which are its caller's to keep. */
static void install(int number, struct sigaction *before)
{
    sigaction(number, NULL, before);
    struct sigaction action = *before;
    action.sa_sigaction = handle;
    action.sa_flags = (action.sa_flags & ~(int)SA_RESETHAND) | SA_SIGINFO | SA_ONSTACK;
    sigaction(number, &action, NULL);
}

/* --- alternate stacks --- */

static void thread_ends(void *unused)
{
    (void)unused;
    stack_t now;
    const stack_t none = {.ss_flags = SS_DISABLE};
    if (sigaltstack(NULL, &now) == 0 && now.ss_sp == alternate.low)
        sigaltstack(&none, NULL);
    toasty__stack_give(alternate);
    alternate.low = NULL;
}

static int give_alternate(toasty_error *err)
{
    stack_t now;
    if (alternate.low || (sigaltstack(NULL, &now) == 0 && !(now.ss_flags & SS_DISABLE)))
        return 0;
    if (toasty__stack_take(0, &alternate, err) < 0)
        return -1;
    const stack_t own = {.ss_sp = alternate.low, .ss_size = alternate.size};
    if (pthread_setspecific(thread_key, &alternate) == 0 && sigaltstack(&own, NULL) == 0)
        return 0;
    pthread_setspecific(thread_key, NULL);
    toasty__stack_give(alternate);
    alternate.low = NULL;
    return toasty__fail_memory(err);
}

int toasty__overflow_watch(toasty_error *err)
{
    return atomic_load_explicit(&reporting, memory_order_acquire) ? give_alternate(err) : 0;
}

/* --- from outside --- */

static void begin(void)
{
    thread_key_error = pthread_key_create(&thread_key, thread_ends);
    if (thread_key_error)
        return;
    install(SIGSEGV, &before_segv);
    install(SIGBUS, &before_bus);
    atomic_store_explicit(&reporting, true, memory_order_release);
}

int toasty_report_overflows(void)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__error_clear(err);
    pthread_once(&once, begin);
    return thread_key_error ? toasty__fail_memory(err) : give_alternate(err);
}
