/* Makes one allocation of a whole process fail, those of its client libraries included, and watches the rest.
 * Loaded with LD_PRELOAD.
 *
 *     TOASTY_FAIL_AT=n         the n-th allocation after the program's start returns NULL (1 is the first),
 * and its call stack is printed to stderr TOASTY_FAIL_PLACES=file  writes each n whose call stack is a new
 * one to the file, then the count of all TOASTY_FAIL_LIVE=file    writes at exit what was not freed: "blocks
 * bytes image", a line for each program or library that allocated TOASTY_FAIL_TRACE=1      with it: their
 * call stacks too, on stderr
 *
 * Counts malloc, calloc, realloc and the aligned ones of all threads together. What the loader and the
 * libraries allocate before the constructors run is not counted and never fails.
 *
 * Each block has an end that nobody may write to; a program that did is aborted with a line that begins with
 * "corrupted:". A program that crashes or aborts prints "ended by a signal:" and its call stack. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
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
void __libc_free(void *memory);
size_t malloc_usable_size(void *memory);

static atomic_bool counting;
static atomic_long allocations;
static long fail_at;
static const char *live_path;
static int places_file = -1;
static bool tracing;

static void write_line(int file, const char *line, int length)
{
    if (write(file, line, (size_t)length) < 0)
        _exit(3);
}

/* --- a lock that needs no memory --- */

static atomic_flag busy = ATOMIC_FLAG_INIT;

static void lock(void)
{
    while (atomic_flag_test_and_set_explicit(&busy, memory_order_acquire))
        sched_yield();
}

static void unlock(void)
{
    atomic_flag_clear_explicit(&busy, memory_order_release);
}

/* --- the blocks that are in use, in a table with open addressing --- */

enum { BLOCKS = 1 << 16, TRACED = 24 };
typedef struct block {
    unsigned char *memory;
    size_t size;
    void *caller;
} block;
static block blocks[BLOCKS];
static void *traces[BLOCKS][TRACED];
static size_t block_count;

/* What stands behind each block. */
static const unsigned char END[8] = {0x9d, 0xe4, 0x1b, 0x77, 0xc3, 0x2a, 0xf0, 0x58};

static size_t home(const void *memory)
{
    return (size_t)(((uintptr_t)memory >> 4) * 0x9e3779b97f4a7c15u >> 40) % BLOCKS;
}

static size_t find(const void *memory)
{
    size_t slot = home(memory);
    while (blocks[slot].memory && blocks[slot].memory != memory)
        slot = (slot + 1) % BLOCKS;
    return slot;
}

/* A new block of `size` bytes is in use; NULL stays NULL. */
static void *enter(void *memory, size_t size, void *caller)
{
    if (!memory)
        return NULL;
    memcpy((unsigned char *)memory + size, END, sizeof END);
    lock();
    size_t slot = find(memory);
    if (++block_count > BLOCKS / 2)
        _exit(3);
    blocks[slot] = (block){memory, size, caller};
    if (tracing) {
        memset(traces[slot], 0, sizeof traces[slot]);
        backtrace(traces[slot], TRACED);
    }
    unlock();
    return memory;
}

static void empty_slot(size_t slot)
{
    block_count--;
    for (size_t next = slot;;) {
        next = (next + 1) % BLOCKS;
        if (!blocks[next].memory)
            break;
        size_t wanted = home(blocks[next].memory);
        if ((next - wanted) % BLOCKS >= (next - slot) % BLOCKS) {
            blocks[slot] = blocks[next];
            memcpy(traces[slot], traces[next], tracing ? sizeof traces[slot] : 0);
            slot = next;
        }
    }
    blocks[slot] = (block){0};
}

/* The block is no longer in use; its size in *size. False: it was not one of ours. */
static bool leave(void *memory, size_t *size)
{
    static const char said[] = "corrupted: something wrote behind the end of a block\n";
    lock();
    size_t slot = find(memory);
    bool known = blocks[slot].memory != NULL;
    if (known) {
        *size = blocks[slot].size;
        if (memcmp(blocks[slot].memory + *size, END, sizeof END) != 0) {
            write_line(STDERR_FILENO, said, sizeof said - 1);
            abort();
        }
        empty_slot(slot);
    }
    unlock();
    return known;
}

