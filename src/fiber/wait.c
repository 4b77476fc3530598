/* Waiting. What ends a wait early (a deadline, a cancel) only asks; the wait always lasts until it is done,
 * since what is under way may still use what the caller lent. */
#include "fiber/wait.h"

#include "base/container.h"
#include "base/error.h"

static void run_posted(toasty__task *task)
{
    toasty__wait_done(toasty__container(task, toasty__wait, task));
}

void toasty__wait_post(toasty__wait *wait)
{
    wait->task.run = run_posted;
    toasty__reactor_post(wait->reactor, &wait->task);
}

static void deadline_passed(void *arg)
{
    toasty__wait *wait = arg;
    if (wait->done)
        return;
    wait->late = true;
    wait->give_up(wait);
}

static void interrupted(toasty__context *context, void *waiting)
{
    (void)context;
    toasty__wait *wait = waiting;
    if (wait->done || wait->cancelled)
        return;
    wait->cancelled = true;
    wait->give_up(wait);
}

static void park(toasty__wait *wait)
{
    toasty__context *context = wait->context;
    if (!wait->uncancellable) {
        context->waiting = wait;
        context->interrupt = interrupted;
        if (context->cancelled)
            interrupted(context, wait);
    }
    wait->parked = true;
    while (!wait->done)
        context->park(context);
    context->interrupt = NULL;
    context->waiting = NULL;
}

static void turn(toasty__wait *wait)
{
    /* A second hold lets the reactor know that something may come from another thread. */
    toasty__reactor_hold(wait->reactor);
    while (!wait->done)
        toasty__reactor_turn(wait->reactor);
    toasty__reactor_release(wait->reactor);
}

void toasty__wait_for(toasty__wait *wait, uint64_t timeout_ms)
{
    toasty__timer *timer = NULL;
    if (timeout_ms) {
        toasty_error ignored;
        timer = toasty__timer_new(wait->reactor, deadline_passed, wait, &ignored);
        if (timer) {
            toasty__timer_start(timer, timeout_ms);
        } else {
            wait->out_of_memory = true;
            wait->give_up(wait);
        }
    }
    if (wait->done)
        ;
    else if (wait->context->park)
        park(wait);
    else
        turn(wait);
    toasty__timer_free(timer);
}

void toasty__wait_explain(const toasty__wait *wait, uint64_t timeout_ms, toasty_error *err)
{
    if (err->code != TOASTY_CANCELLED)
        return;
    if (wait->cancelled)
        toasty__fail(err, TOASTY_CANCELLED, "the fiber was cancelled");
    else if (wait->late)
        toasty__fail(err, TOASTY_TIMEOUT, "the call did not end within %llu ms",
                     (unsigned long long)timeout_ms);
    else if (wait->out_of_memory)
        toasty__fail_memory(err);
}
