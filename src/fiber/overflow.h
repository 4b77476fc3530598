/* Overflows of stacks that are told before they end the process; see overflow.c. For src/fiber alone. */
#ifndef TOASTY_FIBER_OVERFLOW_H
#define TOASTY_FIBER_OVERFLOW_H

#include <toasty/error.h>

/* On each thread that is going to run fibers: gives it a stack on which an overflow can be told, when that
 * was asked for. 0, or -1 with err. */
int toasty__overflow_watch(toasty_error *err);

#endif
