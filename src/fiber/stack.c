/* Stacks: mapping costs some microseconds, so a thread keeps the last ones that were given back, of the
 * default size.
 *
 * A kept stack stays as it is, its pages too; the record of it lies at its upper end, in a page that is in
 * use anyway. */
#include "stack.h"

#include "sanitizer.h"

#include "base/error.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_KEPT = 256 };

typedef struct kept_stack {
    toasty__stack stack;
    struct kept_stack *next;
} kept_stack;

static _Thread_local kept_stack *kept;
static _Thread_local size_t kept_count;

static pthread_key_t thread_key; /* its destructor unmaps what the thread has kept */
static pthread_once_t thread_key_once = PTHREAD_ONCE_INIT;
static int thread_key_error;

static size_t page_size(void)
{
    static size_t size; /* the same from whichever thread */
    size_t known = __atomic_load_n(&size, __ATOMIC_RELAXED);
    if (!known) {
        known = (size_t)sysconf(_SC_PAGESIZE);
        __atomic_store_n(&size, known, __ATOMIC_RELAXED);
    }
    return known;
}

static size_t whole_pages(size_t size)
{
    size_t page = page_size();
    return (size + page - 1) / page * page;
}

/* Larger than a page, so that a function whose frame is somewhat larger than what is left of the stack meets
 * it and not the stack of a neighbour. What reaches beyond it has to touch each page on its way:
 * -fstack-clash-protection. */
static size_t guard_size(void)
{
    return whole_pages(TOASTY__STACK_GUARD);
}

bool toasty__stack_guards(const toasty__stack *stack, const void *address)
{
    return (uintptr_t)stack->low - (uintptr_t)address - 1 < guard_size();
}

static void unmap(toasty__stack stack)
{
    toasty__sanitizer_unmap(stack.low, stack.size, stack.valgrind);
    munmap(stack.low - guard_size(), guard_size() + stack.size);
}

static void thread_ends(void *unused)
{
    (void)unused;
    for (kept_stack *next; kept; kept = next) {
        next = kept->next;
        unmap(kept->stack);
    }
    kept_count = 0;
}

static void make_thread_key(void)
{
    thread_key_error = pthread_key_create(&thread_key, thread_ends);
}

/* Two mappings a stack, its guard being one: some thirty thousand fibers reach what Linux allows a process
 * unless told otherwise.
 */
static int fail_to_map(toasty_error *err)
{
    return toasty__fail(err, TOASTY_OUT_OF_MEMORY,
                        "a fiber's stack cannot be mapped: no memory, or vm.max_map_count is reached");
}

int toasty__stack_take(size_t size, toasty__stack *stack, toasty_error *err)
{
    if (size == 0)
        size = TOASTY__STACK_DEFAULT;
    if (size < TOASTY__STACK_SMALLEST || size > TOASTY__STACK_LARGEST)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT,
                            "a fiber's stack has 16 KiB to 1 GiB, not %zu bytes", size);
    size = whole_pages(size);
    if (size == TOASTY__STACK_DEFAULT && kept) {
        *stack = kept->stack;
        kept = kept->next;
        kept_count--;
        return 0;
    }
    size_t guard = guard_size();
    char *map =
        mmap(NULL, guard + size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED)
        return fail_to_map(err);
    if (mprotect(map + guard, size, PROT_READ | PROT_WRITE) < 0) {
        munmap(map, guard + size);
        return fail_to_map(err);
    }
    *stack = (toasty__stack){.low = map + guard, .size = size};
    stack->valgrind = toasty__sanitizer_map(stack->low, stack->size);
    return 0;
}

static bool is_worth_keeping(const toasty__stack *stack)
{
    return !TOASTY__ASAN && stack->size == TOASTY__STACK_DEFAULT && kept_count < MOST_KEPT;
}

void toasty__stack_give(toasty__stack stack)
{
    pthread_once(&thread_key_once, make_thread_key);
    kept_stack *record = (kept_stack *)(stack.low + stack.size) - 1;
    if (!is_worth_keeping(&stack) || thread_key_error || pthread_setspecific(thread_key, record)) {
        unmap(stack);
        return;
    }
    *record = (kept_stack){stack, kept};
    kept = record;
    kept_count++;
}
