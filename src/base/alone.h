/* Is this the only thread of the process? Then nothing needs an atomic operation, which costs as much as ten
 * others.
 *
 * Asked at each operation: once a second thread exists the answer is false, also to what began before. */
#ifndef TOASTY_BASE_ALONE_H
#define TOASTY_BASE_ALONE_H

#include <stdbool.h>

#if defined(__has_include)
#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#define TOASTY__KNOWS_THREADS
#endif
#endif

static inline bool toasty__is_alone(void)
{
#ifdef TOASTY__KNOWS_THREADS
    return __libc_single_threaded;
#else
    return false;
#endif
}

#endif
