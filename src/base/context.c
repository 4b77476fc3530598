/* The current context of this thread: its own, until a fiber runs on it. */
#include "context.h"

#include <stddef.h>

static _Thread_local toasty__context own;
static _Thread_local toasty__context *current; /* NULL: the thread's own */

toasty__context *toasty__context_current(void)
{
    return current ? current : &own;
}

toasty__context *toasty__context_swap(toasty__context *next)
{
    toasty__context *previous = toasty__context_current();
    current = next;
    return previous;
}
