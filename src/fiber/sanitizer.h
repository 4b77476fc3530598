/* What AddressSanitizer, LeakSanitizer, ThreadSanitizer and Valgrind have to be told about stacks and
 * switches. Nothing of it remains in a build without them.
 *
 * Traps: leaving a fiber for good drops its fake stack, so AddressSanitizer's builds never use a stack again;
 * and ThreadSanitizer counts the calls of the function that switches, so what tells it must be inlined into
 * that one. */
#ifndef TOASTY_FIBER_SANITIZER_H
#define TOASTY_FIBER_SANITIZER_H

#include <stdbool.h>
#include <stddef.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#ifndef __has_include
#define __has_include(x) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define TOASTY__ASAN 1
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#else
#define TOASTY__ASAN 0
/* The program may have a leak checker where the library was built without: it looks into the stacks of fibers
 * too. */
void __lsan_register_root_region(const void *begin, size_t size) __attribute__((weak));
void __lsan_unregister_root_region(const void *begin, size_t size) __attribute__((weak));
#endif

#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define TOASTY__TSAN 1
#include <sanitizer/tsan_interface.h>
#else
#define TOASTY__TSAN 0
#endif

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#define TOASTY__VALGRIND 1
#else
#define TOASTY__VALGRIND 0
#endif

#define TOASTY__INLINED static inline __attribute__((always_inline))

/* One for each stack: a fiber's, and the loop's while a fiber runs. */
typedef struct toasty__sanitizer {
    void *fake_stack; /* AddressSanitizer's, while the stack does not run */
    const void *low;
    size_t size;
    void *thread; /* ThreadSanitizer's name for it */
} toasty__sanitizer;

/* A stack was mapped: returns Valgrind's number for it. */
TOASTY__INLINED unsigned toasty__sanitizer_map(void *low, size_t size)
{
#if TOASTY__ASAN
    __asan_unpoison_memory_region(low, size); /* of another mapping that was here */
    __lsan_register_root_region(low, size);
#else
    if (__lsan_register_root_region)
        __lsan_register_root_region(low, size);
#endif
#if TOASTY__VALGRIND
    return VALGRIND_STACK_REGISTER(low, (char *)low + size);
#else
    (void)low, (void)size;
    return 0;
#endif
}

TOASTY__INLINED void toasty__sanitizer_unmap(void *low, size_t size, unsigned number)
{
#if TOASTY__ASAN
    __lsan_unregister_root_region(low, size);
    __asan_unpoison_memory_region(low, size);
#else
    if (__lsan_unregister_root_region)
        __lsan_unregister_root_region(low, size);
#endif
#if TOASTY__VALGRIND
    VALGRIND_STACK_DEREGISTER(number);
#endif
    (void)low, (void)size, (void)number;
}

/* The stack of a new fiber. */
TOASTY__INLINED void toasty__sanitizer_init(toasty__sanitizer *self, void *low, size_t size)
{
    *self = (toasty__sanitizer){.low = low, .size = size};
#if TOASTY__TSAN
    self->thread = __tsan_create_fiber(0);
#endif
}

/* The fiber has ended and another stack runs. */
TOASTY__INLINED void toasty__sanitizer_done(toasty__sanitizer *self)
{
#if TOASTY__TSAN
    __tsan_destroy_fiber(self->thread);
#endif
    (void)self;
}

/* Right before the switch. */
TOASTY__INLINED void toasty__sanitizer_leave(toasty__sanitizer *self, const toasty__sanitizer *to,
                                             bool forever)
{
#if TOASTY__ASAN
    __sanitizer_start_switch_fiber(forever ? NULL : &self->fake_stack, to->low, to->size);
#endif
#if TOASTY__TSAN
    self->thread = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to->thread, 0);
#endif
    (void)self, (void)to, (void)forever;
}

/* Right after it; also learns where the other stack lies. */
TOASTY__INLINED void toasty__sanitizer_arrive(const toasty__sanitizer *self, toasty__sanitizer *from)
{
#if TOASTY__ASAN
    __sanitizer_finish_switch_fiber(self->fake_stack, &from->low, &from->size);
#endif
    (void)self, (void)from;
}

#endif
