/* W10: many fibers that get users by key, on few connections.
 *
 *     bench-concurrent --url URL --fibers 64 --pool 8 --milliseconds 2000
 *
 * prints `rate` (calls a second), `p50_us`, `p99_us` and `peak_kib`. The table is made and filled first, and
 * the clock starts when every fiber has had one answer, so that connecting is not measured. */
#define _POSIX_C_SOURCE 200809L
#include "harness.h"
#include "models.toasty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

enum { USERS = 10000, LATENCIES = 1 << 20 };

static toasty_db *db;
static uint64_t began, ends, calls, turn, milliseconds = 1000;
static unsigned long fibers = 1, answered;
static uint32_t latencies[LATENCIES]; /* microseconds of the latest calls, in tenths */
static int failed;

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void get(void)
{
    User *user = user_get_by_id(db, bench_key(turn++, USERS));
    if (!user) {
        fprintf(stderr, "get: %s\n", toasty_last_error()->message);
        failed = 1;
    }
    toasty_free(user);
}

static void client(void *arg)
{
    (void)arg;
    get();
    if (++answered == fibers) {
        began = now_ns();
        ends = began + milliseconds * 1000000;
    }
    for (uint64_t start = now_ns(); !failed && (!ends || start < ends);) {
        get();
        uint64_t end = now_ns();
        if (ends)
            latencies[calls++ % LATENCIES] = (uint32_t)((end - start) / 100);
        start = end;
    }
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int prepare(const char *url, uint32_t pool)
{
    db = toasty_open(url, &models_schema, .max_pool_size = pool);
    if (!db || toasty_reset_schema(db) < 0 || toasty_push_schema(db) < 0)
        return -1;
    UserNew *rows = calloc(USERS, sizeof *rows);
    for (size_t i = 0; rows && i < USERS; i++)
        rows[i] = (UserNew){.name = "Somebody", .hair_color = "brown"};
    toasty_auto(UserList) made = user_create_array(db, rows, USERS);
    free(rows);
    return made ? 0 : -1;
}

int main(int argc, char **argv)
{
    const char *url = NULL;
    unsigned long pool = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!strcmp(argv[i], "--url"))
            url = argv[i + 1];
        else if (!strcmp(argv[i], "--fibers"))
            fibers = strtoul(argv[i + 1], NULL, 10);
        else if (!strcmp(argv[i], "--pool"))
            pool = strtoul(argv[i + 1], NULL, 10);
        else if (!strcmp(argv[i], "--milliseconds"))
            milliseconds = strtoul(argv[i + 1], NULL, 10);
    }
    if (!url || prepare(url, (uint32_t)pool)) {
        fprintf(stderr, "open: %s\n", url ? toasty_last_error()->message : "--url is missing");
        return 1;
    }
    uv_loop_t *loop = uv_default_loop();
    for (unsigned long i = 0; i < fibers && !failed; i++)
        if (!toasty_spawn(loop, client, NULL)) {
            fprintf(stderr, "spawn: %s\n", toasty_last_error()->message);
            failed = 1;
        }
    uv_run(loop, UV_RUN_DEFAULT);
    double seconds = (double)(now_ns() - began) / 1e9;
    size_t kept = calls < LATENCIES ? (size_t)calls : LATENCIES;
    qsort(latencies, kept, sizeof *latencies, by_size);
    if (kept)
        printf("rate %.0f\np50_us %.1f\np99_us %.1f\npeak_kib %ld\n", (double)calls / seconds,
               latencies[kept / 2] / 10.0, latencies[kept * 99 / 100] / 10.0, bench_peak_kib());
    toasty_free(db);
    return failed;
}
