/* A lock for short critical sections: one atomic operation each way while nobody waits, the kernel's help
 * otherwise.
 *
 * Every call takes several, which are almost never contended; pthread's costs fifty instructions each time to
 * find that out. It needs neither making nor ending: zeros are a free lock. Not recursive; nothing waits for
 * anything but memory and other such locks while it holds one. After U. Drepper, "Futexes Are Tricky", the
 * second mutex. */
#ifndef TOASTY_BASE_LOCK_H
#define TOASTY_BASE_LOCK_H

#include "alone.h"

#include <stdatomic.h>

typedef struct toasty__lock {
    atomic_int state; /* 0: free, 1: taken, 2: taken, and somebody may wait */
} toasty__lock;

void toasty__lock_wait(toasty__lock *lock) __attribute__((cold));
void toasty__lock_wake(toasty__lock *lock) __attribute__((cold));

static inline void toasty__lock_take(toasty__lock *lock)
{
    int free = 0;
    if (toasty__is_alone())
        atomic_store_explicit(&lock->state, 1, memory_order_relaxed);
    else if (!atomic_compare_exchange_strong_explicit(&lock->state, &free, 1, memory_order_acquire,
                                                      memory_order_relaxed))
        toasty__lock_wait(lock);
}

static inline void toasty__lock_give(toasty__lock *lock)
{
    if (toasty__is_alone())
        atomic_store_explicit(&lock->state, 0, memory_order_relaxed);
    else if (atomic_exchange_explicit(&lock->state, 0, memory_order_release) == 2)
        toasty__lock_wake(lock);
}

#endif
