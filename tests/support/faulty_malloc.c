/* Makes one allocation of a whole process fail, those of its client libraries included. Loaded with
 * LD_PRELOAD.
 *
 *     TOASTY_FAIL_AT=n        the n-th allocation after the program's start returns NULL (1 is the first)
 *     TOASTY_FAIL_COUNT=file  writes to the file at exit how many allocations there were: the last n worth
 * trying TOASTY_FAIL_TRACE=1     prints the call stack of the failed allocation to stderr
 *
 * Counts malloc, calloc, realloc and the aligned ones of all threads together. What the loader and the
 * libraries allocate before the constructors run is not counted and never fails. */
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_bool counting;
static atomic_long allocations;
static long fail_at;
static const char *count_file;
static bool trace;

/* How often each call stack was seen, by its hash; open addressing, never full enough to matter. */
enum { PLACES = 1 << 16, DEPTH = 12, TIMES = 2 };
static int places_file = -1;
static atomic_flag places_busy = ATOMIC_FLAG_INIT;
static uint64_t place_hashes[PLACES];
static unsigned char place_counts[PLACES];

__attribute__((constructor)) static void start(void)
{
    const char *at = getenv("TOASTY_FAIL_AT");
    fail_at = at ? atol(at) : 0;
    count_file = getenv("TOASTY_FAIL_COUNT");
    trace = getenv("TOASTY_FAIL_TRACE") != NULL;
    const char *places = getenv("TOASTY_FAIL_PLACES");
    if (places)
        places_file = open(places, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    void *frame;
    backtrace(&frame, 1); /* the first use allocates */
    atomic_store(&counting, true);
}

__attribute__((destructor)) static void stop(void)
{
    atomic_store(&counting, false);
    int file = count_file ? open(count_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;
    if (file < 0)
        return;
    dprintf(file, "%ld\n", atomic_load(&allocations));
    close(file);
}

/* Writes n down unless its call stack was seen often enough. */
static void note_place(long n)
{
    void *frames[DEPTH];
    int depth = backtrace(frames, DEPTH);
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < depth; i++)
        hash = (hash ^ (uintptr_t)frames[i]) * 1099511628211u;
    size_t slot = (size_t)(hash >> 16) % PLACES;
    while (atomic_flag_test_and_set(&places_busy))
        ;
    while (place_counts[slot] > 0 && place_hashes[slot] != hash)
        slot = (slot + 1) % PLACES;
    place_hashes[slot] = hash;
    bool is_new = place_counts[slot] < TIMES;
    if (is_new)
        place_counts[slot]++;
    atomic_flag_clear(&places_busy);
    char line[24]; /* not by dprintf, which allocates */
    if (is_new && write(places_file, line, (size_t)snprintf(line, sizeof line, "%ld\n", n)) < 0)
        atomic_store(&counting, false);
}

/* True when this allocation is the one to fail. */
static bool fails(void)
{
    if (!atomic_load(&counting))
        return false;
    long n = atomic_fetch_add(&allocations, 1) + 1;
    if (places_file >= 0)
        note_place(n);
    if (n != fail_at)
        return false;
    if (trace) {
        void *frames[64];
        backtrace_symbols_fd(frames, backtrace(frames, 64), STDERR_FILENO);
    }
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return (size || !memory) && fails() ? NULL : __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    void *allocated = memalign(alignment, size);
    if (!allocated)
        return ENOMEM;
    *memory = allocated;
    return 0;
}
