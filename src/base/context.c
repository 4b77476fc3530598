/* The contexts of this thread: its own, and that of the fiber that runs on it. */
#include "context.h"

#include <stddef.h>

_Thread_local toasty__context toasty__context_of_thread;
_Thread_local toasty__context *toasty__context_of_fiber;

toasty__context *toasty__context_swap(toasty__context *next)
{
    toasty__context *previous = toasty__context_current();
    toasty__context_of_fiber = next;
    return previous;
}
