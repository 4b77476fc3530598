/* Memory: where the library's own comes from.
 *
 * Everything that the library allocates, results included, comes from one allocator, malloc's unless an
 * application says otherwise. What the database's client libraries and libuv allocate is theirs. The stacks
 * of fibers are mapped. */
#ifndef TOASTY_MEMORY_H
#define TOASTY_MEMORY_H
#pragma GCC system_header /* only declares: messages are about the program */

#include <stddef.h>
#include <toasty/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The functions behave as malloc, realloc and free of C do; they are called from every thread that uses the
 * library. Memory is aligned to 16 bytes. NULL means exhausted: the call that needed it fails with
 * TOASTY_OUT_OF_MEMORY. */
typedef struct toasty_allocator {
    void *(*allocate)(size_t size);
    void *(*reallocate)(void *memory, size_t size);
    void (*release)(void *memory);
} toasty_allocator;

/* Sets the allocator, which is copied; NULL sets malloc's again. To be called before any other function of
 * the library, while the program has one thread: what one allocator gave cannot be freed by another. Does not
 * suspend. Returns 0, or -1 with TOASTY_INVALID_ARGUMENT when a function is missing. */
TOASTY_API int toasty_set_allocator(const toasty_allocator *allocator) TOASTY_CHECKED;

#ifdef __cplusplus
}
#endif
#endif
