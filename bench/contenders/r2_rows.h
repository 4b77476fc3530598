/* Results of R2: the arrays of result.h, but every text a string of its own. */
#ifndef BENCH_R2_ROWS_H
#define BENCH_R2_ROWS_H

#include "harness.h"
#include "result.h"

/* A copy for free; NULL of NULL. */
char *r2_copy(const char *text);
/* `begin`, the first members of the rows as a list, `end`: a statement for free. */
char *r2_list(const char *begin, const void *rows, size_t stride, size_t count, const char *end);
/* Hands the result over: checks it where it is asked for, and frees it. */
int r2_finish(result *result, const bench_run *run, int failed);

#endif
