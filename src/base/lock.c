/* Waiting for a lock that is taken: by futex on Linux, by giving the processor away elsewhere. */
#include "lock.h"

#ifdef __linux__
#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Neither changes errno: taking a lock is not a call that fails. */
static void futex(toasty__lock *lock, int operation, int value)
{
    int before = errno;
    syscall(SYS_futex, &lock->state, operation, value, NULL, NULL, 0);
    errno = before;
}

static void sleep_while_waited_for(toasty__lock *lock)
{
    futex(lock, FUTEX_WAIT_PRIVATE, 2);
}

void toasty__lock_wake(toasty__lock *lock)
{
    futex(lock, FUTEX_WAKE_PRIVATE, 1);
}
#else
#include <sched.h>

static void sleep_while_waited_for(toasty__lock *lock)
{
    (void)lock;
    sched_yield();
}

void toasty__lock_wake(toasty__lock *lock)
{
    (void)lock;
}
#endif

void toasty__lock_wait(toasty__lock *lock)
{
    while (atomic_exchange_explicit(&lock->state, 2, memory_order_acquire) != 0)
        sleep_while_waited_for(lock);
}
