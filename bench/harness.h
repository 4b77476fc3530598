/* The program around a contender: the same options, rows, checksums and samples for everyone who is measured.
 *
 *     bench-<name> --url URL --workload W2 [--n 100] [--shape 9x10x10] [--iterations K] [--samples S]
 *
 * prints `checksum …` before anything is timed, `statements …` and `round_trips …` of one operation where the
 * contender counts them, one `sample …` (ns an operation) a sample, and `peak_kib …`. A result is freed
 * inside the loop. */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <stddef.h>
#include <stdint.h>

/* How many rows a table has before a workload: users, posts of each user, comments of each post. */
typedef struct bench_shape {
    size_t users, posts, comments;
} bench_shape;

/* What a workload is run with. */
typedef struct bench_run {
    size_t n;          /* rows of one operation */
    bench_shape shape; /* what was seeded */
    uint64_t turn;     /* counts operations up from 0 */
    uint64_t *sum;     /* where an operation adds what it read; NULL while it is timed */
} bench_run;

typedef struct bench_workload {
    const char *name;
    int (*run)(const bench_run *run); /* one operation; not 0: it failed, and said why */
} bench_workload;

typedef struct bench_contender {
    int (*open)(const char *url); /* connects, with empty tables */
    int (*seed)(const bench_shape *shape);
    void (*count)(uint64_t *statements, uint64_t *round_trips); /* so far; NULL: it does not count */
    void (*close)(void);
    const bench_workload *workloads; /* ended by a NULL name */
} bench_contender;

int bench_main(int argc, char **argv, const bench_contender *contender);

/* --- the rows, by number from 0; keys are numbers + 1 --- */
enum { BENCH_NAMES = 10000 };
const char *bench_name(uint64_t number);
const char *bench_hair_color(uint64_t number); /* NULL for every third */
const char *bench_title(uint64_t number);
const char *bench_text(uint64_t number);

/* The key that a turn of W1, W7 and W9 uses, of `users` keys: spread over the table. */
static inline uint64_t bench_key(uint64_t turn, size_t users)
{
    return 1 + turn * 7919 % users;
}

/* --- checksums --- */
void bench_sum_number(uint64_t *sum, uint64_t number);
void bench_sum_text(uint64_t *sum, const char *text);

/* KiB; -1 when the system does not tell. */
long bench_peak_kib(void);

#endif