/* What was never freed, summed by image. The program's own is printed as "program". */
static void report_live(void)
{
    enum { IMAGES = 64 };
    struct {
        const void *base;
        const char *name;
        size_t count, bytes;
    } images[IMAGES] = {0};
    size_t image_count = 0;
    Dl_info here = {0};
    for (size_t i = 0; i < BLOCKS; i++) {
        if (!blocks[i].memory || !dladdr(blocks[i].caller, &here))
            continue;
        size_t n = 0;
        while (n < image_count && images[n].base != here.dli_fbase)
            n++;
        if (n == image_count && image_count < IMAGES - 1)
            images[image_count++].base = here.dli_fbase;
        const char *slash = strrchr(here.dli_fname, '/');
        images[n].name = slash ? slash + 1 : here.dli_fname;
        images[n].count++;
        images[n].bytes += blocks[i].size;
        if (tracing) {
            int depth = 0;
            while (depth < TRACED && traces[i][depth])
                depth++;
            write_line(STDERR_FILENO, "not freed:\n", 11);
            backtrace_symbols_fd(traces[i], depth, STDERR_FILENO);
        }
    }
    int file = open(live_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    for (size_t n = 0; file >= 0 && n < image_count; n++) {
        char line[160];
        write_line(file, line,
                   snprintf(line, sizeof line, "%zu %zu %.100s\n", images[n].count, images[n].bytes,
                            images[n].name));
    }
}

/* --- the beginning and the end of the program --- */

static void crash(int number)
{
    static const char said[] = "ended by a signal:\n";
    void *frames[64];
    write_line(STDERR_FILENO, said, sizeof said - 1);
    backtrace_symbols_fd(frames, backtrace(frames, 64), STDERR_FILENO);
    raise(number); /* the handler was for one time */
}

__attribute__((constructor)) static void start(void)
{
    const char *at = getenv("TOASTY_FAIL_AT"), *places = getenv("TOASTY_FAIL_PLACES");
    fail_at = at ? atol(at) : 0;
    live_path = getenv("TOASTY_FAIL_LIVE");
    if (places)
        places_file = open(places, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    void *frame;
    backtrace(&frame, 1); /* the first use allocates */
    tracing = live_path && getenv("TOASTY_FAIL_TRACE");
    const int signals[] = {SIGSEGV, SIGBUS, SIGABRT};
    for (int i = 0; i < 3; i++)
        sigaction(signals[i], &(struct sigaction){.sa_handler = crash, .sa_flags = SA_RESETHAND}, NULL);
    atomic_store(&counting, true);
}

__attribute__((destructor)) static void stop(void)
{
    atomic_store(&counting, false);
    char line[24];
    if (places_file >= 0)
        write_line(places_file, line, snprintf(line, sizeof line, "%ld\n", atomic_load(&allocations)));
    if (live_path)
        report_live();
}

/* --- choosing --- */

/* Writes n down when its call stack is a new one. */
static void note_place(long n)
{
    enum { PLACES = 1 << 16, DEPTH = 9 };
    static uint64_t seen[PLACES];
    void *frames[DEPTH];
    int depth = backtrace(frames, DEPTH);
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < depth; i++)
        hash = (hash ^ (uintptr_t)frames[i]) * 1099511628211u;
    hash += hash == 0;
    size_t slot = (size_t)(hash >> 16) % PLACES;
    lock();
    while (seen[slot] && seen[slot] != hash)
        slot = (slot + 1) % PLACES;
    bool is_new = !seen[slot];
    seen[slot] = hash;
    unlock();
    char line[24];
    if (is_new)
        write_line(places_file, line, snprintf(line, sizeof line, "%ld\n", n));
}

/* True when this allocation is the one to fail. */
static bool fails(void)
{
    if (!atomic_load_explicit(&counting, memory_order_relaxed))
        return false;
    long n = atomic_fetch_add(&allocations, 1) + 1;
    if (places_file >= 0)
        note_place(n);
    if (n != fail_at)
        return false;
    void *frames[64];
    backtrace_symbols_fd(frames, backtrace(frames, 64), STDERR_FILENO);
    errno = ENOMEM;
    return true;
}

/* --- the functions of the C library --- */

void *malloc(size_t size)
{
    if (size > PTRDIFF_MAX - sizeof END || fails())
        return NULL;
    return enter(__libc_malloc(size + sizeof END), size, __builtin_return_address(0));
}

void *calloc(size_t count, size_t size)
{
    if ((size && count > (PTRDIFF_MAX - sizeof END) / size) || fails())
        return NULL;
    return enter(__libc_calloc(1, count * size + sizeof END), count * size, __builtin_return_address(0));
}

void free(void *memory)
{
    size_t size;
    int error = errno;
    if (memory) {
        leave(memory, &size);
        __libc_free(memory);
    }
    errno = error;
}

void *realloc(void *memory, size_t size)
{
    void *caller = __builtin_return_address(0);
    if (memory && !size) {
        free(memory);
        return NULL;
    }
    if (size > PTRDIFF_MAX - sizeof END || fails())
        return NULL;
    size_t old;
    if (!memory || !leave(memory, &old))
        return enter(__libc_realloc(memory, size + sizeof END), size, caller);
    void *moved = __libc_realloc(memory, size + sizeof END);
    enter(moved ? moved : memory, moved ? size : old, caller);
    return moved;
}

void *memalign(size_t alignment, size_t size)
{
    if (size > PTRDIFF_MAX - sizeof END || fails())
        return NULL;
    return enter(__libc_memalign(alignment, size + sizeof END), size, __builtin_return_address(0));
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

/* The end of a block is not for its user. */
size_t malloc_usable_size(void *memory)
{
    lock();
    size_t size = memory ? blocks[find(memory)].size : 0;
    unlock();
    return size;
}
