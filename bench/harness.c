/* Options, seeds, checksums and samples. What is measured is the contender's; nothing here runs inside its
 * loop but a call through a pointer. */
#define _POSIX_C_SOURCE 200809L
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* --- rows --- */

static char names[BENCH_NAMES][16], titles[BENCH_NAMES][24], texts[BENCH_NAMES][32];

static void make_texts(void)
{
    for (int i = 0; i < BENCH_NAMES; i++) {
        snprintf(names[i], sizeof names[i], "User %d", i);
        snprintf(titles[i], sizeof titles[i], "The title of post %d", i);
        snprintf(texts[i], sizeof texts[i], "What comment %d has to say", i);
    }
}

const char *bench_name(uint64_t number)
{
    return names[number % BENCH_NAMES];
}

const char *bench_hair_color(uint64_t number)
{
    static const char *const colors[] = {"black", "brown", NULL};
    return colors[number % 3];
}

const char *bench_title(uint64_t number)
{
    return titles[number % BENCH_NAMES];
}

const char *bench_text(uint64_t number)
{
    return texts[number % BENCH_NAMES];
}

/* --- checksums --- */

void bench_sum_number(uint64_t *sum, uint64_t number)
{
    *sum = (*sum ^ number) * 0x100000001b3;
}

void bench_sum_text(uint64_t *sum, const char *text)
{
    bench_sum_number(sum, text ? strlen(text) : UINT64_MAX);
    for (; text && *text; text++)
        bench_sum_number(sum, (unsigned char)*text);
}

/* --- workloads --- */

/* What each workload finds in the tables; 0 users: `n`. */
static const struct {
    const char *name;
    bench_shape shape;
} seeds[] = {
    {"W1", {10000, 0, 0}},        /* get by key */
    {"W2", {0, 0, 0}},            /* load n rows */
    {"W3", {0, 2, 0}},            /* filter n rows, include one level */
    {"W4", {1, 0, 0}},            /* create one */
    {"W5", {1, 0, 0}},            /* create n */
    {"W6", {9, 10, 10}},          /* include two levels, of a shape */
    {"W7-update", {10000, 0, 0}}, /* update one by key */
    {"W7-where", {1000, 10, 0}},  /* update ten by a condition */
    {"W7-delete", {0, 0, 0}},     /* delete one by key: n of them */
    {"W8", {1, 0, 0}},            /* create a user, 10 posts, 10 comments */
    {"W8-uuid", {1, 0, 0}},       /* the same with keys that the client makes */
    {"W9", {10000, 0, 0}},        /* batch of 20 gets and 20 updates */
};

static int seed_of(const char *name, size_t n, bench_shape *shape)
{
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        if (!strcmp(seeds[i].name, name)) {
            *shape = seeds[i].shape;
            if (!shape->users)
                shape->users = n;
            return 0;
        }
    return -1;
}

static const bench_workload *find(const bench_workload *workloads, const char *name)
{
    while (workloads->name && strcmp(workloads->name, name) != 0)
        workloads++;
    return workloads->name ? workloads : NULL;
}

/* --- samples --- */

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int repeat(const bench_workload *workload, bench_run *run, unsigned long times)
{
    for (unsigned long i = 0; i < times; i++, run->turn++)
        if (workload->run(run))
            return -1;
    return 0;
}

/* The first operation is checked, the second is counted; neither is timed. */
static int check(const bench_contender *contender, const bench_workload *workload, bench_run *run)
{
    uint64_t sum = 0xcbf29ce484222325, statements[2] = {0}, round_trips[2] = {0};
    run->sum = &sum;
    if (repeat(workload, run, 1))
        return -1;
    run->sum = NULL;
    printf("checksum %016llx\n", (unsigned long long)sum);
    if (contender->count)
        contender->count(&statements[0], &round_trips[0]);
    if (repeat(workload, run, 1))
        return -1;
    if (contender->count) {
        contender->count(&statements[1], &round_trips[1]);
        printf("statements %llu\n", (unsigned long long)(statements[1] - statements[0]));
        printf("round_trips %llu\n", (unsigned long long)(round_trips[1] - round_trips[0]));
    }
    return 0;
}

static int usage(const char *program)
{
    fprintf(stderr,
            "usage: %s --url URL --workload NAME [--n N] [--shape UxPxC] [--iterations K] [--samples S]\n",
            program);
    return 2;
}

int bench_main(int argc, char **argv, const bench_contender *contender)
{
    const char *url = NULL, *name = NULL, *shape = NULL;
    bench_run run = {.n = 100};
    unsigned long iterations = 1, samples = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!strcmp(argv[i], "--url"))
            url = argv[i + 1];
        else if (!strcmp(argv[i], "--workload"))
            name = argv[i + 1];
        else if (!strcmp(argv[i], "--shape"))
            shape = argv[i + 1];
        else if (!strcmp(argv[i], "--n"))
            run.n = strtoul(argv[i + 1], NULL, 10);
        else if (!strcmp(argv[i], "--iterations"))
            iterations = strtoul(argv[i + 1], NULL, 10);
        else if (!strcmp(argv[i], "--samples"))
            samples = strtoul(argv[i + 1], NULL, 10);
        else
            return usage(argv[0]);
    }
    if (!url || !name || seed_of(name, run.n, &run.shape) ||
        (shape && sscanf(shape, "%zux%zux%zu", &run.shape.users, &run.shape.posts, &run.shape.comments) != 3))
        return usage(argv[0]);
    const bench_workload *workload = find(contender->workloads, name);
    if (!workload) {
        printf("missing\n");
        return 0;
    }
    make_texts();
    int failed = contender->open(url) || contender->seed(&run.shape) || check(contender, workload, &run);
    for (unsigned long i = 0; i < samples && !failed; i++) {
        double start = now_ns();
        failed = repeat(workload, &run, iterations);
        if (!failed)
            printf("sample %.1f\n", (now_ns() - start) / (double)(iterations ? iterations : 1));
    }
    contender->close();
    printf("peak_kib %ld\n", bench_peak_kib());
    return failed ? 1 : 0;
}
